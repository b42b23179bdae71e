//! Where one signs in: name and password, then the code where there is a second factor, and the first administrator.

mod code;
mod prove;
mod set_up;

use leptos::{prelude::*, server_fn::ServerFn as _};

pub use self::{code::CodePage, prove::ProvePage, set_up::SetUpPage};
use crate::{
    api::session::SignIn,
    locale::use_locale,
    page_query::use_page_query,
    tr,
    ui::{
        form_field::TextField,
        notice::{Notice, Tone},
        page_title::PageTitle,
        plain_form::PlainForm,
    },
    visitor::use_visitor,
};

/// Name and password.
#[component]
pub fn SignInPage() -> impl IntoView {
    let locale = use_locale();
    let next = next_page();
    view! {
        <PageTitle text=tr!(locale, sign_in.title) />
        <section class="card sign-in">
            <h1>{tr!(locale, sign_in.title)}</h1>
            {use_visitor()
                .way_in
                .map(|url| {
                    view! {
                        <Notice tone=Tone::Warn title=tr!(locale, sign_in.way_in.title)>
                            <p>{tr!(locale, sign_in.way_in.what)}</p>
                            <p>
                                <a class="text-link" href=url.clone() rel="external">
                                    {url.clone()}
                                </a>
                            </p>
                        </Notice>
                    }
                })}
            <PlainForm path=SignIn::PATH class="form">
                <input type="hidden" name="next" value=next />
                <TextField
                    name="name"
                    label=tr!(locale, sign_in.name)
                    value=typed_name()
                    autocomplete="username"
                />
                <TextField
                    name="password"
                    label=tr!(locale, sign_in.password)
                    kind="password"
                    autocomplete="current-password"
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, sign_in.submit)}
                </button>
            </PlainForm>
            <details class="muted small">
                <summary>{tr!(locale, sign_in.help)}</summary>
                <p>{tr!(locale, sign_in.help_text)}</p>
                <p>
                    <code>"duplistatus user reset-password NAME"</code>
                </p>
            </details>
        </section>
    }
}

/// A code of the second factor, or a recovery code.
#[component]
fn CodeField() -> impl IntoView {
    let locale = use_locale();
    view! {
        <TextField
            name="code"
            label=tr!(locale, sign_in.code.code)
            autocomplete="one-time-code"
            hint=tr!(locale, sign_in.code.hint)
        />
    }
}

/// The name that was typed into the form that did not work; only the server knows it, and it renders the page anew.
fn typed_name() -> String {
    #[cfg(feature = "ssr")]
    if crate::ui::plain_form::has_form_error() {
        return use_context::<crate::session_cookie::TypedName>().unwrap_or_default().0;
    }
    String::new()
}

/// Where to go on afterwards.
fn next_page() -> String {
    use_page_query().read_untracked().get("next").unwrap_or_default()
}
