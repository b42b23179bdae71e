//! A form that the browser sends by itself, with and without JavaScript, so that the page is loaded anew: for what
//! changes the whole page (signing in, the language) and for what is done so rarely that code in the browser would not
//! pay.

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

/// A form for a server function. What went wrong the last time stands above its fields.
#[component]
pub fn PlainForm(
    /// `PATH` of the server function.
    path: &'static str,
    /// Id of the part of the page that the form is in. The browser keeps it when it is led back, so that the answer is
    /// in view on a long page.
    #[prop(optional)]
    at: Option<&'static str>,
    /// Class of the form element.
    #[prop(optional, into)]
    class: String,
    /// Whether the page itself says what went wrong: where it has many forms for this server function.
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

/// Why the form of this server function did not work when it was sent: the address of the page says so.
pub fn form_error(path: &str) -> Option<ApiError> {
    use_context::<ServerActionError>()
        .filter(|error| error.path() == path)
        .map(|error| ServerFnUrlError::<ApiError>::decode_err(error.err()))
}

/// Whether any form did not work when it was sent.
pub fn has_form_error() -> bool {
    use_context::<ServerActionError>().is_some()
}

/// Why something did not work.
#[component]
pub fn Failed(
    /// What went wrong.
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
