//! What came of the last import.

use duplistatus::{
    dto::{
        Moment,
        import::{ImportFormat, ImportReport, Problem, Tally},
        work::{Outcome, WorkEnded},
    },
    units::thousands,
};
use leptos::prelude::*;

use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        disclosure::Details,
        notice::{Notice, Tone},
        relative_time::RelativeTime,
        table::ColumnHead,
    },
};

/// A notice that says it in a sentence, and below it the whole report.
#[component]
pub fn ImportResult(
    /// What ended.
    ended: WorkEnded,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let at = ended.at;
    match ended.outcome {
        Outcome::Import(report) => view! { <Report report=*report at=at now=now /> }.into_any(),
        Outcome::Failed(why) => view! {
            <Notice tone=Tone::Fail title=tr!(locale, import.failed)>
                <p class="import-why">{why}</p>
                <p class="small muted">
                    <RelativeTime at=at now=now />
                </p>
            </Notice>
        }
        .into_any(),
        // Other work is not asked for.
        Outcome::Integrity(_) | Outcome::Maintenance(_) | Outcome::Cleanup(_) => ().into_any(),
    }
}

#[component]
fn Report(
    /// What became of everything in the file.
    report: ImportReport,
    /// When it ended.
    at: Moment,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let left_out = report.left_out();
    let tone = if left_out > 0 { Tone::Warn } else { Tone::Ok };
    let title = if report.dry_run {
        tr!(locale, import.result.rehearsed)
    } else if left_out > 0 {
        tr!(locale, import.result.in_part, count = left_out)
    } else {
        tr!(locale, import.result.whole)
    };
    let file = if report.file.is_empty() { tr!(locale, import.result.unnamed) } else { report.file.clone() };
    let format = format_words(locale, &report);
    let rows = [
        (tr!(locale, import.kinds.servers), report.servers),
        (tr!(locale, import.kinds.runs), report.runs),
        (tr!(locale, import.kinds.people), report.people),
        (tr!(locale, import.kinds.keys), report.keys),
        (tr!(locale, import.kinds.settings), report.settings),
        (tr!(locale, import.kinds.secrets), report.secrets),
        (tr!(locale, import.kinds.audit), report.audit),
    ];
    // Tables of runs have nothing but servers and runs.
    let known = if report.format == ImportFormat::Node { rows.len() } else { 2 };
    let rows = rows.into_iter().take(known).map(|(kind, tally)| view! { <Kind kind=kind tally=tally /> });
    let rows = rows.collect_view();
    let ImportReport { notes, kept, problems, more_problems, .. } = report;
    let notes: Vec<String> =
        notes.into_iter().map(|(what, count)| format!("{} × {what}", thousands(count))).collect();
    let mut lines: Vec<String> =
        problems.into_iter().map(|Problem { place, what }| format!("{place}: {what}")).collect();
    if more_problems > 0 {
        lines.push(tr!(locale, import.result.more, count = more_problems));
    }
    view! {
        <section class="section" aria-labelledby="result-title">
            <h2 id="result-title" class="visually-hidden">
                {tr!(locale, import.result.title)}
            </h2>
            <Notice tone=tone title=title>
                <p class="import-why">
                    {file} ", " {format} ", " <RelativeTime at=at now=now />
                </p>
            </Notice>
            <div class="card table-scroll" tabindex="0" role="region" aria-label=tr!(locale, import.result.caption)>
                <table class="table import-tally">
                    <caption class="visually-hidden">{tr!(locale, import.result.caption)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">
                                <span class="visually-hidden">{tr!(locale, import.columns.kind)}</span>
                            </th>
                            <ColumnHead label=tr!(locale, import.columns.found) class="num" />
                            <ColumnHead label=tr!(locale, import.columns.added) class="num" />
                            <ColumnHead label=tr!(locale, import.columns.completed) class="num" />
                            <ColumnHead label=tr!(locale, import.columns.known) class="num" />
                            <ColumnHead label=tr!(locale, import.columns.left_out) class="num" />
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <Lines title=tr!(locale, import.result.problems) lines=lines open=true />
            <Lines title=tr!(locale, import.result.notes) lines=notes />
            <Lines title=tr!(locale, import.result.kept) lines=kept />
        </section>
    }
}

#[component]
fn Kind(
    /// What it is.
    kind: String,
    /// What became of it.
    tally: Tally,
) -> impl IntoView {
    let Tally { found, added, completed, known, left_out } = tally;
    let numbers = [found, added, completed, known, left_out].map(|number| {
        view! { <td class="num">{thousands(number)}</td> }
    });
    view! {
        <tr>
            <th scope="row">{kind}</th>
            {numbers.into_iter().collect_view()}
        </tr>
    }
}

/// A list that can be long.
#[component]
fn Lines(
    /// What it lists.
    title: String,
    /// The lines.
    lines: Vec<String>,
    /// Whether it is shown at once.
    #[prop(optional)]
    open: bool,
) -> impl IntoView {
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    (!lines.is_empty()).then(|| {
        let count = thousands(i64::try_from(lines.len()).unwrap_or(i64::MAX));
        view! {
            <Details class="card folded" open=open summary=format!("{title} ({count})").into_any()>
                <ul class="folded-list">{lines}</ul>
            </Details>
        }
    })
}

fn format_words(locale: Locale, report: &ImportReport) -> String {
    match (report.format, &report.version) {
        (ImportFormat::Node, Some(version)) => {
            tr!(locale, import.format.node, version = version.clone())
        }
        (ImportFormat::Node, None) => tr!(locale, import.format.node_old),
        (ImportFormat::Csv, _) => tr!(locale, import.format.csv),
        (ImportFormat::Json, _) => tr!(locale, import.format.json),
    }
}
