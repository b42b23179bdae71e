//! A person's own account: profile, password, second factor, sessions.
//!
//! What decides how somebody signs in asks for the password again, so that an open browser is not enough; and it ends
//! all other sessions.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    Actor, Identity, Services,
    api_key::key_row,
    audit::{self, Entry},
    session::totp_place,
    shape::moment,
    user::check_password,
};
use crate::{
    access::Scope,
    crypto::{qr, recovery, totp},
    db::{
        StoreError, Tx, api_keys, sessions,
        users::{self, UserPatch, UserRecord},
    },
    dto::account::{AccountPage, DateFormat, Enrolment, Profile, SecondFactor, SessionRow},
    error::Error,
    ids::{SessionId, UserId},
    zone::{Zone, zone_names},
};

/// Longest text of a profile: characters.
const LONGEST: usize = 200;

/// Everything about the account of the one who asks.
///
/// # Errors
/// [`Error::Forbidden`] for all but people with a session.
pub async fn show(services: &Services, actor: &Actor) -> Result<AccountPage, Error> {
    let identity = actor.person()?.clone();
    let (zone, now) = (actor.zone(services), services.clock.now());
    let id = identity.user;
    let (user, codes, sessions, keys) = services
        .db
        .read(move |conn| {
            let user = users::find(conn, id)?;
            let codes = users::recovery_codes_left(conn, id)?;
            Ok((user, codes, sessions::of_user(conn, id)?, api_keys::list(conn, Some(id))?))
        })
        .await?;
    let at = |text: &str| zone.moment(text.parse().unwrap_or_default());
    let sessions = sessions
        .into_iter()
        .map(|session| SessionRow {
            id: SessionId(session.id),
            current: identity.session() == Some(SessionId(session.id)),
            created: at(&session.created_at),
            last_seen: at(&session.last_seen_at),
            expires: at(&session.expires_at),
            device: session.device,
            address: session.address,
        })
        .collect();
    Ok(AccountPage {
        now: zone.moment(now),
        name: user.name.clone(),
        role: user.role(),
        password_changed: moment(&zone, user.password_changed_at.as_deref()),
        must_change_password: user.password_temporary,
        second_factor: second_factor(services, &zone, &user, codes)?,
        profile: profile(&user),
        sessions,
        api_keys: keys.into_iter().map(|(key, owner)| key_row(&zone, now, key, owner)).collect(),
        scopes: Scope::ALL.into_iter().filter(|scope| scope.role() <= identity.role).collect(),
        time_zones: zone_names(),
        site_time_zone: services.zone.name().to_owned(),
    })
}

