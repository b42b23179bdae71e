//! The secret of a new second factor, to scan or to type, and the code that proves that an app has it.

use duplistatus::dto::account::Enrolment;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::ConfirmSecondFactor, completed::Part};
use crate::{
    locale::use_locale,
    tr,
    ui::form::{field::TextField, plain_form::PlainForm},
};

/// The picture, the secret, the code.
#[component]
pub fn Confirm(
    /// What the app needs.
    enrolment: Enrolment,
) -> impl IntoView {
    let locale = use_locale();
    let Enrolment { secret, uri, qr_size, qr_path } = enrolment;
    view! {
        <div class="enrolment">
            <svg
                class="qr"
                viewBox=format!("0 0 {qr_size} {qr_size}")
                role="img"
                aria-label=tr!(locale, account.second_factor.qr)
                shape-rendering="crispEdges"
            >
                <path d=qr_path></path>
            </svg>
            <div class="enrolment-words">
                <p>{tr!(locale, account.second_factor.scan)}</p>
                <p class="muted small">
                    {tr!(locale, account.second_factor.by_hand)} ": "
                    <code class="secret">{in_groups(&secret)}</code>
                </p>
                <p class="small">
                    <a class="text-link" href=uri rel="external">
                        {tr!(locale, account.second_factor.open)}
                    </a>
                </p>
                <PlainForm path=ConfirmSecondFactor::PATH at=Part::SecondFactor.id() class="form">
                    <TextField
                        name="code"
                        label=tr!(locale, account.second_factor.code)
                        autocomplete="one-time-code"
                        hint=tr!(locale, account.second_factor.code_hint)
                    />
                    <button type="submit" class="btn" data-variant="primary">
                        {tr!(locale, account.second_factor.confirm)}
                    </button>
                </PlainForm>
            </div>
        </div>
    }
}

/// Four characters at a time, so that they can be typed without getting lost.
fn in_groups(secret: &str) -> String {
    let mut text = String::with_capacity(secret.len() + secret.len() / 4);
    for (index, character) in secret.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push(' ');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_typed_in_groups() {
        assert_eq!(in_groups("ABCDEFGHIJ"), "ABCD EFGH IJ");
        assert_eq!(in_groups("ABCD"), "ABCD");
        assert_eq!(in_groups(""), "");
    }
}
