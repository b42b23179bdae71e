//! The text of a digest.

use super::message::{About, Written, one_line, word};
use crate::{
    dto::{
        digest::Every,
        report::{Change, Report, ReportedIncident},
    },
    shorten::shorten,
    units::{size, span, thousands},
    verdict::Verdict,
};

/// Problems that it lists; the page has the others.
const LISTED: usize = 5;
/// Characters of a problem, and of a name.
const LINE: usize = 150;
/// The same of a name.
const NAME: usize = 60;

/// The digest of a period. `path` is that of the page with the whole report.
#[must_use]
pub fn digest(every: Every, report: &Report, path: String) -> Written {
    let what = frequency(every);
    let of = report.group.as_ref().map(|group| format!(" of {}", name(group))).unwrap_or_default();
    let text = [now(report), period(report)].concat().join("\n");
    let is_well = report.is_all_well();
    Written {
        title: format!("{what} summary{of}: {}", headline(report)),
        text,
        about: About::Digest { path, is_well },
    }
}

/// How often it is sent, in a word.
#[must_use]
pub const fn frequency(every: Every) -> &'static str {
    match every {
        Every::Daily => "Daily",
        Every::Weekly => "Weekly",
        Every::Monthly => "Monthly",
    }
}

/// The two parts of its text: how things are now, and what happened in the period.
#[must_use]
pub fn parts(report: &Report) -> (String, String) {
    (now(report).join("\n"), period(report).join("\n").trim_start().to_owned())
}

/// The most important of it, in a few words.
fn headline(report: &Report) -> String {
    match report.attention() {
        _ if report.job_count() == 0 => {
            if report.group.is_some() { "the group has no jobs" } else { "no job has reported yet" }
                .to_owned()
        }
        0 if report.is_all_well() => match report.of(Verdict::Ok) {
            1 => "the job is OK".to_owned(),
            count => format!("all {} jobs are OK", thousands(count)),
        },
        0 => "no known problems".to_owned(),
        1 => "1 job needs attention".to_owned(),
        count => format!("{} jobs need attention", thousands(count)),
    }
}

/// How things are now.
fn now(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    let at = report.now.zoned();
    if report.is_all_well() {
        lines.push(format!("All is well as of {at}: {} OK.", jobs_are(report.of(Verdict::Ok))));
    } else if report.open_count > 0 {
        lines.push(format!("Needs attention as of {at}:"));
        lines.extend(report.open.iter().take(LISTED).map(problem));
        let shown = report.open.len().min(LISTED);
        let more = report.open_count.saturating_sub(i64::try_from(shown).unwrap_or(i64::MAX));
        if more > 0 {
            lines.push(format!("and {} more", thousands(more)));
        }
    } else if report.job_count() > 0 {
        lines.push(format!("No incident is open as of {at}."));
    } else {
        lines.push(format!("There are no jobs as of {at}."));
    }
    match report.attention() - report.open_count {
        ..=0 => {}
        1 => lines.push("1 job still needs attention, although a user closed its incident.".to_owned()),
        count => lines.push(format!(
            "{} jobs still need attention, although a user closed their incidents.",
            thousands(count)
        )),
    }
    let counted = [
        (Verdict::Stale, "silent: nothing was heard for a long time"),
        (Verdict::New, "new: the schedule is not known yet"),
        (Verdict::Paused, "paused"),
    ];
    for (verdict, what) in counted {
        let count = report.of(verdict);
        // What is silent has an incident, which is listed.
        if count > 0 && (verdict != Verdict::Stale || report.open_count == 0) {
            lines.push(format!("{} {what}.", jobs_are(count)));
        }
    }
    match report.never_reported {
        0 => {}
        1 => lines.push("1 job or server has never reported.".to_owned()),
        count => lines.push(format!("{} jobs or servers have never reported.", thousands(count))),
    }
    if !report.is_current {
        lines.push("Some jobs were not checked recently, so this may be out of date.".to_owned());
    }
    lines
}

