//! Which versions a job has, run by run: they grow in number until its retention holds them.

use crate::time::Timestamp;

const DAY: i64 = 86_400;
/// Versions of a job that does not thin out.
const KEPT: usize = 30;

/// The versions at a destination.
#[derive(Debug, Default)]
pub(super) struct Versions(Vec<Timestamp>);

/// What the retention did after a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PrunedVersions {
    /// Versions before the run's own, newest first.
    pub considered: Vec<Timestamp>,
    /// Those of them that were deleted.
    pub deleted: Vec<Timestamp>,
    /// Versions left, the run's own included.
    pub left: i64,
}

impl Versions {
    /// Adds a version, and deletes what the policy `7D:1D,4W:1W,12M:1M` (or a fixed number) does not keep.
    pub(super) fn add(&mut self, start: Timestamp, thins_out: bool) -> PrunedVersions {
        let mut considered = self.0.clone();
        considered.reverse();
        self.0.push(start);
        let deleted = if thins_out { self.prune(start) } else { self.keep_newest() };
        PrunedVersions { considered, deleted, left: count(self.0.len()) }
    }

    /// Versions left when nothing was added.
    pub(super) fn count(&self) -> i64 {
        count(self.0.len())
    }

    fn keep_newest(&mut self) -> Vec<Timestamp> {
        let too_many = self.0.len().saturating_sub(KEPT);
        self.0.drain(..too_many).collect()
    }

    fn prune(&mut self, now: Timestamp) -> Vec<Timestamp> {
        let mut deleted = Vec::new();
        let mut last = None;
        self.0.retain(|version| {
            // The oldest of each span stays, as in Duplicati.
            let span = span(*version, now);
            let stays = *version == now || (span.is_some() && span != last);
            last = span;
            if !stays {
                deleted.push(*version);
            }
            stays
        });
        deleted.reverse();
        deleted
    }
}

/// The span of which one version is kept; `None` when none is.
fn span(version: Timestamp, now: Timestamp) -> Option<(u8, i64)> {
    let at = version.unix();
    match now.since(version) / DAY {
        0 => Some((0, at)),
        1..7 => Some((1, at / DAY)),
        7..28 => Some((2, at / (7 * DAY))),
        28..365 => Some((3, at / (30 * DAY))),
        _ => None,
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
