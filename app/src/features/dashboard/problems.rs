//! The jobs that need attention: what, since when, what was expected.

use duplistatus::{
    dto::{Moment, dashboard::Problem},
    outcome::RunOutcome,
    units::span,
    verdict::Verdict,
};
use leptos::prelude::*;

use crate::{
    context::url::href,
    format::{
        text::visible,
        time::{age, calendar_time, relative, rhythm},
    },
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::{Handled, check_words, outcome_words},
        icon::{Icon, Shape, verdict_tone},
        keyed::keyed,
        link::Link,
        ticker::use_now,
    },
};

/// `"photos on Basement NAS failed twice"`
fn title(locale: Locale, problem: &Problem) -> String {
    let (job, server) = (problem.job_name.clone(), problem.server_name.clone());
    let jobs = problem.other_count + 1;
    match (problem.verdict, problem.failures) {
        (Verdict::Late, _) if jobs > 1 => {
            tr!(locale, dashboard.problem.late_jobs, count = jobs, server = server)
        }
        (Verdict::Stale, _) if jobs > 1 => {
            tr!(locale, dashboard.problem.stale_jobs, count = jobs, server = server)
        }
        (Verdict::Failed, ..=1) => tr!(locale, dashboard.problem.failed, job = job, server = server),
        (Verdict::Failed, 2) => tr!(locale, dashboard.problem.failed_twice, job = job, server = server),
        (Verdict::Failed, times) => {
            tr!(locale, dashboard.problem.failed_times, job = job, server = server, times = times)
        }
        (Verdict::Late, _) => tr!(locale, dashboard.problem.late, job = job, server = server),
        (Verdict::Check, _) => match problem.outcome {
            Some(RunOutcome::Stopped) => tr!(locale, dashboard.problem.stopped, job = job, server = server),
            Some(RunOutcome::Skipped) => tr!(locale, dashboard.problem.skipped, job = job, server = server),
            Some(RunOutcome::Partial) => tr!(locale, dashboard.problem.partial, job = job, server = server),
            _ => tr!(locale, dashboard.problem.check, job = job, server = server),
        },
        (Verdict::Stale, _) => tr!(locale, dashboard.problem.stale, job = job, server = server),
        (Verdict::Stuck, _) => tr!(locale, dashboard.problem.stuck, job = job, server = server),
        _ => tr!(locale, dashboard.problem.check, job = job, server = server),
    }
}

/// The short word in the corner: how long, or since when.
fn corner(locale: Locale, problem: &Problem, now: Moment) -> Option<String> {
    // The same moment as on the page of the incident.
    let since = problem.handling.as_ref().map(|handling| handling.since).or(problem.since)?;
    Some(match problem.verdict {
        Verdict::Failed => tr!(locale, dashboard.problem.since, time = calendar_time(locale, since, now)),
        _ => span(age(since, now)),
    })
}

/// The sentences beneath the title.
fn sentences(locale: Locale, problem: &Problem, now: Moment) -> String {
    let since = problem.since.map(|at| calendar_time(locale, at, now));
    let mut parts = Vec::new();
    if !problem.other_jobs.is_empty() {
        let names: Vec<&str> =
            [&problem.job_name].into_iter().chain(&problem.other_jobs).map(String::as_str).collect();
        let hidden = problem.other_count - i64::try_from(problem.other_jobs.len()).unwrap_or(0);
        let more = (hidden > 0).then(|| format!(" {}", tr!(locale, dashboard.more, count = hidden)));
        parts.push(format!("{}{}.", names.join(", "), more.unwrap_or_default()));
    }
    match (problem.verdict, since) {
        (Verdict::Late, Some(time)) => parts.push(match problem.interval {
            Some(interval) => tr!(
                locale,
                dashboard.problem.expected_usually,
                time = time,
                rhythm = rhythm(locale, interval)
            ),
            None => tr!(locale, dashboard.problem.expected, time = time),
        }),
        (Verdict::Stale, Some(time)) => parts.push(tr!(locale, dashboard.problem.quiet, time = time)),
        _ => {}
    }
    parts.extend(problem.checks.iter().map(|check| format!("{}.", check_words(locale, *check))));
    let stopped = problem.outcome.filter(|outcome| outcome.is_incomplete());
    if let (false, Some(words)) =
        (problem.verdict == Verdict::Check, stopped.and_then(|outcome| outcome_words(locale, outcome)))
    {
        parts.push(tr!(locale, dashboard.problem.last_run, what = words));
    }
    if let Some(message) = &problem.message {
        parts.push(tr!(
            locale,
            dashboard.problem.message,
            text = visible(message.trim().trim_end_matches('.')).into_owned()
        ));
    }
    // With warnings only, the last run is the last success: nothing new.
    if problem.verdict != Verdict::Check || stopped.is_some() {
        parts.push(match problem.last_success {
            Some(at) => tr!(
                locale,
                dashboard.problem.last_success,
                time = calendar_time(locale, at, now),
                ago = relative(locale, age(at, now))
            ),
            None => tr!(locale, dashboard.problem.never),
        });
    }
    parts.join(" ")
}

/// One card.
#[component]
fn ProblemCard(
    /// The problem.
    problem: Problem,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let (at, handling) = (now, problem.handling.clone());
    let now = use_now(now);
    let to = match problem.run_id {
        // The run says why; where no run came, the job's history does.
        Some(run) if matches!(problem.verdict, Verdict::Failed | Verdict::Check) => format!("/runs/{run}"),
        _ if !problem.other_jobs.is_empty() => format!("/servers/{}", problem.server_id),
        _ => format!("/servers/{}?job={}", problem.server_id, problem.job_id),
    };
    let since = {
        let problem = problem.clone();
        move || corner(locale, &problem, now.get())
    };
    view! {
        <li class="card problem">
            <span class="disc" data-tone=verdict_tone(problem.verdict)>
                <Icon shape=Shape::of_verdict(problem.verdict) />
            </span>
            <div class="problem-text">
                <div class="problem-head">
                    <a class="problem-link" href=href(&to)>
                        {title(locale, &problem)}
                    </a>
                    <span class="problem-since">{since}</span>
                </div>
                <p>{move || sentences(locale, &problem, now.get())}</p>
                <Handled handling=handling now=at />
            </div>
        </li>
    }
}

/// The cards, worst first.
#[component]
pub fn Problems(
    /// The problems.
    problems: Vec<Problem>,
    /// How many more there are than cards.
    more: i64,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    (!problems.is_empty()).then(|| {
        let cards = keyed(
            problems,
            |problem| problem.job_id,
            move |problem| view! { <ProblemCard problem=problem now=now /> },
        );
        view! {
            <section class="problems" aria-label=tr!(locale, dashboard.problems)>
                <ul role="list">{cards}</ul>
                {(more > 0)
                    .then(|| {
                        view! {
                            <Link to="/?filter=attention" class="text-link small">
                                {tr!(locale, dashboard.more, count = more)}
                            </Link>
                        }.into_any()
                    })}
            </section>
        }
        .into_any()
    })
}