/// What a person says and likes.
pub(super) fn profile(user: &UserRecord) -> Profile {
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

fn second_factor(
    services: &Services,
    zone: &Zone,
    user: &UserRecord,
    codes: i64,
) -> Result<SecondFactor, Error> {
    let Some(sealed) = user.totp_secret.as_deref() else { return Ok(SecondFactor::Off) };
    let secret = services.secrets.open(totp_place(user.id()), sealed).ok();
    Ok(match (moment(zone, user.totp_confirmed_at.as_deref()), secret) {
        (Some(since), Some(_)) => SecondFactor::On { since, recovery_codes_left: codes },
        (Some(_), None) => SecondFactor::Unreadable { recovery_codes_left: codes },
        (None, Some(secret)) => SecondFactor::Pending(enrolment(&secret, &user.name)?),
        // It cannot be read and was never proved: begin again.
        (None, None) => SecondFactor::Off,
    })
}

fn enrolment(secret: &SecretString, name: &str) -> Result<Enrolment, Error> {
    let uri = totp::otpauth_uri(secret, name).map_err(Error::internal)?;
    let code = qr::qr_svg_path(uri.expose_secret()).map_err(Error::internal)?;
    let uri = uri.expose_secret().to_owned();
    Ok(Enrolment { secret: secret.expose_secret().to_owned(), uri, qr_size: code.size, qr_path: code.path })
}

/// Changes profile and preferences.
///
/// # Errors
/// [`Error::Invalid`] when a text cannot be used; [`Error::Forbidden`] for all but people with a session.
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
        return Err(Error::Invalid { field: "email", hint: "write it like jo@example.org".into() });
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

/// Chooses a new password; the person's other sessions end.
///
/// # Errors
/// [`Error::Credentials`] when the current password is wrong; [`Error::Invalid`] when the new one is weak.
pub async fn change_password(
    services: &Services,
    actor: &Actor,
    current: SecretString,
    new: SecretString,
) -> Result<(), Error> {
    let identity = actor.person()?;
    check_password(&new, &identity.name)?;
    let is_same = current.expose_secret() == new.expose_secret();
    prove(services, actor, identity, current).await?;
    if is_same {
        return Err(Error::Invalid {
            field: "password",
            hint: "choose one that is not the current one".into(),
        });
    }
    let hash = services.passwords.hash(new).await?;
    let changed = services.clock.now().to_string();
    let patch = UserPatch {
        password_hash: Some(Some(hash)),
        password_changed_at: Some(Some(changed)),
        password_temporary: Some(false),
        ..UserPatch::default()
    };
    change_sign_in(services, actor, "account.change_password", move |tx, id, now| {
        users::change(tx.conn, id, &patch, now)
    })
    .await
}

/// Makes the secret of a second factor, which counts once [`confirm_second_factor`] was called with a code of it.
///
/// # Errors
/// [`Error::Credentials`] when the password is wrong; [`Error::Invalid`] when there is a second factor already.
pub async fn begin_second_factor(
    services: &Services,
    actor: &Actor,
    password: SecretString,
) -> Result<(), Error> {
    let identity = actor.person()?;
    prove(services, actor, identity, password).await?;
    let id = identity.user;
    let user = services.db.read(move |conn| users::find(conn, id)).await?;
    if user.has_second_factor() {
        return Err(Error::Invalid {
            field: "second_factor",
            hint: "switch the current one off first".into(),
        });
    }
    let secret = totp::generate_secret()?;
    let sealed = services.secrets.seal(totp_place(id), &secret).map_err(Error::internal)?;
    let now = services.clock.now();
    let patch = UserPatch {
        totp_secret: Some(Some(sealed)),
        totp_confirmed_at: Some(None),
        totp_last_step: Some(None),
        ..UserPatch::default()
    };
    services.db.write(move |tx| users::change(tx.conn, id, &patch, now)).await?;
    Ok(())
}

/// Switches the second factor on, and returns its recovery codes, which are shown once. Other sessions end.
///
/// # Errors
/// [`Error::Credentials`] when the code is wrong; [`Error::Invalid`] when none was begun.
pub async fn confirm_second_factor(
    services: &Services,
    actor: &Actor,
    code: &str,
) -> Result<Vec<String>, Error> {
    let identity = actor.person()?;
    let (id, now) = (identity.user, services.clock.now());
    let user = services.db.read(move |conn| users::find(conn, id)).await?;
    let sealed = user.totp_secret.filter(|_| user.totp_confirmed_at.is_none());
    let secret = sealed.and_then(|sealed| services.secrets.open(totp_place(id), &sealed).ok());
    let secret = secret.ok_or_else(|| Error::Invalid {
        field: "second_factor",
        hint: "nothing was begun that could be confirmed: begin again".into(),
    })?;
    let step = totp::verify(&secret, code, now, None).ok_or(Error::Credentials)?;
    let (codes, hashes) = recovery_codes()?;
    let patch = UserPatch {
        totp_confirmed_at: Some(Some(now.to_string())),
        totp_last_step: Some(Some(step)),
        ..UserPatch::default()
    };
    change_sign_in(services, actor, "second_factor.on", move |tx, id, now| {
        users::change(tx.conn, id, &patch, now)?;
        users::set_recovery_codes(tx.conn, id, &hashes)
    })
    .await?;
    Ok(codes)
}

/// Makes new recovery codes, which are shown once; the old ones stop working.
///
/// # Errors
/// [`Error::Credentials`] when the password is wrong; [`Error::Invalid`] when there is no second factor.
pub async fn renew_recovery_codes(
    services: &Services,
    actor: &Actor,
    password: SecretString,
) -> Result<Vec<String>, Error> {
    let identity = actor.person()?;
    prove(services, actor, identity, password).await?;
    let id = identity.user;
    if !services.db.read(move |conn| users::find(conn, id)).await?.has_second_factor() {
        return Err(Error::Invalid { field: "second_factor", hint: "switch it on first".into() });
    }
    let (codes, hashes) = recovery_codes()?;
    change_sign_in(services, actor, "second_factor.renew_codes", move |tx, id, _| {
        users::set_recovery_codes(tx.conn, id, &hashes)
    })
    .await?;
    Ok(codes)
}

fn recovery_codes() -> Result<(Vec<String>, Vec<String>), Error> {
    let codes: Vec<String> =
        recovery::generate()?.iter().map(|code| code.expose_secret().to_owned()).collect();
    let hashes = codes.iter().filter_map(|code| recovery::hash(code)).collect();
    Ok((codes, hashes))
}

/// Switches the second factor off. Other sessions end.
///
/// # Errors
/// [`Error::Credentials`] when the password is wrong.
pub async fn remove_second_factor(
    services: &Services,
    actor: &Actor,
    password: SecretString,
) -> Result<(), Error> {
    let identity = actor.person()?;
    prove(services, actor, identity, password).await?;
    let patch = UserPatch {
        totp_secret: Some(None),
        totp_confirmed_at: Some(None),
        totp_last_step: Some(None),
        ..UserPatch::default()
    };
    change_sign_in(services, actor, "second_factor.off", move |tx, id, now| {
        users::change(tx.conn, id, &patch, now)?;
        users::set_recovery_codes(tx.conn, id, &[])
    })
    .await
}

/// Ends one of the person's sessions.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of the person's sessions.
pub async fn end_session(services: &Services, actor: &Actor, session: SessionId) -> Result<(), Error> {
    let identity = actor.person()?;
    let (id, name, who, now) = (identity.user, identity.name.clone(), actor.clone(), services.clock.now());
    let ended = services
        .db
        .write(move |tx| {
            let ended = sessions::end(tx.conn, id, session)?;
            if ended {
                audit::record(tx, &who, now, Entry::new("account.end_session").on("user", id.0, name))?;
            }
            Ok(ended)
        })
        .await?;
    services.access_changed();
    if ended { Ok(()) } else { Err(Error::NotFound) }
}

/// Ends all of the person's sessions but the one that asks.
///
/// # Errors
/// When the database refuses.
pub async fn end_other_sessions(services: &Services, actor: &Actor) -> Result<(), Error> {
    change_sign_in(services, actor, "account.end_other_sessions", |_, _, _| Ok(())).await
}

/// Asks for the password again, and counts wrong ones as failures to sign in.
async fn prove(
    services: &Services,
    actor: &Actor,
    identity: &Identity,
    password: SecretString,
) -> Result<(), Error> {
    let id = identity.user;
    let user = services.db.read(move |conn| users::find(conn, id)).await?;
    super::session::prove(services, actor, &user, password).await
}

/// Changes how the person signs in: the other sessions end, and so do the streams that they opened.
async fn change_sign_in(
    services: &Services,
    actor: &Actor,
    action: &'static str,
    work: impl FnOnce(&mut Tx<'_>, UserId, crate::time::Timestamp) -> Result<(), StoreError> + Send + 'static,
) -> Result<(), Error> {
    let identity = actor.person()?;
    let (id, name, own) = (identity.user, identity.name.clone(), identity.session());
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            work(tx, id, now)?;
            sessions::end_all(tx.conn, id, own)?;
            audit::record(tx, &actor, now, Entry::new(action).on("user", id.0, name))
        })
        .await?;
    services.access_changed();
    Ok(())
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;
