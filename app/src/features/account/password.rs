//! The password.

use duplistatus::dto::Moment;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::ChangePassword,
    completed::{Completed, Part},
    section::Section,
};
use crate::{
    format::time::calendar_time,
    locale::use_locale,
    tr,
    ui::form::{field::TextField, plain_form::PlainForm},
};

/// The section.
#[component]
pub fn PasswordSection(
    /// Name that signs in, for password managers.
    name: String,
    /// When it was last changed.
    changed: Option<Moment>,
    /// When the data was asked for.
    now: Moment,
    /// What was done on the page.
    done: Option<Completed>,
) -> impl IntoView {
    let locale = use_locale();
    let changed =
        changed.map(|at| tr!(locale, account.password.changed, when = calendar_time(locale, at, now)));
    view! {
        <Section part=Part::Password done=done>
            <p class="muted">{changed} " " {tr!(locale, account.password.ends)}</p>
            <PlainForm path=ChangePassword::PATH at=Part::Password.id() class="form">
                // Never sent: it tells password managers whose password it is.
                <input type="text" autocomplete="username" value=name readonly=true hidden=true />
                <TextField
                    name="current"
                    label=tr!(locale, account.password.current)
                    kind="password"
                    autocomplete="current-password"
                />
                <TextField
                    name="new"
                    label=tr!(locale, account.password.fresh)
                    kind="password"
                    autocomplete="new-password"
                    hint=tr!(locale, account.password.hint)
                />
                <TextField
                    name="repeated"
                    label=tr!(locale, sign_in.repeated)
                    kind="password"
                    autocomplete="new-password"
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, account.password.submit)}
                </button>
            </PlainForm>
        </Section>
    }
}
