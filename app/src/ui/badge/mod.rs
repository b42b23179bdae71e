//! A state as shape, word and colour.

use duplistatus::{
    checks::Check,
    dto::{
        Moment,
        dashboard::{Handling, JobRow},
    },
    outcome::RunOutcome,
    status::Status,
    units::{size, span, thousands},
    verdict::Verdict,
};
use leptos::prelude::*;

use super::{
    icon::{Icon, Shape, status_tone, verdict_tone},
    ticker::use_now,
};
use crate::{
    format::time::{age, calendar_time},
    locale::{Locale, use_locale},
    tr,
};

/// Returns the word for a verdict.
pub fn verdict_word(locale: Locale, verdict: Verdict) -> String {
    match verdict {
        Verdict::Stuck => tr!(locale, common.verdict.stuck),
        Verdict::Failed => tr!(locale, common.verdict.failed),
        Verdict::Late => tr!(locale, common.verdict.late),
        Verdict::Check => tr!(locale, common.verdict.check),
        Verdict::Stale => tr!(locale, common.verdict.stale),
        Verdict::New => tr!(locale, common.verdict.new_job),
        Verdict::Paused => tr!(locale, common.verdict.paused),
        Verdict::Ok => tr!(locale, common.verdict.ok),
    }
}

/// Returns the word for a status.
pub fn status_word(locale: Locale, status: Status) -> String {
    match status {
        Status::Success => tr!(locale, common.status.success),
        Status::Warning => tr!(locale, common.status.warning),
        Status::Error => tr!(locale, common.status.error),
        Status::Fatal => tr!(locale, common.status.fatal),
        Status::Unknown => tr!(locale, common.status.unknown),
    }
}

/// Returns the words for an outcome, if the status does not say it.
pub fn outcome_words(locale: Locale, outcome: RunOutcome) -> Option<String> {
    Some(match outcome {
        RunOutcome::Errors => tr!(locale, common.outcome.errors),
        RunOutcome::Partial => tr!(locale, common.outcome.partial),
        RunOutcome::Stopped => tr!(locale, common.outcome.stopped),
        RunOutcome::Skipped => tr!(locale, common.outcome.skipped),
        RunOutcome::Rehearsal => tr!(locale, common.outcome.rehearsal),
        RunOutcome::Good | RunOutcome::Failed | RunOutcome::Unknown => return None,
    })
}

/// Describes what users did about a problem; the second text says by whom and when it was acknowledged.
pub fn handling_words(locale: Locale, handling: &Handling, now: Moment) -> Option<(String, Option<String>)> {
    let time = |at: Moment| calendar_time(locale, at, now);
    let acknowledged = handling.acknowledged.as_ref().map(|(who, at)| match at {
        Some(at) => tr!(locale, common.handled.acknowledged_at, who = who, time = time(*at)),
        None => tr!(locale, common.handled.acknowledged_by, who = who),
    });
    if let Some(at) = handling.closed {
        return Some((tr!(locale, common.handled.closed, time = time(at)), acknowledged));
    }
    if let Some(until) = handling.snoozed_until {
        return Some((tr!(locale, common.handled.snoozed, time = time(until)), acknowledged));
    }
    acknowledged.map(|words| (words, None))
}

/// What users did about a problem.
#[component]
pub fn Handled(
    /// What they did.
    handling: Option<Handling>,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let words = handling.and_then(|handling| handling_words(use_locale(), &handling, now));
    words.map(|(words, title)| {
        view! {
            <span class="sub handled" title=title>
                {words}
            </span>
        }
    })
}

/// Describes a check as a sentence without its full stop.
pub fn check_words(locale: Locale, check: Check) -> String {
    match check {
        Check::NothingExamined { before } => {
            tr!(locale, common.checks.nothing_examined, count = before, number = thousands(before))
        }
        Check::NothingUploaded { files } => {
            tr!(locale, common.checks.nothing_uploaded, count = files, number = thousands(files))
        }
        Check::NothingStored => tr!(locale, common.checks.nothing_stored),
        Check::NoVersions => tr!(locale, common.checks.no_versions),
        Check::FilesWithErrors { files } => {
            tr!(locale, common.checks.files_with_errors, count = files, number = thousands(files))
        }
        Check::VerificationFailed { files: Some(files) } => {
            tr!(locale, common.checks.damaged, count = files, number = thousands(files))
        }
        Check::VerificationFailed { files: None } => tr!(locale, common.checks.verification_failed),
        Check::NoReport => tr!(locale, common.checks.no_report),
        Check::TwoJobs => tr!(locale, common.checks.two_jobs),
        Check::Shrank { before, now, is_size } => {
            let figure = |number| if is_size { size(number) } else { thousands(number) };
            if is_size {
                tr!(locale, common.checks.shrank_size, before = figure(before), now = figure(now))
            } else {
                tr!(locale, common.checks.shrank, before = figure(before), now = figure(now))
            }
        }
        Check::VersionsFell { before, now } => {
            tr!(locale, common.checks.versions_fell, before = thousands(before), now = thousands(now))
        }
        Check::MassChange { files, known } => {
            tr!(locale, common.checks.mass_change, files = thousands(files), known = thousands(known))
        }
        Check::Retries { retries } => {
            tr!(locale, common.checks.retries, count = retries, number = thousands(retries))
        }
        Check::Slow { seconds, usual } => {
            tr!(locale, common.checks.slow, span = span(seconds), usual = span(usual))
        }
        Check::QuotaLow { free } => tr!(locale, common.checks.quota_low, free = size(free)),
        Check::QuotaSoon { days } => {
            tr!(locale, common.checks.quota_soon, count = days, number = thousands(days))
        }
        Check::NewWarnings { kinds } => {
            tr!(locale, common.checks.new_warnings, count = kinds, number = thousands(kinds))
        }
    }
}

