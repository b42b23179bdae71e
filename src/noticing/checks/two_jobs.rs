//! Two jobs under one name: their figures alternate.

use super::finding::Finding;
use crate::noticing::run::Run;

/// So many of the last runs are looked at.
const LOOKED_AT: usize = 8;
/// So often the figures have to change sides.
const TURNS: usize = 3;

/// Two sets of figures that alternate, in complete runs in ascending order.
#[must_use]
pub fn two_jobs(runs: &[&Run]) -> Option<Finding> {
    let figures: Vec<(i64, i64)> = runs
        .iter()
        .rev()
        .take(LOOKED_AT)
        .filter_map(|run| Some((run.figures.files?, run.figures.size?)))
        .collect();
    let is_like = |one: i64, other: i64| {
        let (small, large) = (i128::from(one.min(other)), i128::from(one.max(other)));
        small * 10 >= large * 8
    };
    let alike = |one: &(i64, i64), other: &(i64, i64)| is_like(one.0, other.0) && is_like(one.1, other.1);
    let far = |one: &(i64, i64), other: &(i64, i64)| {
        let is_far = |one: i64, other: i64| i128::from(one.max(other)) > 2 * i128::from(one.min(other));
        is_far(one.0, other.0) || is_far(one.1, other.1)
    };
    let one = figures.first()?;
    let other = figures.iter().find(|each| far(one, each))?;
    let is_one = |each: &(i64, i64)| alike(one, each);
    // Each of them is one or the other, and they change sides often.
    let all = figures.iter().all(|each| is_one(each) || alike(other, each));
    let turns =
        figures.iter().zip(figures.iter().skip(1)).filter(|(each, next)| is_one(each) != is_one(next));
    (all && turns.count() >= TURNS).then_some(Finding::TwoJobs { one: one.0, other: other.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{noticing::run::Figures, outcome::RunOutcome, time::Timestamp};

    fn found(files: &[i64]) -> bool {
        let runs: Vec<Run> = files
            .iter()
            .map(|files| Run {
                told: Timestamp::default(),
                begin: Timestamp::default(),
                received: Timestamp::default(),
                duration: 60,
                outcome: RunOutcome::Good,
                figures: Figures { files: Some(*files), size: Some(files * 1000), ..Figures::default() },
                is_bad: false,
            })
            .collect();
        two_jobs(&runs.iter().collect::<Vec<_>>()).is_some()
    }

    #[test]
    fn figures_that_alternate_are_two_jobs() {
        assert!(found(&[48_000, 1, 48_010, 1]));
        assert!(found(&[1, 48_000, 1, 48_010, 1, 48_020, 1, 48_030]));
        assert!(found(&[900, 900, 400, 901, 401, 902, 400, 400]), "not strictly by turns");
    }

    #[test]
    fn a_collapse_is_none() {
        assert!(!found(&[48_000, 48_000, 3, 3, 3]));
        assert!(!found(&[48_000, 48_000, 3, 48_000, 48_000]));
        assert!(!found(&[48_000, 3, 20_000, 3, 900]), "no two sets");
        assert!(!found(&[100, 110, 100, 110]), "too alike");
        assert!(!found(&[]));
    }
}
