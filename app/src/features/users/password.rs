//! A temporary password that was just made.

use duplistatus::dto::user::OneTimeSecret;
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::{
        copy::CopyButton,
        icon::{Icon, Shape},
        notice::{Notice, Tone},
    },
};

/// The password, and what its owner has to do with it.
#[component]
pub fn PasswordPanel(
    /// For whom it is, and the password.
    shown: OneTimeSecret,
) -> impl IntoView {
    let locale = use_locale();
    let OneTimeSecret { name, secret } = shown;
    view! {
        <section class="card key-panel" aria-labelledby="password-title">
            <h2 id="password-title">
                <Icon shape=Shape::Tick />
                {tr!(locale, users.password.title, name = name)}
            </h2>
            <p class="muted">{tr!(locale, users.password.once)}</p>
            <CopyButton text=secret label=tr!(locale, users.password.label) />
        </section>
    }
}

/// In place of a password that was shown already, or whose time is over.
#[component]
pub fn PasswordGone() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Notice tone=Tone::Warn title=tr!(locale, users.password.gone)>
            <p>{tr!(locale, users.password.gone_text)}</p>
        </Notice>
    }
}
