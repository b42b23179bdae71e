//! Compares a run with those before it.

use super::finding::{Change, Finding};
use crate::{
    checks,
    noticing::{
        run::{Figures, Run},
        schedule::{habit::median, local::DAY},
    },
    outcome::RunOutcome,
    status::Status,
};

/// Fewer files than this say nothing by their number.
const FEW_FILES: i64 = 10;
/// A thinning by age takes so many versions at a time.
const THINNED: i64 = 3;
/// After so many seconds without a run, retention can take any number of versions.
const LONG: i64 = 14 * DAY;
/// A mass of files.
const MASS: i64 = 100;

/// What the figures of a complete run say against it. `before` are complete runs without collapses, in ascending order; `expected` are
/// those among them from which on a person accepted the figures.
#[must_use]
pub fn compare(run: &Run, status: Status, before: &[&Run], expected: &[&Run]) -> Vec<Finding> {
    let figures = &run.figures;
    let own = checks::Figures {
        status,
        outcome: run.outcome,
        files: figures.files,
        added: figures.added,
        modified: figures.modified,
        with_error: figures.with_error,
        uploaded: figures.uploaded,
        files_uploaded: figures.files_uploaded,
        stored: figures.stored,
        versions: figures.versions,
        files_before: usual(expected, 3, |figures| figures.files),
    };
    // That nothing was examined says all.
    let is_empty = own.files == Some(0) && own.files_before.is_some_and(|before| before > 0);
    let contradictions = own.checks().into_iter().map(|check| Finding::Contradiction { check });
    let compared = [
        shrank(figures, expected).filter(|_| !is_empty),
        versions_fell(run, expected),
        mass_change(figures, expected),
        retries(figures, before),
        slow(run, before),
        quota_low(figures),
        quota_soon(run, before),
    ];
    contradictions.chain(compared.into_iter().flatten()).collect()
}

/// The middle of a figure over the last runs that have it.
fn usual(runs: &[&Run], count: usize, figure: impl Fn(&Figures) -> Option<i64>) -> Option<i64> {
    let known: Vec<i64> = runs.iter().rev().filter_map(|run| figure(&run.figures)).take(count).collect();
    (!known.is_empty()).then(|| median(&known))
}

fn shrank(now: &Figures, before: &[&Run]) -> Option<Finding> {
    let halved = |figure: fn(&Figures) -> Option<i64>, least: i64| {
        let (now, before) = (figure(now)?, usual(before, 3, figure)?);
        (before >= least && now.saturating_mul(2) < before).then_some(Change { before, now })
    };
    let files = halved(|figures| figures.files, FEW_FILES);
    let size = halved(|figures| figures.size, 1);
    (files.is_some() || size.is_some()).then_some(Finding::Shrank { files, size })
}

fn versions_fell(run: &Run, before: &[&Run]) -> Option<Finding> {
    let last = before.iter().rev().find(|run| run.figures.versions.is_some())?;
    let versions = Change { before: last.figures.versions?, now: run.figures.versions? };
    let fall = versions.before - versions.now;
    let gaps: Vec<i64> =
        before.iter().zip(before.iter().skip(1)).map(|(one, next)| next.begin.since(one.begin)).collect();
    let interval = median(&gaps).max(DAY / 24);
    let silent = run.begin.since(last.begin);
    let fell = |(one, next): (&&Run, &&Run)| Some(one.figures.versions? - next.figures.versions?);
    let usual_fall = before.iter().zip(before.iter().skip(1)).filter_map(fell).max().unwrap_or(0);
    let missed = (silent / interval - 1).max(0);
    let explained = THINNED.max(versions.before / 4).max(usual_fall * 3 / 2) + 2 * missed;
    let is_thinned = silent >= LONG && silent >= 3 * interval;
    let is_unexplained = versions.now == 0 || (fall > explained && !is_thinned);
    (fall > 0 && is_unexplained).then_some(Finding::VersionsFell { versions })
}

/// Of 1000: how many of the known files changed.
fn changed_share(figures: &Figures, known: i64) -> Option<i64> {
    let changed = figures.deleted?.saturating_add(figures.modified?);
    (known > 0).then(|| changed.saturating_mul(1000) / known)
}

fn mass_change(now: &Figures, before: &[&Run]) -> Option<Finding> {
    let known = before.iter().rev().find_map(|run| run.figures.files)?;
    let (deleted, modified) = (now.deleted?, now.modified?);
    let shares: Vec<i64> = before
        .iter()
        .zip(before.iter().skip(1))
        .filter_map(|(one, next)| changed_share(&next.figures, one.figures.files?))
        .collect();
    let usual = median(shares.get(shares.len().saturating_sub(30)..).unwrap_or_default());
    let deleted = deleted - moved(now, deleted);
    let changed = deleted.saturating_add(modified);
    let is_mass = changed >= MASS && changed.saturating_mul(4) > known && usual < 80;
    is_mass.then_some(Finding::MassChange { deleted, modified, known })
}

