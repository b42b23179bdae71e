//! What travels from the services to the pages: plain data, one file per area, the same types on both sides.

use serde::{Deserialize, Serialize};

use crate::time::{Day, Timestamp};

pub mod account;
pub mod audit;
pub mod dashboard;
pub mod database;
pub mod export;
pub mod health;
pub mod history;
pub mod import;
pub mod key;
pub mod log;
pub mod reach;
pub mod rejected;
pub mod run;
pub mod security;
pub mod server;
pub mod servers;
pub mod setting;
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
