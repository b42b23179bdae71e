//! A state as shape, word and colour.

use duplistatus::{
    dto::{Moment, dashboard::JobRow},
    status::Status,
    units::span,
    verdict::Verdict,
};
use leptos::prelude::*;

use super::{
    icon::{Icon, Shape, status_tone, verdict_tone},
    ticker::use_now,
    time::age,
};
use crate::{
    locale::{Locale, use_locale},
    tr,
};

/// The word for a conclusion.
pub fn verdict_word(locale: Locale, verdict: Verdict) -> String {
    match verdict {
        Verdict::Failed => tr!(locale, common.verdict.failed),
        Verdict::Late => tr!(locale, common.verdict.late),
        Verdict::Check => tr!(locale, common.verdict.check),
        Verdict::Stale => tr!(locale, common.verdict.stale),
        Verdict::New => tr!(locale, common.verdict.new_job),
        Verdict::Ok => tr!(locale, common.verdict.ok),
    }
}

/// The word for what Duplicati said.
pub fn status_word(locale: Locale, status: Status) -> String {
    match status {
        Status::Success => tr!(locale, common.status.success),
        Status::Warning => tr!(locale, common.status.warning),
        Status::Error => tr!(locale, common.status.error),
        Status::Fatal => tr!(locale, common.status.fatal),
        Status::Unknown => tr!(locale, common.status.unknown),
    }
}

/// What a job's badge says: the conclusion with its measure, `"Failed twice"`, `"Overdue 5 h"`.
pub fn job_words(locale: Locale, job: &JobRow, now: Moment) -> String {
    match job.verdict {
        Verdict::Failed if job.failures == 2 => tr!(locale, common.badge.failed_twice),
        Verdict::Failed if job.failures > 2 => tr!(locale, common.badge.failed_times, times = job.failures),
        Verdict::Late => match job.next_expected.or(job.due).map(|due| age(due, now)) {
            Some(late @ 60..) => tr!(locale, common.badge.late_by, span = span(late)),
            _ => verdict_word(locale, Verdict::Late),
        },
        Verdict::Check => match (job.last_status, job.warnings) {
            (Some(Status::Unknown), _) => tr!(locale, common.badge.unknown),
            (Some(Status::Success), _) => tr!(locale, common.badge.incomplete),
            (_, Some(count @ 1..)) => tr!(locale, common.badge.warnings, count = count),
            _ => tr!(locale, common.status.warning),
        },
        Verdict::Stale => match job.last_report.map(|last| age(last, now)) {
            Some(quiet) => tr!(locale, common.badge.stale_for, span = span(quiet)),
            None => verdict_word(locale, Verdict::Stale),
        },
        verdict => verdict_word(locale, verdict),
    }
}

/// A conclusion.
#[component]
pub fn VerdictBadge(
    /// The conclusion.
    verdict: Verdict,
    /// Other words than the conclusion's own.
    #[prop(optional, into)]
    text: Option<String>,
) -> impl IntoView {
    let text = text.unwrap_or_else(|| verdict_word(use_locale(), verdict));
    view! {
        <span class="badge" data-tone=verdict_tone(verdict)>
            <Icon shape=Shape::of_verdict(verdict) />
            {text}
        </span>
    }
}

/// What Duplicati said about a run.
#[component]
pub fn StatusBadge(
    /// What it said.
    status: Status,
    /// Other words than the status' own (`"Warning, 2"`).
    #[prop(optional, into)]
    text: Option<String>,
) -> impl IntoView {
    let text = text.unwrap_or_else(|| status_word(use_locale(), status));
    view! {
        <span class="badge" data-tone=status_tone(status)>
            <Icon shape=Shape::of_status(status) />
            {text}
        </span>
    }
}

/// The state of a job: the run under way if there is one, else the conclusion.
#[component]
pub fn JobBadge(
    /// The job.
    job: JobRow,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let now = use_now(now);
    let running = job.live.as_ref().map(|live| match live.permille {
        Some(permille) => tr!(locale, common.badge.running_at, percent = permille.clamp(0, 1000) / 10),
        None => tr!(locale, common.badge.running),
    });
    match running {
        Some(text) => view! {
            <span class="badge" data-tone="run">
                <Icon shape=Shape::Running />
                {text}
            </span>
            {(job.verdict != Verdict::Ok)
                .then(|| view! { <span class="sub">{move || job_words(locale, &job, now.get())}</span> })}
        }
        .into_any(),
        None => {
            let verdict = job.verdict;
            view! {
                <span class="badge" data-tone=verdict_tone(verdict)>
                    <Icon shape=Shape::of_verdict(verdict) />
                    {move || job_words(locale, &job, now.get())}
                </span>
            }
            .into_any()
        }
    }
}
