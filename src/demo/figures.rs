//! What a run counted. Sizes follow from the date alone, so they grow smoothly however many runs were missed.

use super::{fleet::Job, random::Random};

/// Counts of one good run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// Files of the source.
    pub files: i64,
    /// Bytes of the source.
    pub source: i64,
    /// Bytes at the destination.
    pub stored: i64,
    /// New files.
    pub added: i64,
    /// Changed files.
    pub modified: i64,
    /// Gone files.
    pub deleted: i64,
    /// Bytes of new files.
    pub added_size: i64,
    /// Bytes of changed files.
    pub modified_size: i64,
    /// Bytes sent.
    pub uploaded: i64,
    /// Volumes sent.
    pub volumes: i64,
}

/// Bytes of a remote volume.
const VOLUME: i64 = 52_428_800;

impl Figures {
    /// Counts of a run, so many seconds after the job began.
    pub(super) fn of(job: &Job, age: i64, versions: i64, is_first: bool, random: &mut Random) -> Self {
        let grown = |start: i64| {
            let yearly = start / 100 * job.growth;
            start + yearly / 366 * (age / 86_400)
        };
        // A big folder that somebody added or tidied up, here and there: a step, not noise.
        let step = Random::of(&[3, job.source, age / (45 * 86_400)]).below(7) - 3;
        let source = grown(job.source) / 200 * (200 + step);
        let files = grown(job.files).max(1) * (200 + step) / 200;
        let busy = if random.chance(60) { 12 } else { 1 };
        let added = if is_first { files } else { random.below(files / 900 + 6) * busy };
        let modified = if is_first { 0 } else { random.below(files / 300 + 9) };
        let average = (source / files.max(1)).clamp(2_000, 60_000_000);
        let share =
            |random: &mut Random, count: i64| random.around(count.saturating_mul(average), 60).min(source);
        let (added_size, modified_size) = (share(random, added), share(random, modified));
        let new = if is_first { source } else { added_size + modified_size / 5 + 40_000 };
        let uploaded = new / 100 * 71;
        Self {
            files,
            source,
            stored: source / 100 * 68 + source / 900 * versions,
            added,
            modified,
            deleted: random.below(files / 1500 + 3),
            added_size,
            modified_size,
            uploaded,
            volumes: uploaded / VOLUME + 3,
        }
    }
}
