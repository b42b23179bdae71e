//! The code of the second factor.

use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::SignInCode,
    fields::{CodeField, next_page},
};
use crate::{
    context::url::href,
    locale::use_locale,
    tr,
    ui::{form::plain_form::PlainForm, page_title::PageTitle},
};

/// Asks for the code after the password was right.
#[component]
pub fn CodePage() -> impl IntoView {
    let locale = use_locale();
    let next = next_page();
    view! {
        <PageTitle text=tr!(locale, sign_in.code.title) />
        <section class="card sign-in">
            <h1>{tr!(locale, sign_in.code.title)}</h1>
            <p class="muted">{tr!(locale, sign_in.code.what)}</p>
            <PlainForm path=SignInCode::PATH class="form">
                <input type="hidden" name="next" value=next />
                <CodeField />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, sign_in.submit)}
                </button>
            </PlainForm>
            <p class="small">
                <a class="text-link" href=href("/login") rel="external">
                    {tr!(locale, sign_in.code.again)}
                </a>
            </p>
        </section>
    }
}
