//! An API key that was just created, once.

use duplistatus::dto::user;
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::{
        copy::CopyButton,
        one_time_secret::{OneTime, OneTimeSecret},
    },
};

/// The key with the headers that carry it; nothing when none was created.
#[component]
pub fn NewKey(
    /// The key.
    shown: OneTime<user::OneTimeSecret>,
) -> impl IntoView {
    let locale = use_locale();
    let gone = (tr!(locale, account.keys.gone), tr!(locale, account.keys.gone_what));
    shown.show(gone.0, gone.1, |user::OneTimeSecret { name, secret }| {
        let title = tr!(locale, account.keys.shown.title, name = name);
        let bearer = format!("Authorization: Bearer {secret}");
        let header = format!("X-API-Key: {secret}");
        view! {
            <OneTimeSecret id="new-key-title" title=title what=tr!(locale, account.keys.shown.once) inside=true>
                <CopyButton text=secret label=tr!(locale, account.keys.shown.key) />
                <p class="small">{tr!(locale, account.keys.shown.bearer)}</p>
                <CopyButton text=bearer label=tr!(locale, account.keys.shown.bearer) />
                <p class="small">{tr!(locale, account.keys.shown.header)}</p>
                <CopyButton text=header label=tr!(locale, account.keys.shown.header) />
            </OneTimeSecret>
        }
    })
}
