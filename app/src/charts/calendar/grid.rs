//! The position of the calendar's cells, and the shape of each state: square, cut corner, crossed, hollow, dot.

use std::fmt::Write as _;

use duplistatus::{dto::server::CalendarDay, status::Status, time::Day};

/// The state of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayState {
    /// Every run succeeded.
    Ok,
    /// Warnings, or an unknown result.
    Warn,
    /// A run failed.
    Fail,
    /// An expected run is missing, and no other one started.
    Missed,
    /// An expected run did not come while this program did not run.
    Excused,
    /// A slot in a pause or in maintenance.
    Paused,
    /// No run started.
    None,
}

impl DayState {
    /// Every state, in the order of the legend.
    pub const ALL: [Self; 7] =
        [Self::Ok, Self::Warn, Self::Fail, Self::Missed, Self::Excused, Self::Paused, Self::None];

    /// Returns the state of a day.
    pub fn of(day: &CalendarDay) -> Self {
        match day.worst {
            Some(Status::Success) => Self::Ok,
            Some(Status::Warning | Status::Unknown) => Self::Warn,
            Some(Status::Error | Status::Fatal) => Self::Fail,
            None if day.missed > 0 => Self::Missed,
            None if day.excused > 0 => Self::Excused,
            None if day.paused > 0 => Self::Paused,
            None => Self::None,
        }
    }

    /// Returns its CSS class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Missed => "missed",
            Self::Excused => "excused",
            Self::Paused => "paused",
            Self::None => "none",
        }
    }

    /// Returns the path data of a cell with its corner at (x, y).
    pub fn cell(self, x: f64, y: f64, size: f64) -> String {
        match self {
            Self::Ok => format!("M{x:.1} {y:.1}h{size:.1}v{size:.1}h-{size:.1}z"),
            Self::Warn => {
                let (keep, cut) = (size * 0.4, size * 0.6);
                format!("M{x:.1} {y:.1}h{keep:.1}l{cut:.1} {cut:.1}v{keep:.1}h-{size:.1}z")
            }
            Self::Fail => {
                let mut path = Self::Ok.cell(x, y, size);
                path.push_str(&cross(x + size / 2.0, y + size / 2.0, size));
                path
            }
            Self::Missed => {
                // The same square with a hole.
                let (edge, hole) = (size * 0.16, size * 0.68);
                let mut path = Self::Ok.cell(x, y, size);
                path.push_str(&Self::Ok.cell(x + edge, y + edge, hole));
                path
            }
            // Hatched: three bars from corner to corner.
            Self::Excused => {
                let (half, bar) = (size / 2.0, size * 0.2);
                format!(
                    "M{x:.1} {:.1}v-{bar:.1}l{half:.1} -{half:.1}h{bar:.1}zM{x:.1} {:.1}v-{bar:.1}l{:.1} -{:.1}h{bar:.1}zM{:.1} {:.1}h-{bar:.1}l{half:.1} -{half:.1}v{bar:.1}z",
                    y + half,
                    y + size,
                    size - bar,
                    size - bar,
                    x + half + bar,
                    y + size,
                )
            }
            // The two bars of a pause.
            Self::Paused => {
                let (bar, gap) = (size * 0.28, size * 0.52);
                format!(
                    "M{:.1} {y:.1}h{bar:.1}v{size:.1}h-{bar:.1}zM{:.1} {y:.1}h{bar:.1}v{size:.1}h-{bar:.1}z",
                    x + size * 0.1,
                    x + size * 0.1 + gap,
                )
            }
            Self::None => {
                let (inset, dot) = (size * 0.34, size * 0.32);
                Self::Ok.cell(x + inset, y + inset, dot)
            }
        }
    }
}

