//! Quiet hours: when a channel is told only what is urgent. Pure.

use serde::{Deserialize, Serialize};

use crate::{
    noticing::schedule::Weekdays,
    time::{Day, Timestamp},
    topic::Topic,
    zone::Zone,
};

/// Quiet hours. They begin on each of the days at a time, and end when the clock shows the other one next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// When they begin: minutes after midnight.
    pub from: u16,
    /// When they end: minutes after midnight. Not after `from`: on the next day.
    pub to: u16,
    /// The days on which they begin.
    pub days: Weekdays,
    /// IANA name of the zone whose clock counts.
    pub zone: String,
    /// Whether jobs that failed or are stuck, and problems of this program, are told all the same.
    pub urgent_passes: bool,
}

impl Quiet {
    /// When something may be sent that is due at a time: then, or at the end of the quiet hours.
    #[must_use]
    pub fn release(&self, topic: Topic, is_reminder: bool, due: Timestamp) -> Timestamp {
        // What was told before can wait.
        if self.urgent_passes && topic >= Topic::Failed && !is_reminder {
            return due;
        }
        // A zone that the system forgot: better at night than never.
        let Ok(zone) = Zone::named(&self.zone) else { return due };
        let mut at = due;
        // Quiet hours of one day may end where those of the next begin.
        for _ in 0..8 {
            match self.end_of(&zone, at) {
                Some(end) => at = end,
                None => break,
            }
        }
        at
    }

    /// Until when it is quiet; `None` when it is not.
    fn end_of(&self, zone: &Zone, at: Timestamp) -> Option<Timestamp> {
        let today = zone.day(at);
        let of_day = |back: i64| {
            let day = today.plus(-back);
            let ends = if self.to > self.from { day } else { day.plus(1) };
            self.days.has(day).then(|| (moment(zone, day, self.from), moment(zone, ends, self.to)))
        };
        (0..=2).filter_map(of_day).filter(|(from, to)| (*from..*to).contains(&at)).map(|(_, to)| to).max()
    }

    /// Whether nothing could ever be sent.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.from == self.to && self.days == Weekdays::ALL
    }
}

