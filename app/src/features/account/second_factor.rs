//! The second factor: off, being set up, on.

use duplistatus::dto::{
    Moment,
    account::{Enrolment, SecondFactor},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{BeginSecondFactor, RemoveSecondFactor, RenewRecoveryCodes},
    codes::RecoveryCodes,
    completed::{Completed, Part},
    enrolment::Confirm,
    one_time::NewCodes,
    password_form::PasswordForm,
    section::Section,
};
use crate::{
    format::time::calendar_time,
    locale::use_locale,
    tr,
    ui::badge::Badge,
    ui::{
        form::{field::TextField, plain_form::PlainForm},
        icon::Shape,
        notice::{Notice, Tone},
        one_time_secret::OneTime,
    },
};

/// So few recovery codes are a reason to make new ones.
const FEW_CODES: i64 = 3;

/// The section.
#[component]
pub fn SecondFactorSection(
    /// Its state.
    state: SecondFactor,
    /// Recovery codes that were just made.
    codes: OneTime<NewCodes>,
    /// When the data was asked for.
    now: Moment,
    /// What was done on the page.
    done: Option<Completed>,
) -> impl IntoView {
    let content = match state {
        SecondFactor::Off => view! { <Off /> }.into_any(),
        SecondFactor::Pending(enrolment) => view! { <Pending enrolment=enrolment /> }.into_any(),
        SecondFactor::On { since, recovery_codes_left } => {
            let since = calendar_time(use_locale(), since, now);
            view! { <On since=since left=recovery_codes_left /> }.into_any()
        }
        SecondFactor::Unreadable { recovery_codes_left } => {
            view! { <Unreadable left=recovery_codes_left /> }.into_any()
        }
    };
    view! {
        <Section part=Part::SecondFactor done=done>
            <RecoveryCodes codes=codes />
            {content}
        </Section>
    }
}

/// State in shape and word.
#[component]
fn State(
    /// Its tone.
    tone: &'static str,
    /// Its shape.
    shape: Shape,
    /// Its word.
    #[prop(into)]
    word: String,
    /// What belongs to it.
    #[prop(optional, into)]
    more: Option<String>,
) -> impl IntoView {
    view! {
        <p class="account-state">
            <Badge word=word shape=shape tone=tone />
            {more.map(|more| view! { <span class="muted small">{more}</span> })}
        </p>
    }
}

#[component]
fn Off() -> impl IntoView {
    let locale = use_locale();
    view! {
        <State tone="idle" shape=Shape::Circle word=tr!(locale, account.second_factor.off) />
        <p class="muted">{tr!(locale, account.second_factor.why)}</p>
        <PlainForm path=BeginSecondFactor::PATH at=Part::SecondFactor.id() class="form">
            <TextField
                name="password"
                id="begin-password"
                label=tr!(locale, account.second_factor.password)
                kind="password"
                autocomplete="current-password"
            />
            <button type="submit" class="btn" data-variant="primary">
                {tr!(locale, account.second_factor.begin)}
            </button>
        </PlainForm>
    }
}

#[component]
fn Pending(
    /// What the app needs.
    enrolment: Enrolment,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <State tone="late" shape=Shape::Clock word=tr!(locale, account.second_factor.pending) />
        <Confirm enrolment=enrolment />
        <div class="questions">
            <PasswordForm
                path=RemoveSecondFactor::PATH
                id="cancel-password"
                ask=tr!(locale, account.second_factor.cancel)
                what=tr!(locale, account.second_factor.cancel_what)
                submit=tr!(locale, account.second_factor.cancel_submit)
                variant="danger"
            />
        </div>
    }
}

#[component]
fn On(
    /// Since when.
    #[prop(into)]
    since: String,
    /// Recovery codes that still work.
    left: i64,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <State
            tone="ok"
            shape=Shape::Tick
            word=tr!(locale, account.second_factor.on)
            more=tr!(locale, account.second_factor.since, day = since)
        />
        <CodesLeft left=left />
        <Change />
    }
}

#[component]
fn Unreadable(
    /// Recovery codes that still work.
    left: i64,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <State tone="warn" shape=Shape::Warning word=tr!(locale, account.second_factor.unreadable) />
        <Notice tone=Tone::Warn title=tr!(locale, account.second_factor.unreadable_title)>
            <p>{tr!(locale, account.second_factor.unreadable_what)}</p>
        </Notice>
        <CodesLeft left=left />
        <Change />
    }
}

#[component]
fn CodesLeft(
    /// Recovery codes that still work.
    left: i64,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <p>
            {tr!(locale, account.second_factor.codes_left, count = left)}
            {(left <= FEW_CODES)
                .then(|| view! { " " <strong>{tr!(locale, account.second_factor.few_codes)}</strong> })}
        </p>
    }
}

/// What can be changed while it is on.
#[component]
fn Change() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="questions">
            <PasswordForm
                path=RenewRecoveryCodes::PATH
                id="renew-password"
                ask=tr!(locale, account.second_factor.renew)
                what=tr!(locale, account.second_factor.renew_what)
                submit=tr!(locale, account.second_factor.renew_submit)
                variant="primary"
            />
            <PasswordForm
                path=RemoveSecondFactor::PATH
                id="remove-password"
                ask=tr!(locale, account.second_factor.remove)
                what=tr!(locale, account.second_factor.remove_what)
                submit=tr!(locale, account.second_factor.remove_submit)
                variant="danger"
            />
        </div>
    }
}
