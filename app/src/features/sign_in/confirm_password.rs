//! The password, once more, or a code of the second factor: for what gives power over people, keys and data.

use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{Prove, ProveByCode},
    fields::{CodeField, next_page},
};
use crate::{
    context::viewer::use_viewer,
    locale::use_locale,
    tr,
    ui::{
        form::{field::TextField, plain_form::PlainForm},
        link::Link,
        page_title::PageTitle,
    },
};

/// Asks for the password or a code, and goes on to where the person came from.
#[component]
pub fn ConfirmPasswordPage() -> impl IntoView {
    let locale = use_locale();
    let next = next_page();
    let back = crate::context::url::own_page(&next).to_owned();
    // Password managers want to know whose it is.
    let viewer = use_viewer();
    let name = viewer.user.unwrap_or_default();
    let after = next.clone();
    let by_code = viewer.second_factor.then(move || {
        view! {
            <p class="or">{tr!(locale, sign_in.prove.or)}</p>
            <PlainForm path=ProveByCode::PATH class="form">
                <input type="hidden" name="next" value=after />
                <CodeField />
                <button type="submit" class="btn">
                    {tr!(locale, sign_in.prove.submit_code)}
                </button>
            </PlainForm>
        }
    });
    view! {
        <PageTitle text=tr!(locale, sign_in.prove.title) />
        <section class="card sign-in">
            <h1>{tr!(locale, sign_in.prove.title)}</h1>
            <p class="muted">{tr!(locale, sign_in.prove.what)}</p>
            <PlainForm path=Prove::PATH class="form">
                <input type="hidden" name="next" value=next />
                <input
                    class="visually-hidden"
                    type="text"
                    name="username"
                    autocomplete="username"
                    value=name
                    readonly
                    tabindex="-1"
                    aria-hidden="true"
                />
                <TextField
                    name="password"
                    label=tr!(locale, sign_in.password)
                    kind="password"
                    autocomplete="current-password"
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, sign_in.prove.submit)}
                </button>
            </PlainForm>
            {by_code}
            <p class="small">
                <Link to=back class="text-link">
                    {tr!(locale, sign_in.prove.back)}
                </Link>
            </p>
        </section>
    }
}
