//! One's own account. All of its forms are sent by the browser itself and answered with a redirect back to the page,
//! whose address then says what was done.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    access::Scope,
    dto::{account::AccountPage, user::OneTimeSecret},
    ids::{ApiKeyId, SessionId},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::completed::Completed;
use super::one_time::NewCodes;
use crate::{api::wire::Wire, error::ApiError};

/// Instead of a number of days: without an end.
pub const NEVER: &str = "never";

/// Everything about the account.
///
/// # Errors
/// [`ApiError::NotFound`] for all but people with a session.
#[server(prefix = "/api/fn", endpoint = "account", input = Wire, output = Wire)]
pub async fn show_account() -> Result<AccountPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::account::show(&services, &actor).await?)
}

/// Changes the name to read and the e-mail address.
///
/// # Errors
/// [`ApiError::Invalid`] when one of them cannot be used.
#[server(prefix = "/api/fn", endpoint = "save_profile")]
pub async fn save_profile(
    #[server(default)] display_name: String,
    #[server(default)] email: String,
) -> Result<(), ApiError> {
    use duplistatus::{dto::account::Profile, service::account};
    let (services, actor) = crate::api::context()?;
    let kept = actor.person()?.profile.clone();
    account::save_profile(&services, &actor, Profile { display_name, email, ..kept }).await?;
    back(Completed::Profile, &[]);
    Ok(())
}

/// Changes language, colours, time zone and how dates are written. The colours are this browser's at once, too.
///
/// # Errors
/// [`ApiError::Invalid`] when there is no such time zone.
#[server(prefix = "/api/fn", endpoint = "save_preferences")]
pub async fn save_preferences(
    #[server(default)] language: String,
    #[server(default)] theme: String,
    #[server(default)] time_zone: String,
    #[server(default)] date_format: String,
) -> Result<(), ApiError> {
    use duplistatus::{
        dto::account::{DateFormat, Profile},
        service::account,
    };

    use crate::context::theme::{Theme, theme_cookie};
    let (services, actor) = crate::api::context()?;
    let kept = actor.person()?.profile.clone();
    let language = language.parse::<crate::locale::Locale>().map(|known| known.to_string());
    let theme = Theme::from_word(&theme);
    let wanted = Profile {
        language: language.unwrap_or_default(),
        theme: theme.as_str().into(),
        time_zone,
        date_format: DateFormat::from_word(&date_format),
        ..kept
    };
    account::save_profile(&services, &actor, wanted).await?;
    crate::api::append_cookie(&theme_cookie(theme, crate::context::base_path::use_base_path().cookie_path()));
    back(Completed::Preferences, &[]);
    Ok(())
}

/// Chooses a new password; other sessions end.
///
/// # Errors
/// [`ApiError::Credentials`] when the current one is wrong; [`ApiError::Invalid`] when the new one is weak.
#[server(prefix = "/api/fn", endpoint = "change_password")]
pub async fn change_password(
    current: String,
    new: String,
    #[server(default)] repeated: Option<String>,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    crate::api::same_twice(&new, repeated.as_deref())?;
    duplistatus::service::account::change_password(&services, &actor, current.into(), new.into())
        .await
        .map_err(crate::api::renamed("password", "new"))?;
    back(Completed::Password, &[]);
    Ok(())
}

/// Makes the secret of a second factor, which counts once a code of it was brought.
///
/// # Errors
/// [`ApiError::Credentials`] when the password is wrong.
#[server(prefix = "/api/fn", endpoint = "begin_second_factor")]
pub async fn begin_second_factor(password: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::account::begin_second_factor(&services, &actor, password.into()).await?;
    back(Completed::SecondFactorBegun, &[]);
    Ok(())
}

/// Switches the second factor on; its recovery codes wait to be shown once.
///
/// # Errors
/// [`ApiError::Credentials`] when the code is wrong.
#[server(prefix = "/api/fn", endpoint = "confirm_second_factor")]
pub async fn confirm_second_factor(code: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let token =
        duplistatus::service::account::one_time::confirm_second_factor(&services, &actor, &code).await?;
    back(Completed::SecondFactorOn, &[("codes", token)]);
    Ok(())
}

