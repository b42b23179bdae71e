//! Two jobs that report under one name: Duplicati before 2.2 sends the figures of a job without report options under the name of the
//! job that ran before it. What tells is that two sets of figures alternate, where a source that shrank stays small.

use super::finding::Finding;
use crate::noticing::run::Run;

/// Newest complete runs that are looked at.
const LOOKED_AT: usize = 10;
/// How often the figures must change between the sets: a source that shrank and was filled again changes twice.
const CHANGES: usize = 3;
/// Within a set the largest is at most this much larger than the smallest: in tenths.
const WITHIN: i64 = 12;
/// Between the sets the figures differ at least by this: in tenths.
const BETWEEN: i64 = 15;

/// Files and bytes of the source that a complete run counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Source {
    files: i64,
    size: i64,
}

impl Source {
    /// Of what a run counted: one that does not know both tells nothing.
    fn of(files: Option<i64>, size: Option<i64>) -> Option<Self> {
        Some(Self { files: files?, size: size? })
    }
}

/// Two sets of figures that alternate, in complete runs in ascending order.
#[must_use]
pub fn two_jobs(runs: &[&Run]) -> Option<Finding> {
    let newest = runs.iter().rev().take(LOOKED_AT);
    let sources: Vec<Source> =
        newest.filter_map(|run| Source::of(run.figures.files, run.figures.size)).collect();
    let (one, other) = alternating(&sources)?;
    Some(Finding::TwoJobs { one: one.files, other: other.files })
}

/// The newest of each of two sets of figures that alternate: of the newest complete runs of a job, newest first.
fn alternating(sources: &[Source]) -> Option<(Source, Source)> {
    let of_all = |figure: fn(&Source) -> i64| sides(&sources.iter().map(figure).collect::<Vec<_>>());
    // Both figures change together: one of them alone may be a folder of many small files that comes and goes.
    let (by_files, by_size) = (of_all(|source| source.files)?, of_all(|source| source.size)?);
    let is_mirrored = by_files.iter().zip(&by_size).all(|(files, size)| files != size);
    let changes = by_files.windows(2).filter(|pair| pair.first() != pair.last()).count();
    if changes < CHANGES || !(by_files == by_size || is_mirrored) {
        return None;
    }
    let newest = by_files.first()?;
    let other = by_files.iter().position(|side| side != newest)?;
    Some((*sources.first()?, *sources.get(other)?))
}

/// On which side of the widest gap each number stands, when they are two sets far from each other.
fn sides(numbers: &[i64]) -> Option<Vec<bool>> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let is_far = |low: i64, high: i64| low > 0 && high.saturating_mul(10) >= low.saturating_mul(BETWEEN);
    let is_near = |low: i64, high: i64| high.saturating_mul(10) <= low.saturating_mul(WITHIN);
    let gaps = sorted.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
    let (low, high) =
        gaps.filter(|(low, high)| is_far(*low, *high)).max_by_key(|(low, high)| high / low.max(&1))?;
    let (first, last) = (*sorted.first()?, *sorted.last()?);
    (is_near(first, low) && is_near(high, last))
        .then(|| numbers.iter().map(|number| *number >= high).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{noticing::run::Figures, outcome::RunOutcome, time::Timestamp};

    /// Runs of sources of so many files and bytes, in ascending order.
    fn found_in(sources: &[(Option<i64>, Option<i64>)]) -> Option<Finding> {
        let run = |(files, size): &(Option<i64>, Option<i64>)| Run {
            told: Timestamp::default(),
            begin: Timestamp::default(),
            received: Timestamp::default(),
            duration: 60,
            outcome: RunOutcome::Good,
            figures: Figures { files: *files, size: *size, ..Figures::default() },
            is_bad: false,
        };
        let runs: Vec<Run> = sources.iter().map(run).collect();
        two_jobs(&runs.iter().collect::<Vec<_>>())
    }

    fn found(files: &[i64]) -> bool {
        let sources: Vec<_> = files.iter().map(|files| (Some(*files), Some(files * 70_000))).collect();
        found_in(&sources).is_some()
    }

    #[test]
    fn two_sets_that_alternate_are_two_jobs() {
        for files in [
            &[1200, 90, 1210, 91][..],
            &[1200, 90, 1210, 91, 1230, 91, 1230, 92],
            &[1200, 1201, 90, 1202, 1203, 90, 1204],
            &[90, 1200, 1200, 91, 1200],
            &[48_000, 1, 48_010, 1],
            &[1, 48_000, 1, 48_010, 1, 48_020, 1, 48_030],
            // Not strictly by turns.
            &[900, 900, 400, 901, 401, 902, 400, 400],
        ] {
            assert!(found(files), "{files:?}");
        }
        // One has many small files, the other few large ones.
        let few_large = |index: usize| match index % 2 {
            0 => (Some(9000), Some(50_000)),
            _ => (Some(12), Some(9_000_000)),
        };
        let sources: Vec<_> = (0..6).map(few_large).collect();
        assert_eq!(found_in(&sources), Some(Finding::TwoJobs { one: 12, other: 9000 }), "the newest first");
    }

    #[test]
    fn a_source_that_changes_is_one_job() {
        for files in [
            // It shrank, and stays small; it was filled again; it grows; it stays.
            &[1200, 1210, 1220, 90, 91, 92][..],
            &[48_000, 48_000, 3, 3, 3],
            &[1200, 1210, 90, 91, 1220, 1230],
            &[48_000, 48_000, 3, 48_000, 48_000],
            &[100, 150, 220, 330, 500, 750],
            &[1200, 1200, 1200, 1200],
            // Too alike.
            &[1000, 1150, 1000, 1150, 1000],
            &[100, 110, 100, 110],
            // Three sizes are not two jobs.
            &[1200, 90, 1210, 4000, 91, 1200],
            &[48_000, 3, 20_000, 3, 900],
            &[1200, 90, 1210],
            &[0, 90, 0, 91, 0],
            &[],
        ] {
            assert!(!found(files), "{files:?}");
        }
        // As many files each time, though their size changes.
        let sizes = [9_000_000, 70_000, 9_000_000, 70_000, 9_000_000];
        assert_eq!(found_in(&sizes.map(|size| (Some(90), Some(size)))), None);
    }

    #[test]
    fn a_run_that_does_not_know_its_figures_tells_nothing() {
        let known = |files: i64| (Some(files), Some(files * 70_000));
        let mut runs = [known(1200), known(90), known(1210), known(91)];
        runs[1].1 = None;
        assert_eq!(found_in(&runs), None);
        let between = [known(1200), known(90), (None, None), known(1210), (Some(7), None), known(91)];
        assert!(found_in(&between).is_some());
    }

    #[test]
    fn only_the_newest_runs_tell() {
        let mut files = vec![1200, 90, 1200, 90, 1200, 90];
        files.extend([90; LOOKED_AT]);
        assert!(!found(&files), "it was put right");
    }
}
