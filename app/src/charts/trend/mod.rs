//! Trend charts: bars or steps over days, with gaps where nothing is known.

use std::sync::Arc;

use duplistatus::shorten::shorten;
use leptos::prelude::*;

mod marks;
mod model;
mod table;

use self::{marks::Marks, model::NUMBERS, table::TrendTable};
pub use self::{
    marks::{Mark, MarkLegend},
    model::{Line, Shape, Trend},
};
use super::{
    axis::day_labels,
    cursor::{Cursor, CursorLayer},
    geometry,
    geometry::{HEIGHT, WIDTH},
};
use crate::{locale::use_locale, tr};

/// A trend as a figure: drawing, crosshair, table.
#[component]
pub fn TrendChart(
    /// The data of the chart.
    trend: Trend,
    /// The crosshair shared with other charts.
    cursor: Cursor,
) -> impl IntoView {
    let locale = use_locale();
    let trend = Arc::new(trend);
    let buckets = trend.buckets.len();
    let readout = Signal::derive({
        let trend = Arc::clone(&trend);
        move || cursor.get().and_then(|i| trend.readout(locale, i))
    });
    let detail = trend.detail.clone();
    let label = tr!(locale, charts.cursor, title = &trend.title);
    let empty = trend.is_empty();
    let title_id = format!("{}-title", trend.id);
    view! {
        <figure class="card chart" data-empty=empty.then_some("true")>
            <figcaption>
                <h3 id=title_id>{trend.title.clone()}</h3>
                <span class="chart-detail">{move || readout.get().unwrap_or_else(|| detail.clone())}</span>
                <Legend trend=Arc::clone(&trend) />
            </figcaption>
            {if empty {
                view! { <p class="chart-empty">{tr!(locale, charts.empty)}</p> }.into_any()
            } else {
                view! {
                    <Plot trend=Arc::clone(&trend)>
                        <CursorLayer
                            cursor=cursor
                            buckets=buckets
                            label=label
                            readout=readout
                        />
                    </Plot>
                    <TrendTable trend=Arc::clone(&trend) />
                }
                    .into_any()
            }}
        </figure>
    }
}

/// Names of the series, if there is more than one.
#[component]
fn Legend(
    /// The chart.
    trend: Arc<Trend>,
) -> impl IntoView {
    let limit = trend.near_limit().map(|(name, value)| {
        let text = format!("{name} {}", trend.measure.text(*value));
        view! { <li data-series="limit">{text}</li> }
    });
    let names = (trend.lines.len() > 1).then(|| {
        let numbered = trend.lines.iter().zip(NUMBERS);
        let stacked = trend.is_stacked();
        numbered
            .map(|(l, n)| {
                let (line, layer) = if stacked { (None, Some(n)) } else { (Some(n), None) };
                view! { <li data-series=line data-layer=layer>{shorten(&l.label, 30)}</li> }
            })
            .collect_view()
    });
    let cut = trend.cut(trend.axis().top);
    let most = cut.iter().map(|(_, total)| *total).max();
    let cut = most.map(|most| {
        let (locale, value) = (use_locale(), trend.measure.text(most));
        let text = match cut.len() {
            1 => tr!(locale, charts.cut, value = value),
            number => tr!(locale, charts.cut_many, number = number, value = value),
        };
        view! { <li data-series="cut">{text}</li> }
    });
    (limit.is_some() || names.is_some() || cut.is_some())
        .then(|| view! { <ul class="chart-legend">{names}{limit}{cut}</ul> })
}

/// The values of cut bars, above them: not in the stretched drawing, which would distort the text.
fn notes(trend: &Trend, cut: &[(usize, i64)]) -> Option<impl IntoView + use<>> {
    let buckets = trend.buckets.len().max(1) as f64;
    let mut free_from = f64::MIN;
    let texts: Vec<_> = cut
        .iter()
        .filter_map(|(index, total)| {
            let x = (*index as f64 + 0.5) / buckets * 100.0;
            // Neighbouring texts would overlap: the table has all of them.
            (x >= free_from).then(|| {
                free_from = x + 16.0;
                let anchor = match x {
                    ..8.0 => "start",
                    92.0.. => "end",
                    _ => "middle",
                };
                view! {
                    <text x=format!("{x:.1}%") y="-4" text-anchor=anchor>
                        {trend.measure.text(*total)}
                    </text>
                }
            })
        })
        .collect();
    (!texts.is_empty()).then(|| view! { <svg class="chart-notes" aria-hidden="true">{texts}</svg> })
}

/// Axes and drawing; text is HTML beside the stretched drawing.
#[component]
fn Plot(
    /// The chart.
    trend: Arc<Trend>,
    /// What is shown over the drawing.
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    let limit = trend.near_limit().map(|(_, value)| *value);
    let axis = trend.axis();
    let top = axis.top;
    let desc_id = format!("{}-desc", trend.id);
    let labelled_by = format!("{0}-name {0}-desc", trend.id);
    let (shape, paths) = match trend.shape {
        Shape::Bars => ("bars", geometry::stack(trend.lines.iter().map(|line| &line.values), top)),
        Shape::Steps => {
            ("steps", trend.lines.iter().map(|line| geometry::steps(&line.values, top)).collect())
        }
    };
    let stacked = trend.is_stacked();
    let lines = paths.into_iter().zip(NUMBERS).map(|(path, number)| {
        let (line, layer) = if stacked { (None, Some(number)) } else { (Some(number), None) };
        view! { <path class="chart-line" data-shape=shape data-series=line data-layer=layer d=path /> }
    });
    let cut = trend.cut(top);
    let breaks = (!cut.is_empty())
        .then(|| view! { <path class="chart-break" d=geometry::breaks(&trend.totals(), top) /> });
    let notes = notes(&trend, &cut);
    let limit = limit.map(|value| {
        view! { <path class="chart-limit" d=format!("M0 {:.1}H{WIDTH}", geometry::height_of(value, top)) /> }
    });
    view! {
        <div class="chart-frame">
            <div class="chart-values" aria-hidden="true">
                {axis.labels.iter().map(|text| view! { <span>{text.clone()}</span> }).collect_view()}
            </div>
            <div class="chart-plot">
                <svg
                    role="img"
                    aria-labelledby=labelled_by
                    viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                    preserveAspectRatio="none"
                >
                    <title id=format!("{}-name", trend.id)>{trend.title.clone()}</title>
                    <desc id=desc_id>{trend.description(locale)}</desc>
                    <path class="chart-grid" d=geometry::grid(axis.labels.len()) />
                    <path class="chart-base" d=format!("M0 {HEIGHT}H{WIDTH}") />
                    {lines.collect_view()}
                    {breaks}
                    {limit}
                </svg>
                {notes}
                <Marks marks=trend.marks.clone() />
                {children()}
            </div>
            <div class="chart-days" aria-hidden="true">
                {day_labels(locale, &trend.buckets)
                    .into_iter()
                    .map(|text| view! { <span>{text}</span> })
                    .collect_view()}
            </div>
        </div>
    }
}
