//! How large the data sets are, and when their runs begin.

use duplistatus::time::{Day, Timestamp};

/// A number of servers, jobs on each, and runs of each job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Servers.
    pub servers: u32,
    /// Jobs of each.
    pub jobs: u32,
    /// Runs of each job, one a day.
    pub runs: u32,
}

/// A household.
pub const SMALL: Scale = Scale { servers: 10, jobs: 3, runs: 90 };
/// A service provider's year.
pub const LARGE: Scale = Scale { servers: 200, jobs: 5, runs: 365 };
/// The same provider after ten days: what the dashboard of [`LARGE`] is compared with.
pub const RECENT: Scale = Scale { servers: 200, jobs: 5, runs: 10 };

/// A very large provider, with hardly any history.
pub const WIDE: Scale = Scale { servers: 10_000, jobs: 5, runs: 3 };
/// As little history on fewer servers: what the dashboard of [`WIDE`] is compared with.
pub const NARROW: Scale = Scale { servers: 200, jobs: 5, runs: 3 };

/// Where one more run belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The server, from 0.
    pub server: u32,
    /// The job on that server, from 0.
    pub job: u32,
    /// When the run begins.
    pub start: Timestamp,
}

/// Additional runs of a job on one day, evenly spread.
const A_DAY: u64 = 24;
/// Runs that the load must be able to add before it reaches the future: more than any machine takes in a measurement.
const FREE_RUNS: u64 = 1_000_000;
/// No more days than this, however few jobs there are: reports of the last century are not believed, and trends go back
/// ten years.
const MOST_FREE_DAYS: u64 = 3000;

impl Scale {
    /// The same with fewer servers.
    pub fn cut(self, divide: u32) -> Self {
        Self { servers: (self.servers / divide).max(1), ..self }
    }

    /// Jobs in all.
    pub fn jobs_total(self) -> u64 {
        u64::from(self.servers) * u64::from(self.jobs)
    }

    /// Runs in all.
    pub fn runs_total(self) -> u64 {
        self.jobs_total() * u64::from(self.runs)
    }

    /// Days before today that the history does not reach: the load fills them with runs that are newer than all others,
    /// as reports nearly always are, and not in the future.
    pub fn free_days(self) -> i64 {
        i64::try_from((FREE_RUNS / (self.jobs_total() * A_DAY)).clamp(60, MOST_FREE_DAYS)).unwrap_or(60)
    }

    /// Where the `number`th additional run belongs: all jobs in turn, then again an hour later. `first` is the day
    /// after those that were loaded.
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
