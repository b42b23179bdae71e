//! The first administrator.

use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{SetUp, SetUpLink, set_up_state},
    fields::typed_name,
};
use crate::{
    context::{page_query::use_page_query, url::href},
    locale::use_locale,
    tr,
    ui::{
        form::{field::TextField, plain_form::PlainForm},
        loaded::Loaded,
        notice::{Notice, Tone},
        page_title::PageTitle,
    },
};

/// Asks for name and password where the link is right, and says where the link is to be found where it is not.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let locale = use_locale();
    let token = use_page_query().read_untracked().get("token").unwrap_or_default();
    let asked = token.clone();
    let state = Resource::new(move || asked.clone(), set_up_state);
    view! {
        <PageTitle text=tr!(locale, set_up.title) />
        <Loaded
            data=state
            show=move |link| {
                let token = token.clone();
                view! { <SetUpView token=token link=link /> }
            }
        />
    }
}

/// The page's content.
#[component]
pub fn SetUpView(
    /// The secret of the link.
    token: String,
    /// What it is worth.
    link: SetUpLink,
) -> impl IntoView {
    let locale = use_locale();
    if link == SetUpLink::Done {
        return view! { <Done /> }.into_any();
    }
    let form = if link == SetUpLink::Right {
        view! {
            <PlainForm path=SetUp::PATH class="form">
                <input type="hidden" name="token" value=token />
                <TextField
                    name="name"
                    label=tr!(locale, sign_in.name)
                    value=typed_name()
                    autocomplete="username"
                    hint=tr!(locale, set_up.name_hint)
                />
                <TextField
                    name="password"
                    label=tr!(locale, sign_in.password)
                    kind="password"
                    autocomplete="new-password"
                    hint=tr!(locale, set_up.password_hint)
                />
                <TextField
                    name="repeated"
                    label=tr!(locale, sign_in.repeated)
                    kind="password"
                    autocomplete="new-password"
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, set_up.submit)}
                </button>
            </PlainForm>
        }
        .into_any()
    } else {
        let wrong = (!token.is_empty()).then(|| {
            view! {
                <Notice tone=Tone::Warn title=tr!(locale, set_up.wrong)>
                    <p>{tr!(locale, set_up.wrong_text)}</p>
                </Notice>
            }
        });
        view! {
            {wrong}
            <p>{tr!(locale, set_up.where_link)}</p>
            <p class="muted">{tr!(locale, set_up.or_command)}</p>
            <p>
                <code>"duplistatus user create NAME --role administrator"</code>
            </p>
        }
        .into_any()
    };
    view! {
        <section class="card sign-in">
            <h1>{tr!(locale, set_up.title)}</h1>
            <p class="muted">{tr!(locale, set_up.what)}</p>
            {form}
        </section>
    }
    .into_any()
}

/// After somebody has used the link.
#[component]
fn Done() -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="card sign-in">
            <h1>{tr!(locale, set_up.done)}</h1>
            <p class="muted">{tr!(locale, set_up.done_text)}</p>
            <p>
                <a class="btn" data-variant="primary" href=href("/login") rel="external">
                    {tr!(locale, sign_in.submit)}
                </a>
            </p>
        </section>
    }
}
