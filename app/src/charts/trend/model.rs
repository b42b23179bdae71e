//! The data of a trend chart, and what is derived from it: axis, cut bars, texts.

use duplistatus::{chart::Series, shorten::shorten, time::Day};

use super::marks::Mark;
use crate::{
    charts::axis::{Axis, Measure},
    format::time::day_short,
    locale::Locale,
    tr,
};

/// How values are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Something that happened in a bucket; several series are stacked.
    Bars,
    /// A level that holds until it changes.
    Steps,
}

/// Numbers of the series for the style sheet.
pub(super) const NUMBERS: [&str; 6] = ["1", "2", "3", "4", "5", "6"];

/// One line or set of bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub label: String,
    /// Its values, one per bucket.
    pub values: Series,
}

/// The data of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// Unique on the page, for the ids of its texts.
    pub id: &'static str,
    /// What is measured.
    pub title: String,
    /// Per which unit, or when.
    pub detail: String,
    /// How it is drawn.
    pub shape: Shape,
    /// Its unit.
    pub measure: Measure,
    /// Its series: at most two, or six if they are stacked.
    pub lines: Vec<Line>,
    /// First day of each bucket.
    pub buckets: Vec<Day>,
    /// Number of days in a bucket.
    pub bucket_days: i64,
    /// Failed and missed runs of each bucket.
    pub marks: Vec<Mark>,
    /// A limit with its name, drawn if it is close enough to matter.
    pub limit: Option<(String, i64)>,
}

impl Trend {
    /// Returns whether nothing is known in the whole range.
    pub fn is_empty(&self) -> bool {
        self.max().is_none()
    }

    pub(super) fn max(&self) -> Option<i64> {
        self.heights().into_iter().max()
    }

    /// Returns whether its series are stacked.
    pub(super) fn is_stacked(&self) -> bool {
        self.shape == Shape::Bars && self.lines.len() > 1
    }

    /// Returns the sum of the series in a bucket; `None` if nothing is known.
    pub(super) fn total(&self, index: usize) -> Option<i64> {
        let values = self.lines.iter().filter_map(|line| line.values.get(index).copied().flatten());
        values.reduce(i64::saturating_add)
    }

    /// Returns the height of each bucket.
    pub(super) fn totals(&self) -> Series {
        let buckets = self.lines.iter().map(|line| line.values.len()).max().unwrap_or(0);
        (0..buckets).map(|index| self.total(index)).collect()
    }

    /// Returns the values that must fit below the top of the axis.
    pub(super) fn heights(&self) -> Vec<i64> {
        match self.shape {
            Shape::Bars => self.totals().into_iter().flatten().collect(),
            Shape::Steps => {
                self.lines.iter().flat_map(|line| line.values.iter().flatten()).copied().collect()
            }
        }
    }

    /// Returns the bars higher than the axis: buckets with their values.
    pub(super) fn cut(&self, top: f64) -> Vec<(usize, i64)> {
        let totals = match self.shape {
            Shape::Bars => self.totals(),
            Shape::Steps => return Vec::new(),
        };
        let known = totals.into_iter().enumerate().filter_map(|(index, total)| Some((index, total?)));
        known.filter(|(_, total)| *total as f64 > top).collect()
    }

    /// Returns the axis.
    pub(super) fn axis(&self) -> Axis {
        let limit = self.near_limit().map_or(0, |(_, value)| *value);
        self.measure.axis(self.shown_max().unwrap_or(0).max(limit))
    }

    /// Returns the value that the axis must reach: the largest one, or less if a few bars, such as those of a first full
    /// backup, would flatten all others. Those are cut.
    pub(super) fn shown_max(&self) -> Option<i64> {
        let max = self.max()?;
        let mut known: Vec<i64> = self.heights().into_iter().filter(|v| *v > 0).collect();
        known.sort_unstable_by(|a, b| b.cmp(a));
        // One bar in twenty may be cut; with four or more bars at least one.
        let usual = *known.get(known.len().div_ceil(20)).filter(|_| known.len() > 3).unwrap_or(&max);
        let is_cut = self.shape == Shape::Bars && max / 4 > usual;
        Some(if is_cut { usual.saturating_add(usual / 4) } else { max })
    }

    /// Returns the limit, unless it would press the values into the lowest third.
    pub(super) fn near_limit(&self) -> Option<&(String, i64)> {
        let max = self.max()?;
        self.limit.as_ref().filter(|(_, limit)| *limit > 0 && *limit / 3 <= max)
    }

    /// Formats the days of a bucket.
    pub(super) fn bucket_text(&self, locale: Locale, index: usize) -> Option<String> {
        let first = *self.buckets.get(index)?;
        let text = day_short(locale, first);
        if self.bucket_days <= 1 {
            return Some(text);
        }
        let last = day_short(locale, first.plus(self.bucket_days - 1));
        Some(tr!(locale, charts.from_to, from = text, to = last))
    }

    /// Returns the text of the crosshair for a bucket.
    pub(super) fn readout(&self, locale: Locale, index: usize) -> Option<String> {
        let mut text = self.bucket_text(locale, index)?;
        let several = self.lines.len() > 1;
        if let (true, Some(total)) = (self.is_stacked(), self.total(index)) {
            text.push_str(" · ");
            text.push_str(&tr!(locale, charts.total, value = self.measure.text(total)));
        }
        for line in &self.lines {
            let value = line.values.get(index).copied().flatten();
            // Of many jobs only those with a value are named.
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
        if let Some(marked) = self.marks.get(index).and_then(|mark| mark.words(locale)) {
            text.push_str(" · ");
            text.push_str(&marked);
        }
        Some(text)
    }

    /// Describes the chart in words.
    pub(super) fn description(&self, locale: Locale) -> String {
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
            marks: Vec::new(),
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
