//! The data of a trend chart as a table.

use std::sync::Arc;

use leptos::prelude::*;

use super::model::Trend;
use crate::{locale::use_locale, tr};

/// A row for every bucket with a value, oldest first.
#[component]
pub fn TrendTable(
    /// The chart.
    trend: Arc<Trend>,
) -> impl IntoView {
    let locale = use_locale();
    let heads =
        trend.lines.iter().map(|line| view! { <th scope="col" class="num">{line.label.clone()}</th> });
    let stacked = trend.is_stacked();
    let total = stacked.then(|| view! { <th scope="col" class="num">{tr!(locale, charts.head_total)}</th> });
    let rows = (0..trend.buckets.len()).filter_map(|i| {
        let values: Vec<Option<i64>> =
            trend.lines.iter().map(|l| l.values.get(i).copied().flatten()).collect();
        values.iter().any(Option::is_some).then(|| {
            let total = trend.total(i).filter(|_| stacked);
            let total = total.map(|total| view! { <td class="num">{trend.measure.text(total)}</td> });
            let cells = values.into_iter().map(|value| {
                let text = value.map_or_else(|| "–".to_owned(), |v| trend.measure.text(v));
                view! { <td class="num">{text}</td> }
            });
            view! {
                <tr>
                    <th scope="row">{trend.bucket_text(locale, i)}</th>
                    {total}
                    {cells.collect_view()}
                </tr>
            }
        })
    });
    view! {
        <details class="chart-table">
            <summary>{tr!(locale, charts.show_table)}</summary>
            <div class="chart-scroll" tabindex="0" role="group" aria-label=trend.title.clone()>
                <table>
                    <caption>{tr!(locale, charts.table_caption)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{tr!(locale, charts.when)}</th>
                            {total}
                            {heads.collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}
