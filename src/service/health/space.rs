//! Disk space, determined at most once a minute, because every page of an administrator shows it.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use crate::{
    db::engine::{disk_space, files},
    dto::health::Fact,
    service::Services,
    time::Timestamp,
};

/// How long a figure is cached, in seconds.
const GOOD_FOR: i64 = 60;

/// Free space on the disk, and the size of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskSpace {
    /// Bytes that can still be written; `None` if the system cannot tell.
    pub free: Option<u64>,
    /// Size of the database in bytes.
    pub database: u64,
}

impl DiskSpace {
    /// Determines the figures.
    pub fn of(database: &Path) -> Self {
        Self {
            free: disk_space::available(files::folder_of(database)).ok(),
            database: files::length(database),
        }
    }

    /// Returns the fact for the checks.
    pub fn fact(self) -> Fact {
        Fact::Space { free: self.free, database: self.database }
    }
}

/// The last figures, and when they were determined.
#[derive(Debug, Default)]
pub struct DiskSpaceCache(Mutex<Option<(Timestamp, DiskSpace)>>);

impl DiskSpaceCache {
    #[cfg(test)]
    pub(in crate::service) fn of(now: Timestamp, room: DiskSpace) -> Self {
        Self(Mutex::new(Some((now, room))))
    }

    fn get(&self, now: Timestamp, ask: impl FnOnce() -> DiskSpace) -> DiskSpace {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *last {
            Some((at, room)) if (0..GOOD_FOR).contains(&now.since(at)) => room,
            _ => last.insert((now, ask())).1,
        }
    }
}

impl Services {
    /// Returns the space on the disk of the database, at most a minute old.
    pub fn room(&self) -> DiskSpace {
        self.space.get(self.clock.now(), || DiskSpace::of(self.db.path()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_asked_once_a_minute_whatever_the_clock_does() {
        let (space, noon) = (DiskSpaceCache::default(), Timestamp::from_unix(1_795_435_200));
        let mut asked = 0;
        let mut at = |seconds: i64| {
            let ask = || {
                asked += 1;
                DiskSpace { free: Some(asked), database: 1 }
            };
            space.get(noon.plus(seconds), ask).free
        };
        assert_eq!([at(0), at(59), at(60), at(61)], [Some(1), Some(1), Some(2), Some(2)]);
        assert_eq!([at(-3600), at(-3550)], [Some(3), Some(3)], "the clock was set back");
    }
}
