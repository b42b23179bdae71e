//! How a job is, in words.

use duplistatus::{
    dto::{
        Moment,
        job::{JobPage, Reason},
    },
    verdict::Verdict,
};

use crate::{
    features::monitoring::words::origin_words,
    format::time::{age, calendar_time, relative_words},
    locale::Locale,
    tr,
    ui::badge::{check_words, outcome_words},
};

/// The state in one sentence: `"Overdue since today 04:30"`.
pub fn headline(locale: Locale, page: &JobPage, now: Moment) -> String {
    let since = page.state.since.map(|at| calendar_time(locale, at, now)).unwrap_or_default();
    match page.job.verdict {
        Verdict::Failed if page.job.failures > 1 => {
            tr!(locale, job.state.failed_times, times = page.job.failures, time = since)
        }
        Verdict::Failed => tr!(locale, job.state.failed, time = since),
        Verdict::Stuck => tr!(locale, job.state.stuck, time = since),
        Verdict::Late => tr!(locale, job.state.late, time = since),
        Verdict::Check => tr!(locale, job.state.check, time = since),
        Verdict::Stale => tr!(locale, job.state.stale, time = since),
        Verdict::Paused => match page.pauses.first().and_then(|pause| pause.until) {
            Some(until) => tr!(locale, job.state.paused_until, time = calendar_time(locale, until, now)),
            None => tr!(locale, job.state.paused),
        },
        Verdict::New => tr!(locale, job.state.new_job),
        Verdict::Ok => tr!(locale, job.state.ok),
    }
}

/// Why it is so, in sentences.
pub fn evidence(locale: Locale, page: &JobPage, now: Moment) -> Vec<String> {
    let time = |at: Moment| calendar_time(locale, at, now);
    let mut sentences: Vec<String> =
        page.state.reasons.iter().filter_map(|reason| reason_words(locale, reason, now)).collect();
    if let Some(at) = page.state.silent_since {
        sentences.push(tr!(locale, job.why.silent_since, time = time(at)));
    }
    for pause in &page.pauses {
        let origin = origin_words(locale, pause.origin);
        sentences.push(tr!(
            locale,
            job.why.paused,
            origin = origin,
            who = &pause.by,
            time = time(pause.from)
        ));
    }
    if let Some(at) = page.state.excused {
        sentences.push(tr!(locale, job.why.excused, time = time(at)));
    }
    let is_paused = page.job.verdict == Verdict::Paused;
    match (page.job.next_expected, page.job.due) {
        (Some(at), Some(due)) if age(at, now) < 0 && !is_paused => {
            sentences.push(tr!(locale, job.why.next, time = time(at), due = time(due)));
        }
        (Some(at), Some(due)) if !is_paused && age(due, now) < 0 => {
            sentences.push(tr!(locale, job.why.awaited, time = time(at), due = time(due)));
        }
        (Some(at), _) if !is_paused => sentences.push(tr!(locale, job.why.expected, time = time(at))),
        _ => {}
    }
    sentences.push(match page.job.last_success {
        Some(at) => {
            let ago = relative_words(locale, age(at, now));
            tr!(locale, job.why.last_good, time = time(at), ago = ago)
        }
        None => tr!(locale, job.why.no_good),
    });
    sentences
}

fn reason_words(locale: Locale, reason: &Reason, now: Moment) -> Option<String> {
    let time = |at: Moment| calendar_time(locale, at, now);
    Some(match reason {
        Reason::Found(Some(check), _) => format!("{}.", check_words(locale, *check)),
        Reason::Found(None, outcome) => {
            let words = outcome.and_then(|outcome| outcome_words(locale, outcome));
            let what = words.unwrap_or_else(|| tr!(locale, common.badge.unknown));
            tr!(locale, job.why.incomplete, what = what)
        }
        Reason::Silent(at) => tr!(locale, job.why.silent, time = time(*at)),
        Reason::NoReport(at) => tr!(locale, job.why.no_report, time = time(*at)),
        Reason::Stuck(begin, heard) => {
            tr!(locale, job.why.stuck, begin = time(*begin), heard = time(*heard))
        }
        // The headline says these.
        Reason::Late(_) | Reason::Failing(_) => return None,
    })
}
