//! The strip of a job: its recent runs, and the expected ones that did not come.
//!
//! Lists carry a letter for each slot; what a slot was exactly is asked for when somebody looks at it.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::{ids::RunId, status::Status, time::Day};

/// The letter of a missed run; the others are those of [`Status`].
pub const MISSED: char = 'm';

/// The letter of a slot.
pub fn letter(status: Option<Status>) -> char {
    status.map_or(MISSED, Status::letter)
}

/// What came in the slot of a letter; `None` is a missed run.
pub fn status(letter: char) -> Option<Status> {
    (letter != MISSED).then(|| Status::from_letter(letter))
}

/// One slot: a run, or an expected run that did not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Start of the run, or when it was expected.
    pub at: Moment,
    /// The day on the site's calendar, by which a history is filtered.
    pub day: Day,
    /// What came; `None` is a missed run.
    pub status: Option<Status>,
    /// Seconds the run took.
    pub duration: Option<i64>,
    /// Bytes of source data; unknown after a failure.
    pub source_size: Option<i64>,
    /// Bytes uploaded.
    pub uploaded_size: Option<i64>,
    /// The run.
    pub run: Option<RunId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_comes_back_from_its_letter() {
        let all = [Status::Success, Status::Warning, Status::Error, Status::Fatal, Status::Unknown];
        for slot in all.map(Some).into_iter().chain([None]) {
            assert_eq!(status(letter(slot)), slot);
        }
    }
}