/// How many of the deleted files were only moved: about as many were added, and hardly anything of what they weigh was uploaded.
fn moved(now: &Figures, deleted: i64) -> i64 {
    let added = now.added.unwrap_or(0);
    let is_alike = (added - deleted).abs().saturating_mul(5) <= added.max(deleted);
    let weight = match (now.size, now.files) {
        (Some(size), Some(files)) if files > 0 => i128::from(size) * i128::from(added) / i128::from(files),
        _ => return 0,
    };
    let is_known = now.uploaded.is_none_or(|uploaded| i128::from(uploaded) * 10 < weight * 3);
    if is_alike && is_known { added.min(deleted) } else { 0 }
}

fn retries(now: &Figures, before: &[&Run]) -> Option<Finding> {
    let before = usual(before, 30, |figures| figures.retries)?;
    let now = now.retries?;
    (now >= 10 * before.max(1)).then_some(Finding::Retries { retries: Change { before, now } })
}

fn slow(run: &Run, before: &[&Run]) -> Option<Finding> {
    let known: Vec<i64> = before.iter().rev().take(30).map(|run| run.duration).collect();
    let usual = median(&known);
    (!known.is_empty() && run.duration > 4 * usual && run.duration >= 1800)
        .then_some(Finding::Slow { seconds: Change { before: usual, now: run.duration } })
}

fn quota(figures: &Figures) -> Option<(i64, i64)> {
    let (free, total) = (figures.quota_free?, figures.quota_total?);
    (total > 0 && free >= 0).then_some((free, total))
}

fn quota_low(now: &Figures) -> Option<Finding> {
    let (free, total) = quota(now)?;
    (free.saturating_mul(10) < total).then_some(Finding::QuotaLow { free, total })
}

/// At the rate of the last month, and at that of its second half.
fn quota_soon(run: &Run, before: &[&Run]) -> Option<Finding> {
    let (free, total) = quota(&run.figures)?;
    let known: Vec<(i64, i64)> = before
        .iter()
        .filter(|other| run.begin.since(other.begin) <= 30 * DAY)
        .filter_map(|other| Some((run.begin.since(other.begin), quota(&other.figures)?.0)))
        .collect();
    let lasts = |(ago, then): &(i64, i64)| {
        let used = then - free;
        (used > 0).then(|| i128::from(free) * i128::from(*ago) / i128::from(used) / i128::from(DAY))
    };
    let (first, middle) = (known.first()?, known.get(known.len() / 2)?);
    // One large upload is no rate: it was so before this run already.
    let before = first.1 - known.last()?.1;
    let lasted =
        (before > 0).then(|| i128::from(free) * i128::from(first.0) / i128::from(before) / i128::from(DAY));
    let days = lasts(first)?.max(lasts(middle)?).max(lasted?);
    // A few bytes that come and go are no rate.
    let is_rate = known.len() >= 5 && first.0 >= 5 * DAY && (first.1 - free).saturating_mul(200) > total;
    (is_rate && days < 14).then(|| Finding::QuotaSoon { free, days: i64::try_from(days).unwrap_or(i64::MAX) })
}

/// Whether the figures are again what they were when a finding was made.
#[must_use]
pub fn is_recovered(finding: &Finding, run: &Run) -> bool {
    if run.outcome != RunOutcome::Good && run.outcome != RunOutcome::Errors {
        return false;
    }
    let is_back =
        |before: i64, now: Option<i64>| now.is_some_and(|now| i128::from(now) * 10 >= i128::from(before) * 9);
    let figures = &run.figures;
    match finding {
        Finding::Shrank { files, size } => {
            files.is_none_or(|change| is_back(change.before, figures.files))
                && size.is_none_or(|change| is_back(change.before, figures.size))
        }
        Finding::VersionsFell { versions } => is_back(versions.before, figures.versions),
        Finding::MassChange { known, .. } => {
            is_back(*known, figures.files) && changed_share(figures, *known).is_none_or(|share| share <= 250)
        }
        Finding::Contradiction { check } => match check {
            checks::Check::NothingExamined { before } => is_back(*before, figures.files),
            checks::Check::NoVersions => figures.versions.is_some_and(|versions| versions > 0),
            _ => true,
        },
        _ => true,
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