/// What happened in the period.
fn period(report: &Report) -> Vec<String> {
    let mut lines = vec![String::new(), format!("{} to {}:", report.from.zoned(), report.until.zoned())];
    if report.is_too_wide {
        lines.push("There are too many jobs to count their runs. Create a digest for each group.".to_owned());
    } else {
        let sum = report.totals();
        let runs = sum.good + sum.warned + sum.failed + sum.incomplete;
        lines.push(match runs {
            0 => "There were no runs.".to_owned(),
            _ => {
                let parts = [
                    (sum.good, "good"),
                    (sum.warned, "with warnings"),
                    (sum.failed, "failed"),
                    (sum.incomplete, "incomplete"),
                ];
                format!("{}: {}.", counted(runs, "run", "runs"), listed(&parts))
            }
        });
        let expected = sum.kept + sum.lost + sum.missed;
        if expected > 0 {
            let parts = [(sum.kept, "kept"), (sum.lost, "failed"), (sum.missed, "missed")];
            lines.push(format!(
                "{}: {}.",
                counted(expected, "expected slot", "expected slots"),
                listed(&parts)
            ));
        }
        if let (Some(source), Some(stored)) = (sum.source.now, sum.stored.now) {
            lines.push(format!(
                "Source data {}, stored {}, uploaded {}.",
                grown(source, sum.source),
                grown(stored, sum.stored),
                size(sum.uploaded)
            ));
        }
    }
    if report.closed_count > 0 {
        let all = report.closed.iter().take(LISTED).map(|closed| {
            let lasted = closed.until.map_or(0, |until| until.at.since(closed.since.at));
            let end = if closed.has_recovered { "" } else { ", closed" };
            format!("{} ({} for {}{end})", job(closed), word(closed.topic).to_lowercase(), span(lasted))
        });
        let all: Vec<String> = all.collect();
        let more = report.closed_count.saturating_sub(i64::try_from(all.len()).unwrap_or(i64::MAX));
        let more = if more > 0 { format!(" and {} more", thousands(more)) } else { String::new() };
        lines.push(format!("Closed incidents: {}{more}.", all.join(", ")));
    }
    if let Some((fullest, free, total)) = report.fullest() {
        let percent = i128::from(free) * 100 / i128::from(total.max(1));
        let of = format!("{} / {}", name(&fullest.server), name(&fullest.name));
        lines.push(format!("Least free space: {of}, {} of {} ({percent}%).", size(free), size(total)));
    }
    lines
}

fn problem(incident: &ReportedIncident) -> String {
    let why = incident.why.as_ref().map(|why| format!(" {why}")).unwrap_or_default();
    let known = incident.acknowledged.as_ref().map(|by| format!(" Acknowledged by {}.", name(by)));
    let line = format!("{}: {}, since {}.{why}", word(incident.topic), job(incident), incident.since.zoned());
    format!("{}{}", shorten(&one_line(&line), LINE), known.unwrap_or_default())
}

fn job(incident: &ReportedIncident) -> String {
    format!("{} / {}", name(&incident.server), name(&incident.job))
}

fn name(text: &str) -> String {
    shorten(&one_line(text), NAME)
}

fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count), if count == 1 { one } else { many })
}

fn jobs_are(count: i64) -> String {
    format!("{} {}", counted(count, "job", "jobs"), if count == 1 { "is" } else { "are" })
}

/// Those that are not 0: `"22 good, 1 failed"`.
fn listed(parts: &[(i64, &str)]) -> String {
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, what)| format!("{} {what}", thousands(*count))).collect::<Vec<_>>().join(", ")
}

/// A size, and by how much it grew.
fn grown(now: i64, change: Change) -> String {
    match change.growth() {
        Some(0) | None => size(now),
        Some(more) if more > 0 => format!("{} (+{})", size(now), size(more)),
        Some(less) => format!("{} (−{})", size(now), size(less.saturating_neg())),
    }
}

#[cfg(test)]
#[path = "digest_tests.rs"]
mod tests;