/// Returns what to add to a job's state: that its last run was stopped or skipped, and its checks.
fn beside(locale: Locale, job: &JobRow) -> Option<String> {
    let stopped = job.last_outcome.filter(|outcome| outcome.is_incomplete() && job.verdict != Verdict::Check);
    let parts: Vec<String> = stopped
        .and_then(|outcome| outcome_words(locale, outcome))
        .into_iter()
        .chain(job.checks.iter().map(|check| check_words(locale, *check)))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// Changes the first letter to lower case.
fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// Returns the text of a job's badge: the verdict with a measure, `"Failed twice"`, `"Overdue 5 h"`.
pub fn job_words(locale: Locale, job: &JobRow, now: Moment) -> String {
    match job.verdict {
        Verdict::Failed if job.failures == 2 => tr!(locale, common.badge.failed_twice),
        Verdict::Failed if job.failures > 2 => tr!(locale, common.badge.failed_times, times = job.failures),
        Verdict::Late => match job.next_expected.or(job.due).map(|due| age(due, now)) {
            Some(late @ 60..) => tr!(locale, common.badge.late_by, span = span(late)),
            _ => verdict_word(locale, Verdict::Late),
        },
        Verdict::Check => {
            let stopped = job.last_outcome.filter(|outcome| outcome.is_incomplete());
            let stopped = stopped.and_then(|outcome| outcome_words(locale, outcome));
            let warnings = job.warnings.filter(|count| *count > 0);
            let warnings = warnings.map(|count| tr!(locale, common.badge.warnings, count = count));
            // Warnings must not hide that the run was stopped.
            let parts: Vec<String> = stopped.into_iter().chain(warnings).collect();
            let what = match job.last_status {
                _ if !parts.is_empty() => lower_first(&parts.join(", ")),
                Some(Status::Unknown) => tr!(locale, common.badge.unknown),
                _ => return verdict_word(locale, Verdict::Check),
            };
            tr!(locale, common.badge.check_for, what = what)
        }
        Verdict::Stale => match job.last_report.map(|last| age(last, now)) {
            Some(quiet) => tr!(locale, common.badge.stale_for, span = span(quiet)),
            None => verdict_word(locale, Verdict::Stale),
        },
        verdict => verdict_word(locale, verdict),
    }
}

/// A shape, a word and a colour for the same state.
#[component]
pub fn Badge(
    /// The word.
    #[prop(into)]
    word: String,
    /// The shape before it.
    shape: Shape,
    /// `data-tone`, which the style sheet gives a colour.
    tone: &'static str,
) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone>
            <Icon shape=shape />
            {word}
        </span>
    }
}

/// A badge for a verdict.
#[component]
pub fn VerdictBadge(
    /// The verdict.
    verdict: Verdict,
    /// Replaces the word of the verdict.
    #[prop(optional, into)]
    text: Option<String>,
) -> impl IntoView {
    let text = text.unwrap_or_else(|| verdict_word(use_locale(), verdict));
    view! {
        <Badge word=text shape=Shape::of_verdict(verdict) tone=verdict_tone(verdict) />
    }
}

/// A badge for the status of a run.
#[component]
pub fn StatusBadge(
    /// The status.
    status: Status,
    /// Replaces the word of the status (`"Warning, 2"`).
    #[prop(optional, into)]
    text: Option<String>,
) -> impl IntoView {
    let text = text.unwrap_or_else(|| status_word(use_locale(), status));
    view! {
        <Badge word=text shape=Shape::of_status(status) tone=status_tone(status) />
    }
}

/// A badge for a run.
#[component]
pub fn RunBadge(
    /// The status.
    status: Status,
    /// The outcome.
    outcome: RunOutcome,
) -> impl IntoView {
    let words = outcome_words(use_locale(), outcome);
    // A stopped or skipped run is neither a failure nor a success, whatever its status.
    let status = if outcome.is_incomplete() { Status::Warning } else { status };
    match words {
        Some(text) => view! { <StatusBadge status=status text=text /> }.into_any(),
        None => view! { <StatusBadge status=status /> }.into_any(),
    }
}

/// A badge for the state of a job: its running backup, or else its verdict.
#[component]
pub fn JobBadge(
    /// The job.
    job: JobRow,
    /// The time of the data.
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
            <Badge word=text shape=Shape::Running tone="run" />
            {(job.verdict != Verdict::Ok)
                .then(|| view! { <span class="sub">{move || job_words(locale, &job, now.get())}</span> }.into_any())}
        }
        .into_any(),
        None => {
            let verdict = job.verdict;
            let beside = beside(locale, &job).map(|text| view! { <span class="sub">{text}</span> }.into_any());
            view! {
                <span class="badge" data-tone=verdict_tone(verdict)>
                    <Icon shape=Shape::of_verdict(verdict) />
                    {move || job_words(locale, &job, now.get())}
                </span>
                {beside}
            }
            .into_any()
        }
    }
}
