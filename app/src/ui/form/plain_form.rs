//! A form that the browser submits itself, with and without JavaScript, so that the page is loaded again: for changes
//! of the whole page (signing in, the language) and for actions so rare that code in the browser is not worthwhile.

use leptos::{prelude::*, server::ServerActionError, server_fn::error::ServerFnUrlError};

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

/// A form for a server function. The error of the last submission is shown above its fields.
#[component]
pub fn PlainForm(
    /// `PATH` of the server function.
    path: &'static str,
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
    /// The fields.
    children: Children,
) -> impl IntoView {
    let at = at.map(|id| format!("#{id}")).unwrap_or_default();
    view! {
        <form method="post" action=use_base_path().url(path) + &at class=class>
            {form_error(path).filter(|_| !quiet).map(|error| view! { <Failed error=error /> })}
            {children()}
        </form>
    }
}

/// Returns the error of the last submission to this server function, from the address of the page.
pub fn form_error(path: &str) -> Option<ApiError> {
    use_context::<ServerActionError>()
        .filter(|error| error.path() == path)
        .map(|error| ServerFnUrlError::<ApiError>::decode_err(error.err()))
}

/// Returns whether the last submission of any form failed.
pub fn has_form_error() -> bool {
    use_context::<ServerActionError>().is_some()
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