/// When a clock first shows a time of a day, or has passed it.
fn moment(zone: &Zone, day: Day, minute: u16) -> Timestamp {
    let part = |value: u16| i8::try_from(value).unwrap_or(0);
    let at = zone.at(day, part(minute / 60), part(minute % 60));
    let shown = at.plus(zone.offset(at).into()).unix().rem_euclid(86_400) / 60;
    if shown == i64::from(minute) {
        return at;
    }
    // The clock was put forward over this time: then is when it has passed it.
    let change = jiff::Timestamp::from_second(at.unix()).ok().and_then(|at| {
        let change = zone.time_zone().preceding(at).next()?;
        Some(Timestamp::from_unix(change.timestamp().as_second()))
    });
    change.filter(|change| at.since(*change) < 86_400).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [i64; 7] = [0, 1, 2, 3, 4, 5, 6];

    fn quiet(from: (u16, u16), to: (u16, u16), days: &[i64], zone: &str) -> Quiet {
        Quiet {
            from: from.0 * 60 + from.1,
            to: to.0 * 60 + to.1,
            days: days.iter().fold(Weekdays::NONE, |all, day| all.with(*day)),
            zone: zone.into(),
            urgent_passes: false,
        }
    }

    fn release(quiet: &Quiet, at: &str) -> String {
        quiet.release(Topic::Late, false, at.parse().unwrap()).to_string()
    }

    #[test]
    fn what_comes_at_night_is_sent_in_the_morning() {
        let night = quiet((22, 0), (7, 0), &ALL, "Europe/Berlin");
        for (due, sent) in [
            ("2026-11-30T20:59:59Z", "2026-11-30T20:59:59Z"),
            ("2026-11-30T21:00:00Z", "2026-12-01T06:00:00Z"),
            ("2026-12-01T03:00:00Z", "2026-12-01T06:00:00Z"),
            ("2026-12-01T05:59:59Z", "2026-12-01T06:00:00Z"),
            ("2026-12-01T06:00:00Z", "2026-12-01T06:00:00Z"),
        ] {
            assert_eq!(release(&night, due), sent, "{due}");
        }
        let office = quiet((9, 30), (17, 0), &[0, 1, 2, 3, 4], "Asia/Kathmandu");
        assert_eq!(release(&office, "2026-11-30T03:44:59Z"), "2026-11-30T03:44:59Z");
        assert_eq!(release(&office, "2026-11-30T03:45:00Z"), "2026-11-30T11:15:00Z");
        assert_eq!(release(&office, "2026-11-29T05:00:00Z"), "2026-11-29T05:00:00Z", "a Sunday");
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        let friday = quiet((22, 0), (6, 0), &[4], "America/New_York");
        assert_eq!(release(&friday, "2026-11-28T04:00:00Z"), "2026-11-28T11:00:00Z", "Friday 23:00");
        assert_eq!(release(&friday, "2026-11-28T09:00:00Z"), "2026-11-28T11:00:00Z", "Saturday 04:00");
        assert_eq!(release(&friday, "2026-11-29T04:00:00Z"), "2026-11-29T04:00:00Z", "Saturday 23:00");
        assert_eq!(release(&friday, "2026-11-27T09:00:00Z"), "2026-11-27T09:00:00Z", "Friday 04:00");
    }

    #[test]
    fn whole_days_end_with_the_last_of_them() {
        let weekend = quiet((0, 0), (0, 0), &[5, 6], "Europe/Berlin");
        assert_eq!(release(&weekend, "2026-11-27T23:00:00Z"), "2026-11-29T23:00:00Z");
        assert_eq!(release(&weekend, "2026-11-29T22:59:59Z"), "2026-11-29T23:00:00Z");
        assert!(!weekend.is_always() && quiet((8, 0), (8, 0), &ALL, "UTC").is_always());
        // Such hours are not stored; if they were, nothing hangs.
        assert_eq!(
            release(&quiet((8, 0), (8, 0), &ALL, "UTC"), "2026-11-29T09:00:00Z"),
            "2026-12-07T08:00:00Z"
        );
    }

    #[test]
    fn a_time_that_the_clock_skips_counts_as_passed_when_it_is_skipped() {
        // Berlin: 02:00 becomes 03:00 at 01:00Z on 29 March 2026.
        let to = quiet((22, 0), (2, 30), &ALL, "Europe/Berlin");
        assert_eq!(release(&to, "2026-03-29T00:59:59Z"), "2026-03-29T01:00:00Z");
        assert_eq!(release(&to, "2026-03-29T01:00:00Z"), "2026-03-29T01:00:00Z");
        let from = quiet((2, 30), (3, 15), &ALL, "Europe/Berlin");
        assert_eq!(release(&from, "2026-03-29T01:05:00Z"), "2026-03-29T01:15:00Z");
        // Lord Howe Island: 02:00 becomes 02:30 at 15:30Z on 3 October 2026.
        let island = quiet((22, 0), (2, 10), &ALL, "Australia/Lord_Howe");
        assert_eq!(release(&island, "2026-10-03T15:29:00Z"), "2026-10-03T15:30:00Z");
    }

    #[test]
    fn a_time_that_the_clock_shows_twice_counts_at_first() {
        // Berlin: 03:00 becomes 02:00 at 01:00Z on 25 October 2026.
        let to = quiet((22, 0), (2, 30), &ALL, "Europe/Berlin");
        assert_eq!(release(&to, "2026-10-25T00:29:59Z"), "2026-10-25T00:30:00Z");
        assert_eq!(release(&to, "2026-10-25T01:15:00Z"), "2026-10-25T01:15:00Z", "02:15 once more");
        let from = quiet((2, 30), (6, 0), &ALL, "Europe/Berlin");
        assert_eq!(release(&from, "2026-10-25T00:30:00Z"), "2026-10-25T05:00:00Z");
        assert_eq!(release(&from, "2026-10-25T01:10:00Z"), "2026-10-25T05:00:00Z", "02:10 once more");
        // New York: 02:00 becomes 01:00 at 06:00Z on 1 November 2026; the night lasts an hour longer.
        let night = quiet((22, 0), (7, 0), &ALL, "America/New_York");
        assert_eq!(release(&night, "2026-11-01T02:00:00Z"), "2026-11-01T12:00:00Z");
    }

    #[test]
    fn what_is_urgent_passes_if_that_was_chosen() {
        let night = quiet((22, 0), (7, 0), &ALL, "UTC");
        let open = Quiet { urgent_passes: true, ..night.clone() };
        let due: Timestamp = "2026-11-30T23:00:00Z".parse().unwrap();
        for (topic, passes) in [
            (Topic::Stuck, true),
            (Topic::Failed, true),
            (Topic::Late, false),
            (Topic::Check, false),
            (Topic::Recovered, false),
        ] {
            assert_eq!(open.release(topic, false, due) == due, passes, "{topic:?}");
            assert_ne!(night.release(topic, false, due), due, "{topic:?}");
            assert_ne!(open.release(topic, true, due), due, "a reminder is not urgent: {topic:?}");
        }
    }
}
