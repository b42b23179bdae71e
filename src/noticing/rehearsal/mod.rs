//! Rehearsal: the same functions on the past. What would have been told, had these settings held?

mod expand;
mod expect;
mod replay;
pub mod scenario;

pub use expect::unmet;
pub use replay::{Alarm, Closed, past, rehearse};
pub use scenario::{Scenario, ScenarioError, Set, read_tolerance, time_of_day, tolerance_text};

#[cfg(test)]
mod kept_tests;
#[cfg(test)]
mod story_tests;
#[cfg(test)]
mod year_tests;
