//! Restores, tests, compactions: shown, never counted as a backup.

use duplistatus::{
    dto::{Moment, server::OperationRow},
    units::clock_duration,
};
use leptos::prelude::*;

use super::operation_words;
use crate::{
    format::time::full_time,
    locale::use_locale,
    tr,
    ui::{badge::StatusBadge, relative_time::LocalTime},
};

/// The list; nothing when there are none.
#[component]
pub fn Operations(
    /// Newest first.
    rows: Vec<OperationRow>,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    (!rows.is_empty()).then(|| {
        let rows = rows.into_iter().map(|row| view! { <Operation row=row now=now /> });
        view! {
            <section class="section" aria-labelledby="operations-title">
                <h2 id="operations-title">
                    {tr!(locale, server.operations.title)} " "
                    <span class="muted">{tr!(locale, server.operations.hint)}</span>
                </h2>
                <ul class="card operations">{rows.collect_view()}</ul>
            </section>
        }
    })
}

/// One operation.
#[component]
fn Operation(
    /// The operation.
    row: OperationRow,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let OperationRow { operation, job_name, status, started, start_assumed, duration, details, .. } = row;
    let counts: Vec<String> = [
        row.stopped.then(|| tr!(locale, server.operations.stopped)),
        row.errors.filter(|n| *n > 0).map(|n| tr!(locale, server.operations.errors, count = n)),
        row.warnings.filter(|n| *n > 0).map(|n| tr!(locale, common.badge.warnings, count = n)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let counts = (!counts.is_empty()).then(|| {
        view! { <span class="muted">" "{counts.join(", ")}</span> }
    });
    let message = row.message.map(|text| view! { <p class="operation-message">{text}</p> });
    let begun = if start_assumed {
        let text = tr!(locale, server.operations.about, time = full_time(locale, started));
        view! { <time datetime=started.at.to_string()>{text}</time> }.into_any()
    } else {
        view! { <LocalTime at=started now=now /> }.into_any()
    };
    let details = (!details.is_empty()).then(|| {
        let pairs = details.into_iter().map(|figure| {
            view! {
                <div>
                    <dt>{operation_words::figure_name(locale, &figure)}</dt>
                    <dd>{operation_words::value(&figure)}</dd>
                </div>
            }
        });
        view! { <dl class="operation-details">{pairs.collect_view()}</dl> }
    });
    view! {
        <li>
            <span class="operation-name">{operation_words::name(locale, &operation)}</span>
            <span class="operation-job">{job_name}</span>
            <span>
                <StatusBadge status=status />
                {counts}
            </span>
            <span class="operation-time">
                {begun}
                {duration.map(|seconds| view! { <span class="muted">" · "{clock_duration(seconds)}</span> })}
            </span>
            {message}
            {details}
        </li>
    }
}
