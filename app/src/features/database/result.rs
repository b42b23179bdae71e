//! What came of the last work, with the words of the command line.

use duplistatus::{
    dto::{
        Moment,
        database::{CleanupReport, Integrity, Maintenance},
        work::{Outcome, WorkEnded, WorkKind},
    },
    units::{size, thousands},
};
use leptos::prelude::*;

use crate::{
    format::number::bytes,
    locale::{Locale, use_locale},
    tr,
    ui::{
        notice::{Notice, Tone},
        operation_progress::took,
        relative_time::RelativeTime,
    },
};

/// A notice.
#[component]
pub fn OperationResult(
    /// What ended.
    ended: WorkEnded,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let WorkEnded { kind, at, outcome } = ended;
    let (tone, title, lines) = match outcome {
        Outcome::Integrity(found) => integrity(locale, &found),
        Outcome::Maintenance(done) => upkeep(locale, kind, done),
        Outcome::Cleanup(report) => {
            (Tone::Ok, tr!(locale, database.result.cleanup), vec![deleted(locale, &report)])
        }
        Outcome::Failed(why) => (Tone::Fail, tr!(locale, database.result.failed), vec![why]),
        // Told on its own page.
        Outcome::Import(_) => return None,
    };
    let mut lines = lines.into_iter();
    let first = lines.next();
    let rest: Vec<_> = lines.map(|line| view! { <li>{line}</li> }).collect();
    Some(view! {
        <Notice tone=tone title=title>
            <p>{first} " " <RelativeTime at=at now=now /></p>
            {(!rest.is_empty()).then(|| view! { <ul class="folded-list">{rest}</ul> })}
        </Notice>
    })
}

fn integrity(locale: Locale, found: &Integrity) -> (Tone, String, Vec<String>) {
    let compared =
        tr!(locale, database.result.compared, jobs = thousands(bytes(found.jobs)), span = took(found.took));
    if found.is_in_order() {
        return (Tone::Ok, tr!(locale, database.result.in_order), vec![compared]);
    }
    let Integrity { file, schema, orphans, damaged, damaged_count, discrepancies, discrepancy_count, .. } =
        found;
    let advice = if file.is_empty() {
        tr!(locale, database.result.repair)
    } else {
        tr!(locale, database.result.salvage)
    };
    let mut lines = vec![advice];
    lines.extend(file.iter().chain(schema).cloned());
    lines.extend(orphans.iter().map(|orphan| {
        let row = orphan.row.map_or_else(|| "?".to_owned(), |row| row.to_string());
        tr!(
            locale,
            database.result.orphan,
            table = orphan.table.clone(),
            row = row,
            parent = orphan.parent.clone()
        )
    }));
    lines.extend(damaged.iter().map(|row| format!("{} {}: {}", row.table, row.row, row.what.join(", "))));
    let more = damaged_count - i64::try_from(damaged.len()).unwrap_or(i64::MAX);
    if more > 0 {
        lines.push(tr!(locale, database.result.more_damaged, number = thousands(more)));
    }
    let unknown = || tr!(locale, database.result.nothing);
    lines.extend(discrepancies.iter().map(|found| {
        let column = found.column.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
        tr!(
            locale,
            database.result.differs,
            place = format!("{}, {}{column}", found.table, found.row),
            stored = found.stored.clone().unwrap_or_else(unknown),
            expected = found.expected.clone().unwrap_or_else(unknown)
        )
    }));
    let more = discrepancy_count.saturating_sub(u64::try_from(discrepancies.len()).unwrap_or(u64::MAX));
    if more > 0 {
        lines.push(tr!(locale, database.result.more, number = thousands(bytes(more))));
    }
    (Tone::Fail, tr!(locale, database.result.not_in_order), lines)
}

fn upkeep(locale: Locale, kind: WorkKind, done: Maintenance) -> (Tone, String, Vec<String>) {
    let title = match kind {
        WorkKind::Vacuum => tr!(locale, database.result.vacuum),
        WorkKind::Checkpoint => tr!(locale, database.result.checkpoint),
        _ => tr!(locale, database.result.optimize),
    };
    let Maintenance { before, after, took: time, is_complete } = done;
    let figures = tr!(
        locale,
        database.result.sizes,
        before = size(bytes(before)),
        after = size(bytes(after)),
        span = took(time)
    );
    if is_complete {
        (Tone::Ok, title, vec![figures])
    } else {
        (Tone::Warn, tr!(locale, database.result.in_part), vec![figures])
    }
}

/// What a clean-up deleted.
fn deleted(locale: Locale, report: &CleanupReport) -> String {
    tr!(
        locale,
        database.result.deleted,
        runs = thousands(report.runs),
        operations = thousands(report.operations),
        size = size(report.returned),
        span = took(report.took)
    )
}
