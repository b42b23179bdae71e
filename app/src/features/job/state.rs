//! How the job is in one sentence, why, and the incident that is open.

use duplistatus::dto::job::JobPage as Data;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::words::{evidence, headline};
use crate::{
    features::incidents::{api::HandleIncidents, item::state_words, snooze_options},
    format::text::visible,
    locale::use_locale,
    tr,
    ui::{
        form::{field::TextField, plain_form::PlainForm},
        icon::{Icon, Shape, verdict_tone},
        link::Link,
        ticker::use_now,
    },
};

/// The state and its evidence.
#[component]
pub fn StateCard(
    /// The page's data.
    page: Data,
    /// Whether the viewer may handle incidents.
    may_handle: bool,
) -> impl IntoView {
    let locale = use_locale();
    let clock = use_now(page.now);
    let verdict = page.job.verdict;
    let head = {
        let page = page.clone();
        move || headline(locale, &page, clock.get())
    };
    let why = {
        let page = page.clone();
        move || evidence(locale, &page, clock.get()).join(" ")
    };
    let running = page.job.live.as_ref().map(|live| match live.permille {
        Some(permille) => tr!(locale, common.badge.running_at, percent = permille.clamp(0, 1000) / 10),
        None => tr!(locale, common.badge.running),
    });
    let running = running.map(|words| {
        view! {
            <span class="badge" data-tone="run">
                <Icon shape=Shape::Running />
                {words}
            </span>
        }
    });
    let message = page.state.message.clone().map(|text| {
        let run = page.job.last_run.map(|run| {
            view! {
                " "
                <Link to=format!("/runs/{run}") class="text-link">
                    {tr!(locale, job.last_run)}
                </Link>
            }
        });
        view! { <p class="job-message"><q>{visible(text.trim()).into_owned()}</q> {run}</p> }
    });
    let reasons: Vec<_> = page.pauses.iter().filter(|pause| !pause.reason.is_empty()).cloned().collect();
    let reasons = reasons.into_iter().map(|pause| view! { <p class="job-message"><q>{pause.reason}</q></p> });
    let job = page.job.id;
    let incident = page.incident.map(|row| {
        let is_acknowledged = row.acknowledged_by.is_some();
        let handled = state_words(locale, &row, page.now).map(|words| format!(" · {words}"));
        let actions = may_handle.then(|| {
            view! {
                <PlainForm path=HandleIncidents::PATH quiet=true class="job-incident">
                    <input type="hidden" name="ids[]" value=row.id.to_string() />
                    <input type="hidden" name="job" value=job.to_string() />
                    <TextField name="note" id="incident-note" label=tr!(locale, incidents.handle.note) optional=true />
                    {(!is_acknowledged)
                        .then(|| {
                            view! {
                                <button
                                    type="submit"
                                    class="btn"
                                    data-variant="primary"
                                    name="act"
                                    value="acknowledge"
                                >
                                    {tr!(locale, incidents.handle.acknowledge)}
                                </button>
                            }
                        })}
                    <span class="job-snooze">
                        <label class="visually-hidden" for="incident-hours">
                            {tr!(locale, incidents.handle.for_how_long)}
                        </label>
                        <select class="field" id="incident-hours" name="hours">
                            {snooze_options(locale)}
                        </select>
                        <button type="submit" class="btn" name="act" value="snooze">
                            {tr!(locale, incidents.handle.snooze)}
                        </button>
                    </span>
                    <button type="submit" class="btn" name="act" value="note">
                        {tr!(locale, incidents.handle.save_note)}
                    </button>
                    <button type="submit" class="btn" name="act" value="close">
                        {tr!(locale, incidents.handle.close)}
                    </button>
                </PlainForm>
            }
        });
        view! {
            <div class="job-incident-box">
                <p class="muted">
                    <Link to=format!("/incidents?job={job}") class="text-link">
                        {tr!(locale, job.incident)}
                    </Link>
                    {handled}
                </p>
                {actions}
            </div>
        }
    });
    view! {
        <section class="card job-state" aria-label=tr!(locale, common.columns.state)>
            <span class="disc" data-tone=verdict_tone(verdict)>
                <Icon shape=Shape::of_verdict(verdict) />
            </span>
            <div class="job-state-text">
                <p class="job-headline">
                    <strong role="status">{head}</strong>
                    {running}
                </p>
                <p class="muted">{why}</p>
                {message}
                {reasons.collect_view()}
                {incident}
            </div>
        </section>
    }
}
