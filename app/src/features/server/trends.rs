//! The trend charts, with one crosshair.

use duplistatus::{
    chart::Series,
    dto::{
        Moment,
        server::{JobSeries, Range, ServerQuery, Trends},
    },
};
use leptos::prelude::*;

use super::query::{self, PathOf};
use crate::{
    charts::{
        axis::Measure,
        cursor::Cursor,
        trend::{Line, Mark, MarkLegend, Shape, Trend, TrendChart},
    },
    format::time::day_long,
    locale::{Locale, use_locale},
    tr,
    ui::{link::Link, notice::EmptyState},
};

/// Per what a bar counts.
fn per_bucket(locale: Locale, days: i64) -> String {
    match days {
        ..=1 => tr!(locale, server.trend.per_day),
        _ => tr!(locale, server.trend.per_days, days = days),
    }
}

/// When a step was measured.
fn at_end(locale: Locale, days: i64) -> String {
    match days {
        ..=1 => tr!(locale, server.trend.end_of_day),
        _ => tr!(locale, server.trend.end_of_days, days = days),
    }
}

/// Every trend of the page.
fn charts(locale: Locale, trends: Trends, quota: Option<i64>) -> [Trend; 5] {
    let Trends {
        buckets,
        bucket_days,
        source_size,
        storage_size,
        uploaded_size,
        uploaded_by_job,
        duration,
        files,
        versions,
        calendar,
        first_run: _,
    } = trends;
    let marks = Mark::of_buckets(&calendar, &buckets, bucket_days);
    let chart = |id, title: String, shape, measure, lines: Vec<(String, Series)>| Trend {
        id,
        title,
        detail: match shape {
            Shape::Bars => per_bucket(locale, bucket_days),
            Shape::Steps => at_end(locale, bucket_days),
        },
        shape,
        measure,
        lines: lines.into_iter().map(|(label, values)| Line { label, values }).collect(),
        buckets: buckets.clone(),
        bucket_days,
        marks: marks.clone(),
        limit: None,
    };
    let single = |id, title: String, shape, measure, values| {
        chart(id, title.clone(), shape, measure, vec![(title, values)])
    };
    let sizes = vec![
        (tr!(locale, server.trend.source), source_size),
        (tr!(locale, server.trend.stored), storage_size),
    ];
    let uploaded = tr!(locale, server.trend.uploaded);
    let uploads = match uploaded_by_job.is_empty() {
        true => vec![(uploaded.clone(), uploaded_size)],
        false => uploaded_by_job
            .into_iter()
            .map(|JobSeries { job, values }| {
                (job.unwrap_or_else(|| tr!(locale, server.trend.others)), values)
            })
            .collect(),
    };
    [
        chart("uploaded", uploaded, Shape::Bars, Measure::Bytes, uploads),
        Trend {
            limit: quota.map(|total| (tr!(locale, server.trend.quota), total)),
            ..chart("sizes", tr!(locale, server.trend.sizes), Shape::Steps, Measure::Bytes, sizes)
        },
        Trend {
            detail: tr!(locale, server.trend.mean),
            ..single("duration", tr!(locale, server.trend.duration), Shape::Bars, Measure::Seconds, duration)
        },
        single("files", tr!(locale, server.trend.files), Shape::Steps, Measure::Count, files),
        single("versions", tr!(locale, server.trend.versions), Shape::Steps, Measure::Count, versions),
    ]
}

/// All trends.
#[component]
pub fn TrendGrid(
    /// What was asked for.
    query: ServerQuery,
    /// The data.
    trends: Trends,
    /// Size of the destination, if it is known.
    quota: Option<i64>,
    /// When the last run began, in the range or before it.
    last_run: Option<Moment>,
    /// The crosshair.
    cursor: Cursor,
    /// How the paths of the page are made.
    #[prop(default = query::path)]
    path: PathOf,
) -> impl IntoView {
    let locale = use_locale();
    let charts = charts(locale, trends, quota);
    // One word for all of them is enough.
    if charts.iter().all(Trend::is_empty) {
        let (title, what) = match last_run {
            Some(at) => {
                let last = tr!(locale, server.trend.last_run, day = day_long(locale, at.day()));
                (tr!(locale, charts.empty), last)
            }
            None => (tr!(locale, server.trend.no_run), tr!(locale, server.history.empty_hint)),
        };
        let whole = (last_run.is_some() && query.range != Range::All).then(|| {
            let to = path(&ServerQuery { range: Range::All, page: 1, ..query });
            view! {
                " "
                <Link to=to + "#trends" class="text-link">
                    {tr!(locale, server.trend.whole)}
                </Link>
            }
        });
        return view! {
            <div class="card">
                <EmptyState title=title>
                    <p>{what} {whole}</p>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let [first, ..] = &charts;
    let marks = first.marks.clone();
    view! {
        <section class="server-trends" aria-label=tr!(locale, server.trend.label)>
            <h2 class="visually-hidden">{tr!(locale, server.trend.label)}</h2>
            <MarkLegend marks=marks />
            {charts.map(|trend| view! { <TrendChart trend=trend cursor=cursor /> }).collect_view()}
        </section>
    }
    .into_any()
}
