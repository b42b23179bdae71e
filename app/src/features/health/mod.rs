//! How the program is: every check with its figure, worst first, and what to do.

use duplistatus::dto::health::{Check, State};
use leptos::prelude::*;

use self::api::show_health;
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        error_notice::ErrorNotice,
        icon::{Icon, Shape},
        link::Link,
        page_title::PageTitle,
    },
};

pub mod api;
#[cfg(all(test, feature = "ssr"))]
mod tests;
#[cfg(feature = "ssr")]
pub mod words;

/// The page.
#[component]
pub fn HealthPage() -> impl IntoView {
    let locale = use_locale();
    let checks = Resource::new(|| (), |()| show_health());
    view! {
        <PageTitle text=tr!(locale, health.title) />
        <Suspense fallback=move || view! { <p class="muted loading">{tr!(locale, common.loading)}</p> }>
            {move || {
                checks
                    .get()
                    .map(|answer| match answer {
                        Ok(checks) => view! { <HealthView checks=checks /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    })
            }}
        </Suspense>
    }
}

/// The page's content.
#[component]
pub fn HealthView(
    /// All checks, worst first.
    checks: Vec<Check>,
) -> impl IntoView {
    let locale = use_locale();
    let count = |state: State| checks.iter().filter(|check| check.state == state).count();
    let (failing, warnings, notes) = (count(State::Failing), count(State::Warning), count(State::Note));
    let (worst, headline) = match (failing, warnings, notes) {
        (1.., _, _) => (State::Failing, tr!(locale, health.headline.failing, count = failing)),
        (_, 1.., _) => (State::Warning, tr!(locale, health.headline.warning, count = warnings)),
        (_, _, 1..) => (State::Note, tr!(locale, health.headline.note, count = notes)),
        _ => (State::Ok, tr!(locale, health.headline.ok)),
    };
    let (shape, tone) = shape_and_tone(worst);
    let (fine, open): (Vec<Check>, Vec<Check>) =
        checks.into_iter().partition(|check| check.state == State::Ok);
    let open = open.into_iter().map(|check| view! { <CheckRow check=check /> }).collect_view();
    view! {
        <section class="hero">
            <span class="disc" data-size="large" data-tone=tone>
                <Icon shape=shape />
            </span>
            <div>
                <h1>{headline}</h1>
                <p>{tr!(locale, health.what)}</p>
            </div>
        </section>
        <ul class="findings">{open}</ul>
        {(!fine.is_empty()).then(|| view! { <Fine checks=fine /> })}
    }
}

/// The checks that passed, a line each.
#[component]
fn Fine(
    /// The checks.
    checks: Vec<Check>,
) -> impl IntoView {
    let locale = use_locale();
    let (shape, tone) = shape_and_tone(State::Ok);
    let items = checks.into_iter().map(|Check { name, figure, .. }| {
        view! {
            <li data-tone=tone data-check=name.clone()>
                <Icon shape=shape />
                <span class="fine-name">{title(locale, &name)}</span>
                <span class="muted">{figure}</span>
            </li>
        }
    });
    view! {
        <section class="section" aria-labelledby="fine-title">
            <h2 id="fine-title">{tr!(locale, health.fine)}</h2>
            <ul class="card fine">{items.collect_view()}</ul>
        </section>
    }
}

/// A check that asks for attention.
#[component]
fn CheckRow(
    /// What was looked at.
    check: Check,
) -> impl IntoView {
    let locale = use_locale();
    let Check { name, state, figure, advice } = check;
    let (shape, tone) = shape_and_tone(state);
    let place = place(locale, &name);
    view! {
        <li class="card finding" data-check=name.clone()>
            <span class="disc" data-tone=tone>
                <Icon shape=shape />
            </span>
            <div class="finding-text">
                <h2>
                    {title(locale, &name)} " "
                    <span class="finding-state" data-tone=tone>
                        {state_word(locale, state)}
                    </span>
                </h2>
                <p>{figure}</p>
                {(!advice.is_empty()).then(|| view! { <p class="muted">{advice}</p> })}
            </div>
            {place
                .map(|(path, words)| {
                    view! {
                        <Link to=path class="btn">
                            {words}
                        </Link>
                    }
                })}
        </li>
    }
}

/// What a check is called.
pub fn title(locale: Locale, name: &str) -> String {
    match name {
        "database" => tr!(locale, health.names.database),
        "writing" => tr!(locale, health.names.writing),
        "file" => tr!(locale, health.names.file),
        "schema" => tr!(locale, health.names.schema),
        "space" => tr!(locale, health.names.space),
        "log" => tr!(locale, health.names.log),
        "tasks" => tr!(locale, health.names.tasks),
        "backup" => tr!(locale, health.names.backup),
        "queue" => tr!(locale, health.names.queue),
        "secrets" => tr!(locale, health.names.secrets),
        "reports" => tr!(locale, health.names.reports),
        "time_zone" => tr!(locale, health.names.time_zone),
        "refused" => tr!(locale, health.names.refused),
        "notifications" => tr!(locale, health.names.notifications),
        "security" => tr!(locale, health.names.security),
        other => other.to_owned(),
    }
}

/// Path of the page where more is said, and the words of the link.
fn place(locale: Locale, name: &str) -> Option<(&'static str, String)> {
    match name {
        "refused" => Some(("/rejected", tr!(locale, frame.rejected))),
        "notifications" => Some(("/settings/notifications", tr!(locale, settings.notifications))),
        "security" => Some(("/settings/security", tr!(locale, settings.security))),
        "backup" => Some(("/settings/backups", tr!(locale, settings.backups))),
        "tasks" => Some(("/settings/tasks", tr!(locale, settings.tasks))),
        "reports" => Some(("/settings/keys", tr!(locale, settings.keys))),
        _ => None,
    }
}

fn state_word(locale: Locale, state: State) -> String {
    match state {
        State::Failing => tr!(locale, health.state.failing),
        State::Warning => tr!(locale, health.state.warning),
        State::Note => tr!(locale, health.state.note),
        State::Ok => tr!(locale, health.state.ok),
    }
}

/// How a state looks.
fn shape_and_tone(state: State) -> (Shape, &'static str) {
    match state {
        State::Failing => (Shape::Cross, "fail"),
        State::Warning => (Shape::Warning, "warn"),
        State::Note => (Shape::Circle, "run"),
        State::Ok => (Shape::Tick, "ok"),
    }
}
