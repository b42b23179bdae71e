//! When digests are due, and which period each of them covers.

use crate::{
    dto::digest::Every,
    noticing::schedule::{Pattern, Weekdays, local::DAY},
    time::{Day, Timestamp},
    zone::Zone,
};

/// The longest period of a digest: seconds. After a longer break it is about the last of it.
const LONGEST: i64 = 400 * DAY;

/// When a digest is due, by the clock of its own zone. A time that a change of the clock skips is the next one that there is; of two that
/// are the same it is the first. A month without the day ends with its last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    pattern: Pattern,
    interval: i64,
}

/// A digest that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// The begin of its period: the end of the one before.
    pub from: Timestamp,
    /// The end of its period: when it was due.
    pub until: Timestamp,
    /// When the next one is due.
    pub next: Timestamp,
}

impl Timing {
    /// At a second of the day; `weekday` (0 is Monday) counts for weekly ones, `month_day` for monthly ones.
    #[must_use]
    pub fn new(every: Every, second: i64, weekday: i64, month_day: i64) -> Self {
        let at = second.clamp(0, DAY - 1);
        let (pattern, interval) = match every {
            Every::Daily => (Pattern::daily(Day::default(), at, Weekdays::ALL), DAY),
            Every::Weekly => {
                let weekdays = Weekdays::NONE.with(weekday);
                (Pattern::Weeks { every: 1, anchor: Day::default(), at, weekdays }, 7 * DAY)
            }
            Every::Monthly => {
                (Pattern::Months { every: 1, anchor: 0, day: month_day.clamp(1, 31), at }, 31 * DAY)
            }
        };
        Self { pattern, interval }
    }

    /// The first time after another one.
    #[must_use]
    pub fn after(&self, at: Timestamp, zone: &Zone) -> Timestamp {
        self.pattern.next_after(at, zone).unwrap_or_else(|| at.plus(self.interval))
    }

    /// The last time that is not after another one.
    #[must_use]
    pub fn last(&self, at: Timestamp, zone: &Zone) -> Timestamp {
        self.pattern.last_before(at, zone).unwrap_or_else(|| at.plus(-self.interval))
    }

    /// The period of a digest that is sent before it is due: since the last one, and at least a day, a week or a month.
    #[must_use]
    pub fn until(&self, covered: Timestamp, now: Timestamp) -> (Timestamp, Timestamp) {
        (covered.min(now.plus(-self.interval)).max(now.plus(-LONGEST)), now)
    }

    /// What is due at `now`, if anything is. However many times have passed since `due`, it is one digest, of everything since `covered`.
    #[must_use]
    pub fn round(&self, covered: Timestamp, due: Timestamp, now: Timestamp, zone: &Zone) -> Option<Round> {
        if due > now {
            return None;
        }
        let until = self.last(now, zone).max(due);
        // A clock that was ahead may have covered what has not been yet.
        let from = if covered < until { covered } else { self.last(until.plus(-1), zone) };
        Some(Round { from: from.max(until.plus(-LONGEST)), until, next: self.after(now, zone) })
    }

    /// When a digest is due: as it is stored, unless the clock was set back since, far behind what was covered.
    #[must_use]
    pub fn due(&self, covered: Timestamp, due: Timestamp, now: Timestamp, zone: &Zone) -> Timestamp {
        let is_near = covered.since(now) < self.interval;
        due.min(self.after(if is_near { covered.max(now) } else { now }, zone))
    }
}

