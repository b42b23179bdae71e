//! Profile and preferences of a user.

use serde_json::json;

use crate::{
    db::tables::users::{self, UserPatch, UserRecord},
    dto::account::{DateFormat, Profile},
    error::Error,
    service::{
        Actor, Services,
        audit::{self, Entry},
    },
    zone::Zone,
};

/// Maximum length of a text in a profile, in characters.
const LONGEST: usize = 200;

/// Converts a user to the profile that pages show.
pub(in crate::service) fn profile(user: &UserRecord) -> Profile {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Profile {
        display_name: text(&user.display_name),
        email: text(&user.email),
        language: text(&user.language),
        theme: text(&user.theme),
        time_zone: text(&user.time_zone),
        date_format: DateFormat::from_word(user.date_format.as_deref().unwrap_or_default()),
    }
}

/// Changes profile and preferences.
///
/// # Errors
/// [`Error::Invalid`] if a value cannot be used; [`Error::Forbidden`] unless the actor is a user with a
/// session.
pub async fn save_profile(services: &Services, actor: &Actor, wanted: Profile) -> Result<(), Error> {
    let identity = actor.person()?;
    let text = |field: &'static str, text: &str| -> Result<Option<String>, Error> {
        let text = text.trim();
        if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            return Err(Error::Invalid { field, hint: format!("use at most {LONGEST} visible characters") });
        }
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    };
    let email = text("email", &wanted.email)?;
    if email.as_deref().is_some_and(|email| !looks_like_email(email)) {
        return Err(Error::Invalid { field: "email", hint: "use the form jo@example.org".into() });
    }
    let time_zone = text("time_zone", &wanted.time_zone)?;
    if let Some(name) = &time_zone {
        Zone::named(name).map_err(|error| Error::Invalid { field: "time_zone", hint: error.to_string() })?;
    }
    let theme = text("theme", &wanted.theme)?.filter(|theme| matches!(theme.as_str(), "light" | "dark"));
    let patch = UserPatch {
        display_name: Some(text("display_name", &wanted.display_name)?),
        email: Some(email),
        language: Some(text("language", &wanted.language)?),
        theme: Some(theme),
        time_zone: Some(time_zone),
        date_format: Some(Some(wanted.date_format.as_str().into())),
        ..UserPatch::default()
    };
    let (id, actor, now) = (identity.user, actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let before = users::find(tx.conn, id)?;
            users::change(tx.conn, id, &patch, now)?;
            let after = users::find(tx.conn, id)?;
            let entry = Entry::new("account.save_profile").on("user", id.0, &before.name);
            audit::record(
                tx,
                &actor,
                now,
                entry.before(json!(profile(&before))).after(json!(profile(&after))),
            )
        })
        .await?;
    Ok(())
}

fn looks_like_email(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains(' '))
}
