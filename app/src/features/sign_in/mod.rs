//! Where one signs in: name and password, then the code where there is a second factor, and the first administrator.

pub mod api;
mod code;
mod confirm_password;
mod fields;
mod set_up;
#[cfg(all(test, feature = "ssr"))]
mod tests;

use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    api::SignIn,
    fields::{next_page, typed_name},
};
pub use self::{code::CodePage, confirm_password::ConfirmPasswordPage, set_up::SetUpPage};
use crate::{
    context::viewer::use_viewer,
    locale::use_locale,
    tr,
    ui::{
        form::{field::TextField, plain_form::PlainForm},
        notice::{Notice, Tone},
        page_title::PageTitle,
    },
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
            {use_viewer()
                .sign_in_url
                .map(|url| {
                    view! {
                        <Notice tone=Tone::Warn title=tr!(locale, sign_in.sign_in_url.title)>
                            <p>{tr!(locale, sign_in.sign_in_url.what)}</p>
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
