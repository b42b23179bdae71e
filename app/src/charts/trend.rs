//! Trends: bars or steps over days, with gaps where nothing is known.

use std::sync::Arc;

use duplistatus::{chart::Series, time::Day};
use leptos::prelude::*;

use super::{
    axis::{Measure, day_labels},
    cursor::{Cursor, CursorLayer},
    geometry::{self, HEIGHT, WIDTH},
    trend_table::TrendTable,
};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::time::day_short,
};

/// How values are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Something that happened in a bucket.
    Bars,
    /// Something that holds until it changes.
    Steps,
}

/// One line or set of bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is called.
    pub label: String,
    /// Its values, one per bucket.
    pub values: Series,
}

/// Everything that a chart shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// Unique on the page, for the ids of its texts.
    pub id: &'static str,
    /// What is measured.
    pub title: String,
    /// Per what, or when.
    pub detail: String,
    /// How it is drawn.
    pub shape: Shape,
    /// Its unit.
    pub measure: Measure,
    /// One or two series.
    pub lines: Vec<Line>,
    /// First day of each bucket.
    pub buckets: Vec<Day>,
    /// Days in a bucket.
    pub bucket_days: i64,
    /// A limit, drawn when it is near enough to matter.
    pub limit: Option<(String, i64)>,
}

impl Trend {
    /// Whether nothing is known in the whole range.
    pub fn is_empty(&self) -> bool {
        self.max().is_none()
    }

    fn max(&self) -> Option<i64> {
        self.lines.iter().flat_map(|l| l.values.iter().flatten()).copied().max()
    }

    /// What the axis reaches: the largest value, or less where a few bars, such as those of a first full backup, would flatten
    /// all others. Those are cut.
    fn shown_max(&self) -> Option<i64> {
        let max = self.max()?;
        let mut known: Vec<i64> = self
            .lines
            .iter()
            .flat_map(|line| line.values.iter().flatten())
            .copied()
            .filter(|v| *v > 0)
            .collect();
        known.sort_unstable_by(|a, b| b.cmp(a));
        // One bar in twenty may be cut, and one of four at least.
        let usual = *known.get(known.len().div_ceil(20)).filter(|_| known.len() > 3).unwrap_or(&max);
        let is_cut = self.shape == Shape::Bars && max / 4 > usual;
        Some(if is_cut { usual.saturating_add(usual / 4) } else { max })
    }

    /// The limit, unless it would press the values into the lowest third.
    fn near_limit(&self) -> Option<&(String, i64)> {
        let max = self.max()?;
        self.limit.as_ref().filter(|(_, limit)| *limit > 0 && *limit / 3 <= max)
    }

    /// The days of one bucket as text.
    pub(super) fn bucket_text(&self, locale: Locale, index: usize) -> Option<String> {
        let first = *self.buckets.get(index)?;
        let text = day_short(locale, first);
        if self.bucket_days <= 1 {
            return Some(text);
        }
        let last = day_short(locale, first.plus(self.bucket_days - 1));
        Some(tr!(locale, charts.from_to, from = text, to = last))
    }

    /// What the crosshair says about one bucket.
    fn readout(&self, locale: Locale, index: usize) -> Option<String> {
        let mut text = self.bucket_text(locale, index)?;
        let several = self.lines.len() > 1;
        for line in &self.lines {
            let value = line.values.get(index).copied().flatten();
            let value = value.map_or_else(|| tr!(locale, charts.nothing), |v| self.measure.text(v));
            text.push_str(" · ");
            if several {
                text.push_str(&line.label);
                text.push(' ');
            }
            text.push_str(&value);
        }
        Some(text)
    }

    /// The picture in words.
    fn description(&self, locale: Locale) -> String {
        let about = |line: &Line| {
            let known: Vec<i64> = line.values.iter().flatten().copied().collect();
            let (low, high, last) = (known.iter().min()?, known.iter().max()?, known.last()?);
            Some(tr!(
                locale,
                charts.summary,
                name = &line.label,
                low = self.measure.text(*low),
                high = self.measure.text(*high),
                last = self.measure.text(*last)
            ))
        };
        let texts: Vec<String> = self.lines.iter().filter_map(about).collect();
        if texts.is_empty() { tr!(locale, charts.empty) } else { texts.join(" ") }
    }
}

/// A trend as a figure: picture, crosshair, table.
#[component]
pub fn TrendChart(
    /// What it shows.
    trend: Trend,
    /// The crosshair that it shares with other charts.
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

/// Names of the series, when there is more than one thing to tell apart.
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
        let numbered = trend.lines.iter().zip(["1", "2"]);
        numbered.map(|(l, n)| view! { <li data-series=n>{l.label.clone()}</li> }).collect_view()
    });
    let cut = trend.max().filter(|max| trend.shown_max().is_some_and(|shown| shown < *max)).map(|max| {
        let text = tr!(use_locale(), charts.cut, value = trend.measure.text(max));
        view! { <li>{text}</li> }
    });
    (limit.is_some() || names.is_some() || cut.is_some())
        .then(|| view! { <ul class="chart-legend">{names}{limit}{cut}</ul> })
}

/// Axes and picture; text is HTML beside the stretched drawing.
#[component]
fn Plot(
    /// The chart.
    trend: Arc<Trend>,
    /// What lies over the picture.
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    let limit = trend.near_limit().map(|(_, value)| *value);
    let max = trend.shown_max().unwrap_or(0).max(limit.unwrap_or(0));
    let axis = trend.measure.axis(max);
    let top = axis.top;
    let desc_id = format!("{}-desc", trend.id);
    let labelled_by = format!("{0}-name {0}-desc", trend.id);
    let of = trend.lines.len();
    let lines = trend.lines.iter().zip(["1", "2"]).enumerate();
    let lines = lines.map(|(place, (line, number))| {
        let (shape, path) = match trend.shape {
            Shape::Bars => ("bars", geometry::bars(&line.values, top, place, of)),
            Shape::Steps => ("steps", geometry::steps(&line.values, top)),
        };
        view! { <path class="chart-line" data-shape=shape data-series=number d=path /> }
    });
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
                    {limit}
                </svg>
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

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(values: Vec<Option<i64>>) -> Trend {
        Trend {
            id: "uploaded",
            title: String::new(),
            detail: String::new(),
            shape: Shape::Bars,
            measure: Measure::Bytes,
            lines: vec![Line { label: String::new(), values }],
            buckets: Vec::new(),
            bucket_days: 1,
            limit: None,
        }
    }

    #[test]
    fn a_first_full_backup_does_not_flatten_the_others() {
        let year: Vec<Option<i64>> =
            std::iter::once(Some(270_000)).chain((0..100).map(|i| Some(100 + i % 7))).collect();
        assert_eq!(bars(year.clone()).shown_max(), Some(106 + 26));
        let steps = Trend { shape: Shape::Steps, ..bars(year) };
        assert_eq!(steps.shown_max(), Some(270_000), "a level is never cut");
        let even = (0..100).map(|i| Some(100 + i)).collect();
        assert_eq!(bars(even).shown_max(), Some(199));
        assert_eq!(
            bars(vec![Some(900), Some(1), None]).shown_max(),
            Some(900),
            "too few to say what is usual"
        );
        assert_eq!(bars(vec![None]).shown_max(), None);
    }
}
