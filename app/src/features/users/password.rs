//! A temporary password that was just created.

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

/// The password, and what its owner has to do with it.
#[component]
pub fn PasswordPanel(
    /// For whom it is, and the password.
    shown: OneTime<user::OneTimeSecret>,
) -> impl IntoView {
    let locale = use_locale();
    let gone = (tr!(locale, users.password.gone), tr!(locale, users.password.gone_text));
    shown.show(gone.0, gone.1, |user::OneTimeSecret { name, secret }| {
        let title = tr!(locale, users.password.title, name = name);
        view! {
            <OneTimeSecret id="password-title" title=title what=tr!(locale, users.password.once)>
                <CopyButton text=secret label=tr!(locale, users.password.label) />
            </OneTimeSecret>
        }
    })
}
