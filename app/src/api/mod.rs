//! Shared parts of the server functions. Each of them takes the services and the actor from the context and calls one service. They are in
//! the folders of their features, charts and components.

#[cfg(feature = "ssr")]
pub mod form_post;
pub mod wire;

/// Returns the services and the actor of this request.
#[cfg(feature = "ssr")]
pub(crate) fn context()
-> Result<(duplistatus::service::Services, duplistatus::service::Actor), crate::error::ApiError> {
    use leptos::prelude::use_context;
    use_context().zip(use_context()).ok_or(crate::error::ApiError::Unauthenticated)
}

/// Returns the services and the origin of a request from a user who is not signed in yet.
#[cfg(feature = "ssr")]
pub(crate) fn stranger()
-> Result<(duplistatus::service::Services, duplistatus::service::session::Caller), crate::error::ApiError> {
    use leptos::prelude::use_context;
    use_context().zip(use_context()).ok_or(crate::error::ApiError::Unauthenticated)
}

/// Returns the session token in this request's cookie.
#[cfg(feature = "ssr")]
pub(crate) fn session_token() -> Option<String> {
    leptos::prelude::use_context::<crate::context::session_cookie::SentToken>().and_then(|sent| sent.0)
}

/// Sets the session cookie, and redirects to a page of this site.
#[cfg(feature = "ssr")]
pub(crate) async fn enter(
    services: &duplistatus::service::Services,
    caller: &duplistatus::service::session::Caller,
    token: duplistatus::service::session::Token,
    page: &str,
) -> Result<(), crate::error::ApiError> {
    let sign_in_step = duplistatus::service::session::sign_in_step(services, caller, token).await?;
    set_cookie(|cookie| cookie.set(&sign_in_step.token.0, services.options().session_lasts));
    if let Some(mark) = sign_in_step.mark {
        set_cookie(|cookie| cookie.mark(&mark));
    }
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(page));
    Ok(())
}

/// Stores the typed name in a cookie, for the form that is shown again after a failure. It is only in the browser, because users type
/// passwords into the wrong field.
#[cfg(feature = "ssr")]
pub(crate) fn typed_name(name: &str) {
    set_cookie(|cookie| cookie.typed_name(name));
}

/// Names a field as the form calls it that was sent.
#[cfg(feature = "ssr")]
pub(crate) fn renamed(
    from: &'static str,
    to: &'static str,
) -> impl Fn(duplistatus::error::Error) -> duplistatus::error::Error {
    use duplistatus::error::Error;
    move |error| match error {
        Error::Invalid { field, hint } if field == from => Error::Invalid { field: to, hint },
        error => error,
    }
}

/// Checks that a new password was repeated correctly, if it was requested twice.
#[cfg(feature = "ssr")]
pub(crate) fn same_twice(password: &str, repeated: Option<&str>) -> Result<(), crate::error::ApiError> {
    if repeated.is_none_or(|repeated| repeated == password) {
        return Ok(());
    }
    let hint = "the passwords do not match: enter the password again in both fields";
    Err(duplistatus::error::Error::Invalid { field: "password", hint: hint.into() }.into())
}

/// Parses the number that a user confirmed for deletion; empty text means no confirmation.
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

/// Deletes the session cookie, and redirects to the sign-in page.
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

/// Adds a `Set-Cookie` header to the response.
#[cfg(feature = "ssr")]
pub(crate) fn append_cookie(value: &str) {
    use axum::http::{HeaderValue, header::SET_COOKIE};
    let response = leptos::prelude::use_context::<leptos_axum::ResponseOptions>();
    if let (Some(response), Ok(value)) = (response, HeaderValue::from_str(value)) {
        response.append_header(SET_COOKIE, value);
    }
}
