//! The jobs of a report.

use duplistatus::{
    dto::report::{Change, ReportJob},
    units::{size, thousands},
};
use leptos::prelude::*;

use super::words::signed;
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::verdict_word,
        link::Link,
        relative_time::LocalTime,
        table::{Column, Table},
    },
};

/// Jobs that are shown; the file has all of them.
const SHOWN: usize = 500;

/// A row for each job.
#[component]
pub fn JobTable(
    /// The jobs.
    jobs: Vec<ReportJob>,
) -> impl IntoView {
    let locale = use_locale();
    let columns = vec![
        Column::new(tr!(locale, report.column.job)),
        Column::new(tr!(locale, report.column.state)),
        Column::new(tr!(locale, report.column.runs)).class("num"),
        Column::new(tr!(locale, report.column.slots)).class("num"),
        Column::new(tr!(locale, report.column.source)).class("num"),
        Column::new(tr!(locale, report.column.stored)).class("num"),
        Column::new(tr!(locale, report.column.uploaded)).class("num"),
        Column::new(tr!(locale, report.column.quota)).class("num"),
        Column::new(tr!(locale, report.column.last)),
    ];
    let more = jobs.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| {
        let count = i64::try_from(more).unwrap_or(i64::MAX);
        view! { <p class="muted">{tr!(locale, report.more_jobs, count = count)}</p> }
    });
    let rows = jobs.into_iter().take(SHOWN).map(|job| row(locale, job)).collect_view();
    view! {
        <section aria-labelledby="report-jobs">
            <h3 id="report-jobs">{tr!(locale, report.jobs)}</h3>
            <Table caption=tr!(locale, report.jobs) class="report-jobs" columns=columns>
                {rows}
            </Table>
            {more}
        </section>
    }
}

fn row(locale: Locale, job: ReportJob) -> impl IntoView {
    let state = job.verdict.map(|verdict| verdict_word(locale, verdict)).unwrap_or_default();
    let (to, name) = (format!("/jobs/{}", job.id), format!("{} / {}", job.server, job.name));
    let good = job.good + job.warned;
    let runs = tr!(locale, report.runs, good = good, failed = job.failed, incomplete = job.incomplete);
    let slots = tr!(locale, report.slots, kept = job.kept, lost = job.lost, missed = job.missed);
    let quota = job.quota.filter(|(_, total)| *total > 0).map(|(free, total)| {
        let percent = i128::from(free.max(0)) * 100 / i128::from(total);
        tr!(
            locale,
            report.free,
            size = size(free),
            percent = thousands(i64::try_from(percent).unwrap_or(100))
        )
    });
    let last = match job.last_success {
        Some(at) => view! { <LocalTime at=at /> }.into_any(),
        None => tr!(locale, report.never_good).into_any(),
    };
    view! {
        <tr role="row">
            <td role="cell" data-label=tr!(locale, report.column.job)>
                <Link to=to>{name}</Link>
            </td>
            <td role="cell" data-label=tr!(locale, report.column.state)>
                {state}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, report.column.runs)>
                {runs}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, report.column.slots)>
                {slots}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, report.column.source)>
                {change(job.source)}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, report.column.stored)>
                {change(job.stored)}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, report.column.uploaded)>
                {size(job.uploaded)}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, report.column.quota)>
                {quota.unwrap_or_else(|| "–".to_owned())}
            </td>
            <td role="cell" data-label=tr!(locale, report.column.last)>
                {last}
            </td>
        </tr>
    }
}

/// A size, and below it by how much it grew.
fn change(change: Change) -> impl IntoView {
    let growth = change.growth().filter(|growth| *growth != 0);
    view! {
        {change.now.map_or_else(|| "–".to_owned(), size)}
        {growth.map(|growth| view! { <span class="muted small report-growth">{signed(growth)}</span> })}
    }
}
