use super::*;
use crate::time::Timestamp;

const FIGURES: Figures = Figures {
    files: Some(10_000),
    size: Some(10_000_000_000),
    added: Some(30),
    modified: Some(40),
    deleted: Some(10),
    with_error: Some(0),
    uploaded: Some(50_000_000),
    files_uploaded: Some(4),
    versions: Some(30),
    stored: Some(12_000_000_000),
    quota_total: Some(100_000_000_000),
    quota_free: Some(60_000_000_000),
    retries: Some(0),
};

fn run(day: i64, figures: Figures) -> Run {
    let begin = Timestamp::from_unix(1_770_000_000 + day * DAY);
    Run {
        told: begin,
        begin,
        received: begin.plus(900),
        duration: 900,
        outcome: RunOutcome::Good,
        figures,
        is_bad: false,
    }
}

/// What is found against a run after 20 usual ones.
fn found(figures: Figures) -> Vec<&'static str> {
    found_on(20, figures)
}

fn found_on(day: i64, figures: Figures) -> Vec<&'static str> {
    let before: Vec<Run> = (0..20).map(|day| run(day, FIGURES)).collect();
    let before: Vec<&Run> = before.iter().collect();
    let word = |finding: &Finding| match finding {
        Finding::Contradiction { .. } => "contradiction",
        Finding::Shrank { .. } => "shrank",
        Finding::VersionsFell { .. } => "versions",
        Finding::MassChange { .. } => "mass",
        Finding::Retries { .. } => "retries",
        Finding::Slow { .. } => "slow",
        Finding::QuotaLow { .. } => "low",
        Finding::QuotaSoon { .. } => "soon",
        _ => "other",
    };
    compare(&run(day, figures), Status::Success, &before, &before).iter().map(word).collect()
}

#[test]
fn the_usual_is_nothing() {
    assert_eq!(found(FIGURES), [""; 0]);
    assert_eq!(found(Figures::default()), [""; 0], "what is not known contradicts nothing");
}

#[test]
fn half_of_the_source_is_the_limit() {
    assert_eq!(found(Figures { size: Some(5_000_000_000), ..FIGURES }), [""; 0]);
    assert_eq!(found(Figures { size: Some(4_999_999_999), ..FIGURES }), ["shrank"]);
    assert_eq!(found(Figures { files: Some(4999), ..FIGURES }), ["shrank"]);
}

#[test]
fn retention_takes_some_versions_at_a_time_and_many_after_weeks() {
    for (versions, day, expected) in
        [(23, 20, false), (22, 20, true), (16, 24, false), (9, 24, true), (3, 40, false), (0, 40, true)]
    {
        let found = found_on(day, Figures { versions: Some(versions), ..FIGURES });
        assert_eq!(found.contains(&"versions"), expected, "{versions} on day {day}: {found:?}");
    }
}

#[test]
fn a_mass_of_changed_files_is_found_and_a_move_is_none() {
    let changed = |deleted, modified, added, uploaded| {
        found(Figures {
            deleted: Some(deleted),
            modified: Some(modified),
            added: Some(added),
            uploaded: Some(uploaded),
            ..FIGURES
        })
    };
    assert_eq!(changed(0, 2500, 0, 5_000_000_000), [""; 0]);
    assert_eq!(changed(0, 2501, 0, 5_000_000_000), ["mass"]);
    assert_eq!(changed(2501, 0, 0, 1000), ["mass"]);
    assert_eq!(changed(4000, 0, 4000, 100_000_000), [""; 0], "moved");
    assert_eq!(changed(4000, 0, 4000, 4_000_000_000), ["mass"], "sent again: other content");
    assert_eq!(changed(4000, 3000, 4000, 100_000_000), ["mass"], "moved, and others modified");
    assert_eq!(changed(4000, 0, 1000, 1_000_000), ["mass"], "more deleted than added");
}

#[test]
fn a_destination_that_fills_up_is_told_two_weeks_before() {
    let before: Vec<Run> = (0..20)
        .map(|day| run(day, Figures { quota_free: Some(60_000_000_000 - day * 2_000_000_000), ..FIGURES }))
        .collect();
    let before: Vec<&Run> = before.iter().collect();
    let now = run(20, Figures { quota_free: Some(20_000_000_000), ..FIGURES });
    assert_eq!(
        compare(&now, Status::Success, &before, &before),
        [Finding::QuotaSoon { free: 20_000_000_000, days: 10 }]
    );
    assert_eq!(found(Figures { quota_free: Some(9_000_000_000), ..FIGURES }), ["low"]);
    // One large upload is no rate.
    assert_eq!(found(Figures { quota_free: Some(50_000_000_000), ..FIGURES }), [""; 0]);
    assert_eq!(found(Figures { quota_free: Some(0), quota_total: Some(0), ..FIGURES }), [""; 0]);
    assert_eq!(found(Figures { quota_free: Some(-1), ..FIGURES }), [""; 0]);
}

#[test]
fn much_longer_and_many_retries_are_found() {
    let before: Vec<Run> = (0..20).map(|day| run(day, FIGURES)).collect();
    let before: Vec<&Run> = before.iter().collect();
    let slow =
        |duration| compare(&Run { duration, ..run(20, FIGURES) }, Status::Success, &before, &before).len();
    assert_eq!((slow(3600), slow(3601)), (0, 1));
    assert_eq!(found(Figures { retries: Some(9), ..FIGURES }), [""; 0]);
    assert_eq!(found(Figures { retries: Some(10), ..FIGURES }), ["retries"]);
}
