//! What all server functions share. Each of them finds the services and the actor in the context and calls one service; they stand in the folders of
//! their features, charts and components.

#[cfg(feature = "ssr")]
pub mod form_post;
pub mod wire;

/// The services and the actor of this request.
#[cfg(feature = "ssr")]
pub(crate) fn context()
-> Result<(duplistatus::service::Services, duplistatus::service::Actor), crate::error::ApiError> {
    use leptos::prelude::use_context;
    use_context().zip(use_context()).ok_or(crate::error::ApiError::Unauthenticated)
}

/// The services, and where a request of somebody comes from who is not signed in yet.
#[cfg(feature = "ssr")]
pub(crate) fn stranger()
-> Result<(duplistatus::service::Services, duplistatus::service::session::Caller), crate::error::ApiError> {
    use leptos::prelude::use_context;
    use_context().zip(use_context()).ok_or(crate::error::ApiError::Unauthenticated)
}

/// The token that this request's cookie holds.
#[cfg(feature = "ssr")]
pub(crate) fn session_token() -> Option<String> {
    leptos::prelude::use_context::<crate::context::session_cookie::SentToken>().and_then(|sent| sent.0)
}

/// Hands a session's token to the browser, and goes on to a page of ours.
#[cfg(feature = "ssr")]
pub(crate) async fn enter(
    services: &duplistatus::service::Services,
    caller: &duplistatus::service::session::Caller,
    token: duplistatus::service::session::Token,
    page: &str,
) -> Result<(), crate::error::ApiError> {
    let entrance = duplistatus::service::session::entrance(services, caller, token).await?;
    set_cookie(|cookie| cookie.set(&entrance.token.0, services.options().session_lasts));
    if let Some(mark) = entrance.mark {
        set_cookie(|cookie| cookie.mark(&mark));
    }
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(page));
    Ok(())
}

/// Remembers the name that was typed for the page to which the browser is led back when it does not work. Only in the
/// browser: people type passwords into the wrong field.
#[cfg(feature = "ssr")]
pub(crate) fn typed_name(name: &str) {
    set_cookie(|cookie| cookie.typed_name(name));
}

/// Whether a new password was typed the same twice, where it was asked for twice.
#[cfg(feature = "ssr")]
pub(crate) fn same_twice(password: &str, repeated: Option<&str>) -> Result<(), crate::error::ApiError> {
    if repeated.is_none_or(|repeated| repeated == password) {
        return Ok(());
    }
    let hint = "the passwords do not match: enter the password again in both fields";
    Err(duplistatus::error::Error::Invalid { field: "password", hint: hint.into() }.into())
}

/// How much somebody agreed to lose, as a question named it: no number is none.
#[cfg(feature = "ssr")]
pub(crate) fn agreed_to(text: &str) -> Result<Option<i64>, crate::error::ApiError> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| crate::error::ApiError::Invalid {
            field: "at_most".into(),
            hint: "send the number that was named as what would be deleted".into(),
        }),
    }
}

/// Takes the session's token back, and goes to where one signs in.
#[cfg(feature = "ssr")]
pub(crate) fn leave() -> Result<(), crate::error::ApiError> {
    set_cookie(crate::context::session_cookie::SessionCookie::clear);
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/login"));
    Ok(())
}

#[cfg(feature = "ssr")]
fn set_cookie(value: impl FnOnce(&crate::context::session_cookie::SessionCookie) -> String) {
    if let Some(cookie) = leptos::prelude::use_context::<crate::context::session_cookie::SessionCookie>() {
        append_cookie(&value(&cookie));
    }
}

/// Adds a `Set-Cookie` with this value to the answer.
#[cfg(feature = "ssr")]
pub(crate) fn append_cookie(value: &str) {
    use axum::http::{HeaderValue, header::SET_COOKIE};
    let response = leptos::prelude::use_context::<leptos_axum::ResponseOptions>();
    if let (Some(response), Ok(value)) = (response, HeaderValue::from_str(value)) {
        response.append_header(SET_COOKIE, value);
    }
}
