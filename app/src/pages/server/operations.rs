//! Restores, tests, compactions: shown, never counted as a backup.

use duplistatus::{
    dto::{Moment, server::OperationRow},
    units::clock_duration,
};
use leptos::prelude::*;

use crate::{
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
    let OperationRow { operation, job_name, status, started, duration, details } = row;
    let details = (!details.is_empty()).then(|| {
        let pairs = details.into_iter().map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        });
        view! { <dl class="operation-details">{pairs.collect_view()}</dl> }
    });
    view! {
        <li>
            <span class="operation-name">{operation}</span>
            <span class="operation-job">{job_name}</span>
            <StatusBadge status=status />
            <span class="operation-time">
                <LocalTime at=started now=now />
                {duration.map(|seconds| view! { <span class="muted">" · "{clock_duration(seconds)}</span> })}
            </span>
            {details}
        </li>
    }
}
