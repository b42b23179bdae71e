//! Two jobs that report under one name: Duplicati 2.1.0 sends the figures of a job without report options under the name of the job
//! that ran before it. What tells is that two sets of figures alternate, where a source that shrank stays small.

use crate::checks::Check;

/// Newest complete runs that are looked at.
pub const RUNS: usize = 10;
/// How often the figures must change between the sets: a source that shrank and was filled again changes twice.
const CHANGES: usize = 3;
/// Within a set the largest is at most this much larger than the smallest: in tenths.
const WITHIN: i64 = 12;
/// Between the sets the figures differ at least by this: in tenths.
const BETWEEN: i64 = 15;

/// Files and bytes of the source that a complete run counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Source {
    /// Files.
    pub files: Option<i64>,
    /// Bytes.
    pub size: Option<i64>,
}

/// Whether the newest complete runs of a job are those of two jobs: newest first.
#[must_use]
pub fn check(runs: &[Source]) -> Option<Check> {
    let runs = runs.get(..runs.len().min(RUNS)).unwrap_or_default();
    let files: Option<Vec<i64>> = runs.iter().map(|run| run.files).collect();
    let sizes: Option<Vec<i64>> = runs.iter().map(|run| run.size).collect();
    // Both figures change together: one of them alone may be a folder of many small files that comes and goes.
    let (by_files, by_size) = (sides(&files?)?, sides(&sizes?)?);
    let is_mirrored = by_files.iter().zip(&by_size).all(|(a, b)| a != b);
    let changes = by_files.windows(2).filter(|pair| pair.first() != pair.last()).count();
    (changes >= CHANGES && (by_files == by_size || is_mirrored)).then_some(Check::TwoJobs)
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

    /// Runs of a source of so many files, newest last.
    fn runs(files: &[i64]) -> Vec<Source> {
        files.iter().rev().map(|files| Source { files: Some(*files), size: Some(files * 70_000) }).collect()
    }

    #[test]
    fn two_sets_that_alternate_are_two_jobs() {
        for files in [
            &[1200, 90, 1210, 91][..],
            &[1200, 90, 1210, 91, 1230, 91, 1230, 92],
            &[1200, 1201, 90, 1202, 1203, 90, 1204],
            &[90, 1200, 1200, 91, 1200],
        ] {
            assert_eq!(check(&runs(files)), Some(Check::TwoJobs), "{files:?}");
        }
        // One has many small files, the other few large ones.
        let few_large = |index: usize| match index % 2 {
            0 => Source { files: Some(9000), size: Some(50_000) },
            _ => Source { files: Some(12), size: Some(9_000_000) },
        };
        assert_eq!(check(&(0..6).map(few_large).collect::<Vec<_>>()), Some(Check::TwoJobs));
    }

    #[test]
    fn a_source_that_changes_is_one_job() {
        for files in [
            // It shrank, and stays small; it was filled again; it grows; it stays.
            &[1200, 1210, 1220, 90, 91, 92][..],
            &[1200, 1210, 90, 91, 1220, 1230],
            &[100, 150, 220, 330, 500, 750],
            &[1200, 1200, 1200, 1200],
            &[1000, 1150, 1000, 1150, 1000],
            // Three sizes are not two jobs.
            &[1200, 90, 1210, 4000, 91, 1200],
            &[1200, 90, 1210],
            &[0, 90, 0, 91, 0],
            &[],
        ] {
            assert_eq!(check(&runs(files)), None, "{files:?}");
        }
        let mut unknown = runs(&[1200, 90, 1210, 91]);
        unknown[1].size = None;
        assert_eq!(check(&unknown), None);
        // As many files each time, though their size changes.
        let sizes = [9_000_000, 70_000, 9_000_000, 70_000, 9_000_000];
        assert_eq!(check(&sizes.map(|size| Source { files: Some(90), size: Some(size) })), None);
    }

    #[test]
    fn only_the_newest_runs_tell() {
        let mut files = vec![1200, 90, 1200, 90, 1200, 90];
        files.extend([90; RUNS]);
        assert_eq!(check(&runs(&files)), None, "it was put right");
    }
}
