//! Measured figures, compared with their limits.

use std::io::{Write as _, stdout};

/// One line of the table.
#[derive(Debug)]
pub struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    limit: Option<Limit>,
}

#[derive(Debug, Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Figure {
    /// Returns a figure that must not exceed its limit.
    pub fn at_most(name: impl Into<String>, value: f64, limit: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, limit: Some(Limit::AtMost(limit)) }
    }

    /// Returns a figure that must reach its limit.
    pub fn at_least(name: impl Into<String>, value: f64, limit: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, limit: Some(Limit::AtLeast(limit)) }
    }

    /// Returns a figure without a limit that explains others.
    pub fn plain(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, limit: None }
    }

    fn is_missed(&self) -> bool {
        match self.limit {
            Some(Limit::AtMost(limit)) => self.value > limit,
            Some(Limit::AtLeast(limit)) => self.value < limit,
            None => false,
        }
    }

    fn row(&self) -> String {
        let digits = |value: f64| if value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") };
        let (limit, verdict) = match self.limit {
            Some(Limit::AtMost(limit)) => (format!("≤ {}", digits(limit)), true),
            Some(Limit::AtLeast(limit)) => (format!("≥ {}", digits(limit)), true),
            None => (String::new(), false),
        };
        let verdict = match (verdict, self.is_missed()) {
            (false, _) => "",
            (true, false) => "ok",
            (true, true) => "MISS",
        };
        format!("{:<66} {:>10} {:<7} {limit:>9}  {verdict}", self.name, digits(self.value), self.unit)
    }
}

/// All figures; each is also printed as soon as it is known.
#[derive(Debug)]
pub struct Table(Vec<Figure>);

impl Table {
    /// Returns a table without figures.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a figure and prints it.
    pub fn add(&mut self, figure: Figure) {
        let _ = writeln!(stdout(), "{}", figure.row());
        self.0.push(figure);
    }

    /// Prints how many limits were missed.
    ///
    /// # Errors
    /// If a limit was missed.
    pub fn print(&self) -> anyhow::Result<()> {
        let missed = self.0.iter().filter(|figure| figure.is_missed()).count();
        let limits = self.0.iter().filter(|figure| figure.limit.is_some()).count();
        anyhow::ensure!(missed == 0, "{missed} of {limits} figures are missed");
        writeln!(stdout(), "all {limits} figures are met")?;
        Ok(())
    }
}
