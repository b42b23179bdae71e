//! The size of the data sets, and when their runs begin.

use duplistatus::time::{Day, Timestamp};

/// The numbers of servers, of jobs on each, and of runs of each job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The number of servers.
    pub servers: u32,
    /// Jobs on each server.
    pub jobs: u32,
    /// Runs of each job, one a day.
    pub runs: u32,
}

/// A household.
pub const SMALL: Scale = Scale { servers: 10, jobs: 3, runs: 90 };
/// A service provider after a year.
pub const LARGE: Scale = Scale { servers: 200, jobs: 5, runs: 365 };
/// The same provider after ten days; its dashboard is compared with that of [`LARGE`].
pub const RECENT: Scale = Scale { servers: 200, jobs: 5, runs: 10 };

/// A very large provider, with hardly any history.
pub const WIDE: Scale = Scale { servers: 10_000, jobs: 5, runs: 3 };
/// As little history on fewer servers: what the dashboard of [`WIDE`] is compared with.
pub const NARROW: Scale = Scale { servers: 200, jobs: 5, runs: 3 };

/// The place of one additional run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The server, counted from 0.
    pub server: u32,
    /// The job on that server, counted from 0.
    pub job: u32,
    /// When the run begins.
    pub start: Timestamp,
}

/// Additional runs of a job in one day, evenly spread.
const A_DAY: u64 = 24;
/// Additional runs that must fit between the history and the present: more than any machine handles in a measurement.
const FREE_RUNS: u64 = 1_000_000;
/// The most days, however few jobs there are: reports of the last century are rejected, and trends go back ten years.
const MOST_FREE_DAYS: u64 = 3000;

impl Scale {
    /// Returns the scale with fewer servers.
    pub fn cut(self, divide: u32) -> Self {
        Self { servers: (self.servers / divide).max(1), ..self }
    }

    /// Returns the number of all jobs.
    pub fn jobs_total(self) -> u64 {
        u64::from(self.servers) * u64::from(self.jobs)
    }

    /// Returns the number of all runs.
    pub fn runs_total(self) -> u64 {
        self.jobs_total() * u64::from(self.runs)
    }

    /// Returns the number of days before today that the history leaves free. The load fills them with runs that are
    /// newer than all others, as reports nearly always are, and not in the future.
    pub fn free_days(self) -> i64 {
        i64::try_from((FREE_RUNS / (self.jobs_total() * A_DAY)).clamp(60, MOST_FREE_DAYS)).unwrap_or(60)
    }

    /// Returns the place of the `number`th additional run: all jobs in turn, then again an hour later. `first` is the
    /// day after the loaded runs.
    pub fn slot(self, number: u64, first: Day) -> Slot {
        let jobs = self.jobs_total();
        let (lap, index) = (number / jobs, number % jobs);
        let day = first.plus(i64::try_from(lap / A_DAY).unwrap_or(0));
        let (server, job) = (index / u64::from(self.jobs), index % u64::from(self.jobs));
        let second = i64::try_from((lap % A_DAY) * (86_400 / A_DAY) + index % 3600).unwrap_or(0);
        Slot {
            server: u32::try_from(server).unwrap_or(0),
            job: u32::try_from(job).unwrap_or(0),
            start: Timestamp::from_unix(day.number() * 86_400 + second),
        }
    }
}