/// Returns the path data of an × cut out of a cell.
fn cross(x: f64, y: f64, size: f64) -> String {
    let (long, half) = (size * 0.4, size * 0.085);
    // The corners of a plus; rotated by 45° they are those of an ×.
    let plus = [
        (half, -long),
        (half, -half),
        (long, -half),
        (long, half),
        (half, half),
        (half, long),
        (-half, long),
        (-half, half),
        (-long, half),
        (-long, -half),
        (-half, -half),
        (-half, -long),
    ];
    let turn = std::f64::consts::FRAC_1_SQRT_2;
    let mut path = String::new();
    for (i, (px, py)) in plus.into_iter().enumerate() {
        let command = if i == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{command}{:.1} {:.1}", x + (px - py) * turn, y + (px + py) * turn);
    }
    path.push('z');
    path
}

/// The grid: one column per week, Monday at the top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// The first Monday.
    pub first: Day,
    weeks: i64,
    pitch: f64,
    size: f64,
    left: f64,
    top: f64,
}

impl Grid {
    /// Returns a grid of 53 weeks.
    pub fn wide(days: &[CalendarDay]) -> Self {
        Self::ending(days, 53, 13.4, 10.6, 30.0, 17.0)
    }

    /// Returns a grid of 13 weeks, for a narrow screen.
    pub fn narrow(days: &[CalendarDay]) -> Self {
        Self::ending(days, 13, 24.0, 19.0, 36.0, 22.0)
    }

    fn ending(days: &[CalendarDay], weeks: i64, pitch: f64, size: f64, left: f64, top: f64) -> Self {
        let last = days.last().map(|d| d.day).unwrap_or_default();
        Self { first: last.plus(-last.weekday() - 7 * (weeks - 1)), weeks, pitch, size, left, top }
    }

    /// Returns the width in units.
    pub fn width(self) -> f64 {
        self.left + self.weeks as f64 * self.pitch
    }

    /// Returns the height in units.
    pub fn height(self) -> f64 {
        self.top + 7.0 * self.pitch
    }

    /// Returns the baseline of a row's text.
    pub fn baseline(self, row: i64) -> f64 {
        self.top + row as f64 * self.pitch + self.size * 0.82
    }

    /// Returns the baseline of the months' names.
    pub fn month_baseline(self) -> f64 {
        self.top * 0.6
    }

    /// Returns the position of the name and the first day of each month that starts in the grid.
    pub fn months(self) -> Vec<(f64, Day)> {
        (0..self.weeks - 1)
            .filter_map(|week| {
                let monday = self.first.plus(7 * week);
                let begins = (0..7).map(|i| monday.plus(i)).find(|day| day.civil().2 == 1)?;
                Some((self.left + week as f64 * self.pitch, begins))
            })
            .collect()
    }

    /// Returns the path of all cells with a state.
    pub fn path(self, days: &[CalendarDay], state: DayState) -> String {
        let mut path = String::new();
        for day in days.iter().filter(|d| DayState::of(d) == state) {
            let distance = day.day.number() - self.first.number();
            if distance >= 0 {
                let x = self.left + (distance / 7) as f64 * self.pitch;
                let y = self.top + (distance % 7) as f64 * self.pitch;
                path.push_str(&state.cell(x, y, self.size));
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year() -> Vec<CalendarDay> {
        let last = Day::from_civil(2026, 11, 23);
        (0..371).map(|i| CalendarDay { day: last.plus(i - 370), ..CalendarDay::default() }).collect()
    }

    #[test]
    fn the_last_week_is_the_last_column_and_begins_on_monday() {
        let grid = Grid::wide(&year());
        assert_eq!(grid.first.weekday(), 0);
        assert_eq!(grid.first.plus(52 * 7), Day::from_civil(2026, 11, 23));
        assert_eq!(grid.months().len(), 12);
        assert_eq!(Grid::narrow(&year()).months().len(), 3);
    }

    #[test]
    fn each_state_has_a_shape_of_its_own() {
        let shapes = DayState::ALL.map(|state| state.cell(0.0, 0.0, 10.0));
        for (i, shape) in shapes.iter().enumerate() {
            assert!(!shapes[i + 1..].contains(shape), "{shape}");
        }
    }

    #[test]
    fn an_empty_history_is_drawn_too() {
        assert_eq!(Grid::wide(&[]).path(&[], DayState::Ok), "");
    }
}
