//! The last submission, if it failed: which form it was, what is wrong with it, and what was entered.
//!
//! A form is shown again by loading its page, with and without JavaScript. [`super::plain_form::PlainForm`] and
//! [`super::post_form::PostForm`] provide the error of their last submission to their fields; a field fills in what was entered and
//! marks itself if it is the wrong one. Panels around the form open themselves ([`crate::ui::disclosure`]).

use duplistatus::dto::field_name::bare;
use leptos::{context::Provider, prelude::*, server::ServerActionError, server_fn::error::ServerFnUrlError};

use crate::error::ApiError;

/// The field in which a form says which of several forms of the same server function it is.
pub const FORM_ID: &str = "form-id";

/// What was entered into the form that failed, without what is secret. Only the server knows it: the browser leaves the fields as the
/// server rendered them.
#[derive(Debug, Clone, Default)]
pub struct Entered(pub std::sync::Arc<[(String, String)]>);

/// The error of the form around a field.
#[derive(Clone)]
struct FormError(Option<ApiError>);

/// Whether a form inside of a panel failed.
#[derive(Clone, Copy)]
struct Inside(StoredValue<bool>);

/// The error of the last submission and its form, from the address of the page.
fn last_error() -> Option<(String, ApiError)> {
    let error = use_context::<ServerActionError>()?;
    Some((error.path().to_owned(), ServerFnUrlError::<ApiError>::decode_err(error.err())))
}

/// Returns the error of the last submission to this server function, of any of its forms.
pub fn form_error(path: &str) -> Option<ApiError> {
    last_error().filter(|(form, _)| form.split('#').next() == Some(path)).map(|(_, error)| error)
}

/// Returns the error of the last submission of this form of a server function.
pub fn error_of(path: &str, id: Option<&str>) -> Option<ApiError> {
    let wanted = id.map(|id| format!("{path}#{id}"));
    last_error().filter(|(form, _)| form == wanted.as_deref().unwrap_or(path)).map(|(_, error)| error)
}

/// Returns whether the last submission of any form failed.
pub fn has_form_error() -> bool {
    use_context::<ServerActionError>().is_some()
}

/// Provides the error of a form to its fields, and tells the panels around it.
pub fn with_error(error: Option<ApiError>, children: Children) -> impl IntoView {
    if error.is_some()
        && let Some(Inside(inside)) = use_context()
    {
        inside.set_value(true);
    }
    view! { <Provider value=FormError(error)>{children()}</Provider> }
}

/// Renders the content of a panel; returns it, and whether a form in it failed.
pub fn watched(children: Children) -> (impl IntoView, bool) {
    let around = use_context::<Inside>();
    let inside = Inside(StoredValue::new(false));
    let content = view! { <Provider value=inside>{children()}</Provider> };
    let has_failed = inside.0.get_value();
    if let (Some(Inside(around)), true) = (around, has_failed) {
        around.set_value(true);
    }
    (content, has_failed)
}

/// Returns what is wrong with a field of the form around it. The error names the field without `form[…]`.
pub fn wrong(name: &str) -> Option<String> {
    match use_context::<FormError>()?.0? {
        ApiError::Invalid { field, hint } if field == bare(name) || field == name => Some(hint),
        _ => None,
    }
}

/// Returns what was entered into a field of the form around it, if that form failed.
pub fn entered(name: &str) -> Option<String> {
    with_entered(|fields| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
        .flatten()
}

/// Returns whether a box or a choice was chosen in the form around it, if that form failed.
pub fn chosen(name: &str, value: &str) -> Option<bool> {
    with_entered(|fields| fields.iter().any(|(known, entered)| known == name && entered == value))
}

#[cfg(feature = "ssr")]
fn with_entered<T>(read: impl FnOnce(&[(String, String)]) -> T) -> Option<T> {
    let has_failed = use_context::<FormError>().is_some_and(|form| form.0.is_some());
    use_context::<Entered>().filter(|_| has_failed).map(|entered| read(&entered.0))
}

#[cfg(not(feature = "ssr"))]
fn with_entered<T>(_: impl FnOnce(&[(String, String)]) -> T) -> Option<T> {
    None
}
