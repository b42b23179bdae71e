//! What a run says while it is under way.

use serde::{Deserialize, Serialize};

use super::schedule::local::HOUR;
use crate::{report::LiveState, time::Timestamp};

/// A live message about a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// How far the run is.
    pub state: LiveState,
    /// When it began, by the sender's clock.
    pub started: Option<Timestamp>,
    /// When the message arrived, by ours.
    pub received: Timestamp,
}

/// A run that has not been reported yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// When it began, by the sender's clock, if that is told.
    started: Option<Timestamp>,
    /// When it began, by ours.
    pub begin: Timestamp,
    /// When something was last heard of it.
    pub heard: Timestamp,
    /// When it said that it ended. That is no verdict: the report is.
    pub ended: Option<Timestamp>,
}

/// Silent for so long, a run makes no progress any more: seconds. Messages come every 30 seconds, unless somebody set it otherwise.
pub const SILENT: i64 = HOUR / 4;

impl Live {
    /// Takes a message. The second one is a run before it that never ended.
    #[must_use]
    pub fn hear(known: Option<Self>, message: Message) -> (Self, Option<Self>) {
        let Message { state, started, received } = message;
        let is_end = matches!(state, LiveState::Completed | LiveState::Failed);
        let same = known.filter(|live| match (live.started, started) {
            (Some(one), Some(other)) => one.since(other).abs() <= 60,
            // Without a time, each start is another run.
            _ => state != LiveState::Started,
        });
        if let Some(live) = same {
            let heard = live.heard.max(received);
            let ended = live.ended.or(is_end.then_some(received));
            return (Self { heard, ended, ..live }, None);
        }
        let begin = started.filter(|at| (0..=36 * HOUR).contains(&received.since(*at))).unwrap_or(received);
        let new = Self { started, begin, heard: received, ended: is_end.then_some(received) };
        (new, known.filter(|live| live.ended.is_none()))
    }

    /// Whether a report of a run that began at a time is about this run, or a later one.
    #[must_use]
    pub fn is_reported_by(&self, begin: Timestamp) -> bool {
        begin.plus(300) >= self.begin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(state: LiveState, started: Option<i64>, received: i64) -> Message {
        Message {
            state,
            started: started.map(Timestamp::from_unix),
            received: Timestamp::from_unix(received),
        }
    }

    #[test]
    fn messages_of_one_run_are_one_and_its_end_stays() {
        let (live, lost) = Live::hear(None, message(LiveState::Started, Some(1000), 1002));
        assert_eq!((live.begin.unix(), lost), (1000, None));
        let (live, _) = Live::hear(Some(live), message(LiveState::Progress, Some(1000), 1060));
        let (live, _) = Live::hear(Some(live), message(LiveState::Completed, Some(1000), 1090));
        // It was sent before the end, and overtaken.
        let (live, _) = Live::hear(Some(live), message(LiveState::Progress, Some(1000), 1091));
        assert_eq!((live.ended.map(Timestamp::unix), live.heard.unix()), (Some(1090), 1091));
    }

    #[test]
    fn a_new_run_says_that_the_one_before_never_ended() {
        let (first, _) = Live::hear(None, message(LiveState::Started, Some(1000), 1002));
        let (second, lost) = Live::hear(Some(first), message(LiveState::Started, Some(90_000), 90_001));
        assert_eq!((lost, second.begin.unix()), (Some(first), 90_000));
        let (ended, _) = Live::hear(Some(second), message(LiveState::Failed, Some(90_000), 90_100));
        assert_eq!(Live::hear(Some(ended), message(LiveState::Started, Some(180_000), 180_000)).1, None);
    }

    #[test]
    fn a_wrong_clock_does_not_move_the_beginning() {
        for started in [7, 3_000_000_000] {
            let (live, _) = Live::hear(None, message(LiveState::Started, Some(started), 1_770_000_000));
            assert_eq!(live.begin.unix(), 1_770_000_000);
            let (live, lost) =
                Live::hear(Some(live), message(LiveState::Progress, Some(started), 1_770_000_500));
            assert_eq!((live.begin.unix(), lost), (1_770_000_000, None));
        }
    }

    #[test]
    fn a_report_of_an_older_run_is_not_about_it() {
        let (live, _) = Live::hear(None, message(LiveState::Started, Some(90_000), 90_001));
        assert!(live.is_reported_by(Timestamp::from_unix(89_998)));
        assert!(!live.is_reported_by(Timestamp::from_unix(3600)));
    }
}
