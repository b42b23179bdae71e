//! A form that the browser submits itself, with and without JavaScript, so that the page is loaded again: for changes
//! of the whole page (signing in, the language) and for actions so rare that code in the browser is not worthwhile.

use leptos::prelude::*;

use super::failure::{FORM_ID, error_of, with_error};
pub use super::failure::{form_error, has_form_error};
use crate::{
    context::base_path::use_base_path,
    error::ApiError,
    locale::use_locale,
    ui::{
        error_notice::error_words,
        notice::{Notice, Tone},
        password_notice::ProveLink,
    },
};

/// A form for a server function. The error of the last submission is shown above its fields, which have what was entered.
#[component]
pub fn PlainForm(
    /// `PATH` of the server function.
    path: &'static str,
    /// Which form it is, if the page has several for this server function.
    #[prop(optional, into)]
    id: Option<String>,
    /// Id of the part of the page with the form. The browser keeps it when it is redirected, so that the result is
    /// visible on a long page.
    #[prop(optional)]
    at: Option<&'static str>,
    /// Class of the form element.
    #[prop(optional, into)]
    class: String,
    /// Whether the page itself shows the error, because it has several forms for this server function.
    #[prop(optional)]
    quiet: bool,
    /// What a preview says is wrong; its fields are marked too.
    #[prop(optional_no_strip)]
    found: Option<ApiError>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let at = at.map(|id| format!("#{id}")).unwrap_or_default();
    let error = error_of(path, id.as_deref());
    let shown = error.clone().filter(|_| !quiet).map(|error| view! { <Failed error=error /> });
    let id = id.map(|id| view! { <input type="hidden" name=FORM_ID value=id /> });
    view! {
        <form method="post" action=use_base_path().url(path) + &at class=class>
            {shown}
            {id}
            {with_error(error.or(found), children)}
        </form>
    }
}

/// An error message.
#[component]
pub fn Failed(
    /// The error.
    error: ApiError,
) -> impl IntoView {
    let (title, what) = error_words(use_locale(), &error);
    let prove = (error == ApiError::NeedsProof).then(|| view! { " " <ProveLink /> });
    view! {
        <Notice tone=Tone::Fail title=title>
            <p>{what} {prove}</p>
        </Notice>
    }
}
