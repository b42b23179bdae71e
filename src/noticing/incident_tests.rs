use super::*;
use crate::noticing::{
    checks::Finding,
    state::{Reason, Wrong},
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(1_770_000_000 + seconds)
}

fn state(problem: Option<Problem>, since: i64) -> State {
    let wrong =
        problem.map(|problem| Wrong { problem, since: at(since), reason: Reason::Found(Finding::Damaged) });
    State {
        verdict: problem.map_or(Verdict::Ok, Verdict::Wrong),
        wrong: wrong.into_iter().collect(),
        slot: None,
        due: None,
        excused: None,
        silent_since: None,
        next_change_at: None,
    }
}

fn events(entries: Vec<Entry>) -> Vec<String> {
    let short = |event: Event| match event {
        Event::Opened { problem, .. } => format!("opened {}", problem.as_str()),
        Event::Changed { to, .. } => format!("changed {}", to.as_str()),
        Event::Silent { .. } => "silent".to_owned(),
        Event::Closed { .. } => "closed".to_owned(),
        other => format!("{other:?}"),
    };
    entries.into_iter().map(|entry| short(entry.event)).collect()
}

#[test]
fn one_incident_grows_and_is_closed_by_itself_and_nothing_is_said_twice() {
    let mut track = Track::default();
    assert_eq!(events(track.follow(&state(Some(Problem::Late), 0), at(1))), ["opened late"]);
    assert_eq!(events(track.follow(&state(Some(Problem::Late), 0), at(2))), [""; 0]);
    assert_eq!(events(track.follow(&state(Some(Problem::Failed), 3), at(3))), ["changed failed"]);
    assert_eq!(events(track.follow(&state(Some(Problem::Check), 4), at(4))), ["changed check"]);
    assert_eq!(track.open.as_ref().map(|open| open.worst), Some(Problem::Failed));
    assert_eq!(events(track.follow(&state(None, 0), at(5))), ["closed"]);
    assert_eq!(events(track.follow(&state(None, 0), at(6))), [""; 0]);
}

#[test]
fn silence_after_a_failure_is_said_once() {
    let mut track = Track::default();
    let failed = state(Some(Problem::Failed), 0);
    let silent = State { silent_since: Some(at(9)), ..failed.clone() };
    track.follow(&failed, at(1));
    assert_eq!(events(track.follow(&silent, at(9))), ["silent"]);
    assert_eq!(events(track.follow(&failed, at(10))), [""; 0], "it failed again");
    assert_eq!(events(track.follow(&silent, at(20))), [""; 0]);
}

#[test]
fn what_a_person_closed_is_opened_again_only_when_it_is_worse_or_new() {
    let mut track = Track::default();
    track.follow(&state(Some(Problem::Late), 0), at(1));
    assert!(track.dismiss("anna".into(), "moved house".into(), at(2)).is_some());
    assert_eq!(events(track.follow(&state(Some(Problem::Late), 0), at(3))), [""; 0]);
    assert_eq!(events(track.follow(&state(Some(Problem::Failed), 4), at(4))), ["opened failed"]);
    track.dismiss("anna".into(), "known".into(), at(5));
    track.follow(&state(None, 0), at(6));
    assert_eq!(events(track.follow(&state(Some(Problem::Late), 7), at(7))), ["opened late"]);
}

#[test]
fn what_grows_worse_wakes_who_took_note_and_a_snooze_ends() {
    let mut track = Track::default();
    track.follow(&state(Some(Problem::Check), 0), at(1));
    track.acknowledge("anna".into(), String::new(), at(2));
    track.follow(&state(Some(Problem::Failed), 3), at(3));
    assert_eq!(track.open.as_ref().and_then(|open| open.acknowledged.clone()), None);
    track.snooze("anna".into(), at(10), at(4));
    assert_eq!(events(track.follow(&state(Some(Problem::Failed), 3), at(9))), [""; 0]);
    assert_eq!(
        track.follow(&state(Some(Problem::Failed), 3), at(10)).pop().map(|entry| entry.event),
        Some(Event::Woke)
    );
}

#[test]
fn pausing_and_deleting_close_it_with_the_reason() {
    let mut track = Track::default();
    track.follow(&state(Some(Problem::Late), 0), at(1));
    let paused = State { verdict: Verdict::Paused, ..state(None, 0) };
    let entry = track.follow(&paused, at(2)).pop().map(|entry| entry.event);
    assert_eq!(entry, Some(Event::Closed { why: Closing::Paused }));
    track.follow(&state(Some(Problem::Late), 0), at(3));
    let gone = track.gone("deleted".into(), at(4)).map(|entry| entry.event);
    assert_eq!(gone, Some(Event::Closed { why: Closing::Gone { what: "deleted".into() } }));
    assert_eq!(track.gone("deleted".into(), at(5)), None);
}