/// Makes new recovery codes, which wait to be shown once.
///
/// # Errors
/// [`ApiError::Credentials`] when the password is wrong.
#[server(prefix = "/api/fn", endpoint = "renew_recovery_codes")]
pub async fn renew_recovery_codes(password: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let token =
        duplistatus::service::account::one_time::renew_recovery_codes(&services, &actor, password.into())
            .await?;
    back(Completed::RecoveryCodes, &[("codes", token)]);
    Ok(())
}

/// The recovery codes that were just made, once; `None` when they were shown already or have expired.
///
/// # Errors
/// [`ApiError::NotFound`] for all but people with a session.
#[server(prefix = "/api/fn", endpoint = "new_recovery_codes", input = Wire, output = Wire)]
pub async fn reveal_recovery_codes(token: String) -> Result<Option<NewCodes>, ApiError> {
    use duplistatus::service::{account::one_time, security::RequestEnvironment};
    let (services, actor) = crate::api::context()?;
    let site = use_context::<RequestEnvironment>().unwrap_or_default().url;
    let codes = one_time::take_recovery_codes(&services, &actor, &token)?;
    Ok(codes.map(|codes| NewCodes { codes, site }))
}

/// Switches the second factor off.
///
/// # Errors
/// [`ApiError::Credentials`] when the password is wrong.
#[server(prefix = "/api/fn", endpoint = "remove_second_factor")]
pub async fn remove_second_factor(password: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::account::remove_second_factor(&services, &actor, password.into()).await?;
    back(Completed::SecondFactorOff, &[]);
    Ok(())
}

/// Ends one of the person's sessions; the one of this browser as signing out does.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such session.
#[server(prefix = "/api/fn", endpoint = "end_session")]
pub async fn end_session(session: SessionId) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::account::end_session(&services, &actor, session).await?;
    if actor.person()?.session() == Some(session) {
        return crate::api::leave();
    }
    back(Completed::SessionEnded, &[]);
    Ok(())
}

/// Ends all sessions but the one of this browser.
///
/// # Errors
/// When the database does not do it.
#[server(prefix = "/api/fn", endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::account::end_other_sessions(&services, &actor).await?;
    back(Completed::OtherSessionsEnded, &[]);
    Ok(())
}

/// Makes an API key, whose secret waits to be shown once. `days` is how long it works; `never` is without an end.
///
/// # Errors
/// [`ApiError::Invalid`] when one of the values cannot be used.
#[server(prefix = "/api/fn", endpoint = "create_api_key")]
pub async fn create_api_key(name: String, scope: Scope, days: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let days = match days.as_str() {
        NEVER => None,
        days => Some(days.parse().map_err(|_| ApiError::Invalid {
            field: "days".into(),
            hint: "choose when the key expires".into(),
        })?),
    };
    let token =
        duplistatus::service::account::one_time::create_api_key(&services, &actor, &name, scope, days)
            .await?;
    back(Completed::KeyMade, &[("key", token)]);
    Ok(())
}

/// The API key that was just made, once; `None` when it was shown already or has expired.
///
/// # Errors
/// [`ApiError::NotFound`] for all but people with a session.
#[server(prefix = "/api/fn", endpoint = "new_api_key", input = Wire, output = Wire)]
pub async fn reveal_api_key(token: String) -> Result<Option<OneTimeSecret>, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::account::one_time::take_api_key(&services, &actor, &token)?)
}

/// Revokes one of the person's API keys.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such key.
#[server(prefix = "/api/fn", endpoint = "revoke_api_key")]
pub async fn revoke_api_key(key: ApiKeyId, #[server(default)] prefix: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::account::api_keys::revoke_named(&services, &actor, key, &prefix).await?;
    back(Completed::KeyRevoked, &[]);
    Ok(())
}

/// Back to the page, at the section where it happened, with the word for what was done.
#[cfg(feature = "ssr")]
fn back(done: Completed, shown: &[(&str, String)]) {
    let word = [("done", done.as_str().to_owned())];
    let page = crate::context::url::with_query("/account", word.into_iter().chain(shown.iter().cloned()));
    let page = crate::context::base_path::use_base_path().url(&format!("{page}#{}", done.part().id()));
    leptos_axum::redirect(&page);
}
