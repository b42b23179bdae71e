//! An API key that was just made, once.

use duplistatus::dto::user::OneTimeSecret;
use leptos::prelude::*;

use super::one_time::Shown;
use crate::{
    locale::use_locale,
    tr,
    ui::{
        copy::CopyButton,
        notice::{Notice, Tone},
    },
};

/// The key with the headers that carry it; nothing when none was made.
#[component]
pub fn NewKey(
    /// The key.
    shown: Shown<OneTimeSecret>,
) -> impl IntoView {
    let locale = use_locale();
    match shown {
        Shown::Nothing => ().into_any(),
        Shown::Gone => view! {
            <Notice tone=Tone::Warn title=tr!(locale, account.keys.gone)>
                <p>{tr!(locale, account.keys.gone_what)}</p>
            </Notice>
        }
        .into_any(),
        Shown::Now(OneTimeSecret { name, secret }) => {
            let bearer = format!("Authorization: Bearer {secret}");
            let header = format!("X-API-Key: {secret}");
            view! {
                <div class="shown-once">
                    <h3>{tr!(locale, account.keys.shown.title, name = name)}</h3>
                    <p>{tr!(locale, account.keys.shown.once)}</p>
                    <CopyButton text=secret label=tr!(locale, account.keys.shown.key) />
                    <p class="small">{tr!(locale, account.keys.shown.bearer)}</p>
                    <CopyButton text=bearer label=tr!(locale, account.keys.shown.bearer) />
                    <p class="small">{tr!(locale, account.keys.shown.header)}</p>
                    <CopyButton text=header label=tr!(locale, account.keys.shown.header) />
                </div>
            }
            .into_any()
        }
    }
}
