//! Trends: bars or steps over days, with gaps where nothing is known.

use std::sync::Arc;

use duplistatus::{chart::Series, shorten::shorten, time::Day};
use leptos::prelude::*;

use super::{
    axis::{Axis, Measure, day_labels},
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
    /// Something that happened in a bucket; several series stand one upon the other.
    Bars,
    /// Something that holds until it changes.
    Steps,
}

/// Numbers of series, by which the style sheet tells them apart.
const NUMBERS: [&str; 6] = ["1", "2", "3", "4", "5", "6"];

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
    /// Its series: at most two, or six that are stacked.
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
        self.heights().into_iter().max()
    }

    /// Whether its series stand one upon the other.
    pub(super) fn is_stacked(&self) -> bool {
        self.shape == Shape::Bars && self.lines.len() > 1
    }

    /// The series of a bucket together; `None` where nothing is known.
    pub(super) fn total(&self, index: usize) -> Option<i64> {
        let values = self.lines.iter().filter_map(|line| line.values.get(index).copied().flatten());
        values.reduce(i64::saturating_add)
    }

    /// How high each bucket is.
    fn totals(&self) -> Series {
        let buckets = self.lines.iter().map(|line| line.values.len()).max().unwrap_or(0);
        (0..buckets).map(|index| self.total(index)).collect()
    }

    /// What has to fit below the upper end of the axis.
    fn heights(&self) -> Vec<i64> {
        match self.shape {
            Shape::Bars => self.totals().into_iter().flatten().collect(),
            Shape::Steps => {
                self.lines.iter().flat_map(|line| line.values.iter().flatten()).copied().collect()
            }
        }
    }

    /// The bars that are higher than the axis: buckets with their values.
    fn cut(&self, top: f64) -> Vec<(usize, i64)> {
        let totals = match self.shape {
            Shape::Bars => self.totals(),
            Shape::Steps => return Vec::new(),
        };
        let known = totals.into_iter().enumerate().filter_map(|(index, total)| Some((index, total?)));
        known.filter(|(_, total)| *total as f64 > top).collect()
    }

    /// The axis, and what it reaches at least.
    fn axis(&self) -> Axis {
        let limit = self.near_limit().map_or(0, |(_, value)| *value);
        self.measure.axis(self.shown_max().unwrap_or(0).max(limit))
    }

    /// What the axis reaches: the largest value, or less where a few bars, such as those of a first full backup, would flatten
    /// all others. Those are cut.
    fn shown_max(&self) -> Option<i64> {
        let max = self.max()?;
        let mut known: Vec<i64> = self.heights().into_iter().filter(|v| *v > 0).collect();
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
        if let (true, Some(total)) = (self.is_stacked(), self.total(index)) {
            text.push_str(" · ");
            text.push_str(&tr!(locale, charts.total, value = self.measure.text(total)));
        }
        for line in &self.lines {
            let value = line.values.get(index).copied().flatten();
            // Of many jobs those are named that did something.
            if self.is_stacked() && value.unwrap_or(0) == 0 && self.total(index).is_some() {
                continue;
            }
            let value = value.map_or_else(|| tr!(locale, charts.nothing), |v| self.measure.text(v));
            text.push_str(" · ");
            if several {
                text.push_str(&shorten(&line.label, 24));
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

/// What bars are that are cut, above them: not in the stretched drawing, where text would be stretched as well.
fn notes(trend: &Trend, cut: &[(usize, i64)]) -> Option<impl IntoView + use<>> {
    let buckets = trend.buckets.len().max(1) as f64;
    let mut free_from = f64::MIN;
    let texts: Vec<_> = cut
        .iter()
        .filter_map(|(index, total)| {
            let x = (*index as f64 + 0.5) / buckets * 100.0;
            // Two that stand side by side would cover each other: the table has all of them.
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

    #[test]
    fn a_stack_is_as_high_as_all_of_it() {
        let mut stack = bars(vec![Some(3), Some(2), None]);
        stack.lines.push(Line { label: "b".into(), values: vec![Some(4), None, None] });
        assert_eq!(stack.totals(), [Some(7), Some(2), None]);
        assert_eq!(stack.max(), Some(7));
        assert_eq!(stack.cut(5.0), [(0, 7)]);
        let steps = Trend { shape: Shape::Steps, ..stack };
        assert_eq!((steps.max(), steps.cut(1.0)), (Some(4), Vec::new()), "levels stand side by side");
    }
}