/// What the clock of a zone shows as a time of day: `"07:00"`.
#[must_use]
pub fn time_of_day(second: i64) -> String {
    format!("{:02}:{:02}", second.clamp(0, DAY - 1) / 3600, second.clamp(0, DAY - 1) / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN: i64 = 7 * 3600;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn following(timing: &Timing, zone: &str, from: &str, many: usize) -> Vec<String> {
        let zone = Zone::named(zone).unwrap();
        let next = |at: &Timestamp| Some(timing.after(*at, &zone));
        std::iter::successors(next(&at(from)), next).take(many).map(|at| at.to_string()).collect()
    }

    #[test]
    fn a_daily_digest_keeps_to_the_clock_of_its_zone_when_that_changes() {
        let seven = Timing::new(Every::Daily, SEVEN, 0, 1);
        assert_eq!(
            following(&seven, "Europe/Berlin", "2026-03-28T00:00:00Z", 3),
            ["2026-03-28T06:00:00Z", "2026-03-29T05:00:00Z", "2026-03-30T05:00:00Z"]
        );
        // 02:30 does not exist on one day, and exists twice on another: once each.
        let night = Timing::new(Every::Daily, 9000, 0, 1);
        assert_eq!(
            following(&night, "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
            ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
        );
        assert_eq!(
            following(&night, "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
        );
    }

    #[test]
    fn a_month_without_the_day_ends_with_its_last_one() {
        let last = Timing::new(Every::Monthly, SEVEN, 0, 31);
        assert_eq!(
            following(&last, "UTC", "2028-01-31T07:00:00Z", 4),
            ["2028-02-29T07:00:00Z", "2028-03-31T07:00:00Z", "2028-04-30T07:00:00Z", "2028-05-31T07:00:00Z"]
        );
        let first = Timing::new(Every::Monthly, SEVEN, 0, 1);
        assert_eq!(following(&first, "Asia/Kathmandu", "2026-12-01T12:00:00Z", 1), ["2027-01-01T01:15:00Z"]);
    }

    #[test]
    fn a_weekly_digest_is_due_on_its_weekday() {
        let monday = Timing::new(Every::Weekly, SEVEN, 0, 1);
        assert_eq!(
            following(&monday, "UTC", "2026-11-24T00:00:00Z", 2),
            ["2026-11-30T07:00:00Z", "2026-12-07T07:00:00Z"]
        );
    }

    #[test]
    fn what_was_missed_comes_once_and_covers_everything_since() {
        let (daily, zone) = (Timing::new(Every::Daily, SEVEN, 0, 1), Zone::utc());
        let round = |covered: &str, due: &str, now: &str| daily.round(at(covered), at(due), at(now), &zone);
        let (before, due) = ("2026-11-20T07:00:00Z", "2026-11-21T07:00:00Z");
        assert_eq!(round(before, due, "2026-11-21T06:59:59Z"), None);
        assert_eq!(
            round(before, due, "2026-11-21T07:00:00Z"),
            Some(Round { from: at(before), until: at(due), next: at("2026-11-22T07:00:00Z") })
        );
        let late = round(before, due, "2026-11-24T18:00:00Z").unwrap();
        assert_eq!((late.from, late.until), (at(before), at("2026-11-24T07:00:00Z")));
        assert_eq!(late.next, at("2026-11-25T07:00:00Z"));
        let years = round("2000-01-01T07:00:00Z", "2000-01-02T07:00:00Z", "2026-11-24T18:00:00Z").unwrap();
        assert_eq!(years.until.since(years.from), LONGEST);
    }

    #[test]
    fn what_is_sent_before_it_is_due_covers_a_whole_period() {
        let weekly = Timing::new(Every::Weekly, SEVEN, 0, 1);
        let from = |covered: &str| weekly.until(at(covered), at("2026-11-30T16:00:00Z")).0;
        assert_eq!(from("2026-11-30T07:00:00Z"), at("2026-11-23T16:00:00Z"), "it was sent this morning");
        assert_eq!(from("2026-11-16T07:00:00Z"), at("2026-11-16T07:00:00Z"), "it was missed");
        assert_eq!(from("2031-01-01T07:00:00Z"), at("2026-11-23T16:00:00Z"), "the clock was ahead");
        assert_eq!(at("2026-11-30T16:00:00Z").since(from("2001-01-01T07:00:00Z")), LONGEST);
    }

    #[test]
    fn a_clock_that_goes_back_neither_repeats_a_digest_nor_stops_it() {
        let (daily, zone) = (Timing::new(Every::Daily, SEVEN, 0, 1), Zone::utc());
        let due = |covered: &str, due: &str, now: &str| daily.due(at(covered), at(due), at(now), &zone);
        let (sent, next) = ("2026-11-24T07:00:00Z", "2026-11-25T07:00:00Z");
        assert_eq!(due(sent, next, "2026-11-24T09:00:00Z"), at(next));
        assert_eq!(due(sent, next, "2026-11-24T06:59:58Z"), at(next), "a correction of seconds");
        let ahead = due("2031-01-01T07:00:00Z", "2031-01-02T07:00:00Z", "2026-11-24T09:00:00Z");
        assert_eq!(ahead, at(next));
        let round = daily.round(at("2031-01-01T07:00:00Z"), ahead, at(next), &zone).unwrap();
        assert_eq!((round.from, round.until), (at(sent), at(next)));
    }
}
