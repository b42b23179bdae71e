//! What travels from the services to the pages: plain data, one file per area, the same types on both sides.

use serde::{Deserialize, Serialize};

use crate::time::{Day, Timestamp};

pub mod account;
pub mod audit;
pub mod channel;
pub mod dashboard;
pub mod database;
pub mod digest;
pub mod edit;
pub mod export;
pub mod field_name;
pub mod health;
pub mod import;
pub mod incidents;
pub mod job;
pub mod key;
pub mod log;
pub mod monitoring;
pub mod notification_history;
pub mod notification_rules;
pub mod public_address;
pub mod push;
pub mod rejected;
pub mod report;
pub mod run;
pub mod runs;
pub mod schedules;
pub mod security;
pub mod server;
pub mod servers;
pub mod setting;
pub mod sharing;
pub mod shown;
pub mod snooze_link;
pub mod strip;
pub mod template;
pub mod user;
pub mod work;

/// A point in time with the site's distance from UTC at that point, so that a page can show local time without
/// time-zone data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The time itself.
    pub at: Timestamp,
    /// The site's UTC offset at that time: seconds, east positive.
    pub offset: i32,
}

impl Moment {
    /// The calendar day on the site's calendar.
    pub fn day(self) -> Day {
        self.at.plus(self.offset.into()).utc_day()
    }

    /// Hour and minute on the site's clock, `"02:04"`.
    pub fn clock(self) -> String {
        let minute = self.at.plus(self.offset.into()).unix().rem_euclid(86_400) / 60;
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }

    /// Day and clock time on the site, `"2026-11-23 02:04"`.
    pub fn local(self) -> String {
        format!("{} {}", self.day(), self.clock())
    }

    /// The same with the distance from UTC, `"2026-11-23 02:04 UTC+1"`: for readers whose clock may be another one.
    pub fn zoned(self) -> String {
        format!("{} {}", self.local(), utc_offset(self.offset))
    }

    /// This moment some seconds later, on the same clock.
    pub fn plus(self, seconds: i64) -> Self {
        Self { at: self.at.plus(seconds), ..self }
    }
}

/// A distance from UTC in seconds, as people write it: `"UTC"`, `"UTC+1"`, `"UTC−3:30"`.
pub fn utc_offset(offset: i32) -> String {
    let minutes = offset.unsigned_abs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, rest) => {
            let sign = if offset < 0 { '−' } else { '+' };
            let rest = if rest == 0 { String::new() } else { format!(":{rest:02}") };
            format!("UTC{sign}{hours}{rest}")
        }
    }
}

/// Where a page of a list stands. Pages count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paging {
    /// The page shown, 1 to [`Self::pages`].
    pub page: i64,
    /// Rows on a full page.
    pub size: i64,
    /// Rows in the whole list.
    pub total: i64,
}

impl Paging {
    /// The page asked for, moved into the range that exists.
    pub fn new(asked: i64, size: i64, total: i64) -> Self {
        let paging = Self { page: 1, size: size.max(1), total };
        Self { page: asked.clamp(1, paging.pages()), ..paging }
    }

    /// How many pages there are, at least 1.
    pub fn pages(self) -> i64 {
        // Totals are read from rows, which can be damaged.
        (self.total.max(1) - 1) / self.size + 1
    }

    /// Rows before the page.
    pub fn offset(self) -> i64 {
        (self.page - 1) * self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_from_utc_is_written_as_people_do() {
        let words = [0, 3600, -18_000, 20_700, -12_600].map(utc_offset);
        assert_eq!(words, ["UTC", "UTC+1", "UTC−5", "UTC+5:45", "UTC−3:30"]);
        let moment = Moment { at: Timestamp::from_unix(1_795_471_597), offset: 3600 };
        assert_eq!(moment.zoned(), format!("{} UTC+1", moment.local()));
    }
}
