//! Noticing: when a backup is missing, wrong, or fine again.
//!
//! Pure functions over plain values: no clock, no database, no words. A report or a live message is taken by [`facts::Facts`], bounded and
//! carried on from one to the next; [`state::evaluate`] judges them at a time, and says when time alone may change the verdict;
//! [`incident::Track`] follows the verdict and returns the entries of its timeline. [`rehearsal`] runs the same on the past.
//!
//! Invariant: the same reports, settings and times give the same result, in one go or with the facts stored in between.

pub mod checks;
pub mod facts;
pub mod incident;
pub mod lateness;
pub mod live;
pub mod rehearsal;
pub mod run;
pub mod schedule;
pub mod sender_clock;
pub mod settings;
pub mod slots;
pub mod state;
pub mod warnings;

#[cfg(test)]
mod any_tests;
