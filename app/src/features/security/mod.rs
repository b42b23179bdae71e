//! What is weak now, worst first, and the settings that open and close things.

use duplistatus::dto::security::State;
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    api::{ChangeSettings, show_security},
    data::SecurityPage,
    findings::{Findings, shape_and_tone},
    public_address::PublicAddressCard,
    settings::SettingsForm,
};
use crate::{
    context::page_query::use_page_query,
    locale::{Locale, use_locale},
    tr,
    ui::{
        error_notice::ErrorNotice,
        form::plain_form::form_error,
        icon::Icon,
        notice::{Notice, Tone},
        page_title::PageTitle,
        password_notice::PasswordNotice,
    },
};

pub mod api;
mod data;
mod findings;
mod public_address;
#[cfg(feature = "ssr")]
pub mod public_address_words;
mod settings;
#[cfg(all(test, feature = "ssr"))]
mod tests;
#[cfg(feature = "ssr")]
pub mod words;

/// The page.
#[component]
pub fn SecurityOverviewPage() -> impl IntoView {
    let locale = use_locale();
    let is_saved = use_page_query().get_untracked().get("done").as_deref() == Some("settings")
        && form_error(ChangeSettings::PATH).is_none();
    let page = Resource::new(|| (), |()| show_security());
    view! {
        <PageTitle text=tr!(locale, security.title) />
        <PasswordNotice />
        {is_saved
            .then(|| {
                view! {
                    <Notice tone=Tone::Ok>
                        <p role="status">{tr!(locale, security.settings.saved)}</p>
                    </Notice>
                }
            })}
        <Suspense fallback=move || view! { <p class="muted loading">{tr!(locale, common.loading)}</p> }>
            {move || {
                page.get()
                    .map(|answer| match answer {
                        Ok(page) => view! { <SecurityView page=page /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    })
            }}
        </Suspense>
    }
}

/// The page's content.
#[component]
pub fn SecurityView(
    /// The answer.
    page: SecurityPage,
) -> impl IntoView {
    let locale = use_locale();
    let SecurityPage { now: _, findings, address, settings } = page;
    let count = |state: State| findings.iter().filter(|finding| finding.state == state).count();
    let (weak, advice, ok) = (count(State::Weak), count(State::Advice), count(State::Ok));
    let (shape, tone) = match (weak, advice) {
        (1.., _) => shape_and_tone(State::Weak),
        (_, 1..) => shape_and_tone(State::Advice),
        _ => shape_and_tone(State::Ok),
    };
    view! {
        <section class="hero">
            <span class="disc" data-size="large" data-tone=tone>
                <Icon shape=shape />
            </span>
            <div>
                <h1>{headline(locale, weak, advice)}</h1>
                <p>{tr!(locale, security.counts, advice = advice, ok = ok)}</p>
            </div>
        </section>
        <Findings findings=findings />
        <PublicAddressCard address=address />
        <SettingsForm settings=settings />
    }
}

/// The answer to "what is weak?", in one sentence.
fn headline(locale: Locale, weak: usize, advice: usize) -> String {
    match (weak, advice) {
        (1.., _) => tr!(locale, security.headline.weak, count = weak),
        (_, 1..) => tr!(locale, security.headline.advice, count = advice),
        _ => tr!(locale, security.headline.ok),
    }
}
