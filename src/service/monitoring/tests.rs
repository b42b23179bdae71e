//! What people set, as states and incidents follow it, through the real database.

use super::{
    Change, RuleChange, SetSchedule, Target, accept_warning, add_window, end_window, expect, pause, resume,
    set, withdraw_warning,
};
use crate::{
    access::Role,
    db::tables::{
        audit, jobs,
        noticing::{
            incidents::{self, EventRow, IncidentRow, Wanted},
            settings::{self, Scope},
            windows,
        },
    },
    dto::incidents::IncidentFilter,
    error::Error,
    ids::{JobId, JobRef, ServerId},
    noticing::{
        checks::CheckKind,
        schedule::{Pattern, Period, Schedule, Weekdays},
        settings::{Span, Tolerance, Window},
    },
    service::{
        Actor, Services,
        noticing::evaluator::tick,
        testing::{NOON, TestResult, accounts, at, report, send, services},
    },
    time::Timestamp,
    verdict::Verdict,
};

pub(super) const DAY: i64 = 86_400;
pub(super) const HOUR: i64 = 3600;
pub(super) const JOB: JobRef = JobRef { server: ServerId(1), id: JobId(1) };
pub(super) const ME: Actor = Actor::CommandLine;

fn job() -> Target {
    Target::Jobs(vec![JOB.id])
}

pub(super) fn after_noon(seconds: i64) -> Timestamp {
    Timestamp::from_unix(NOON + seconds)
}

/// Daily runs at noon, each reported at its end ten minutes later.
pub(super) async fn daily(services: &Services, days: std::ops::Range<i64>) -> TestResult {
    for day in days {
        at(services, day * DAY + 600);
        tick(services).await?;
        send(services, report(&after_noon(day * DAY).to_string(), "Success")).await?;
    }
    Ok(())
}

/// Lets the program run until a time, as its evaluator does.
pub(super) async fn run_until(services: &Services, seconds: i64) -> TestResult {
    let mut now = services.clock.now().unix() - NOON;
    while now < seconds {
        now = (now + 120).min(seconds);
        at(services, now);
        tick(services).await?;
    }
    Ok(())
}

pub(super) async fn verdict(services: &Services) -> Result<Verdict, Box<dyn std::error::Error>> {
    Ok(services.db.read(|conn| jobs::find(conn, JOB.id)).await?.verdict())
}

async fn history(
    services: &Services,
) -> Result<Vec<(IncidentRow, Vec<EventRow>)>, Box<dyn std::error::Error>> {
    Ok(services
        .db
        .read(|conn| {
            let mut rows = Vec::new();
            for filter in IncidentFilter::ALL {
                rows.extend(incidents::list(
                    conn,
                    Wanted { filter: Some(filter), ..Wanted::default() },
                    99,
                    0,
                )?);
            }
            rows.sort_by_key(|row| row.id);
            rows.into_iter().map(|row| Ok((row.clone(), incidents::timeline(conn, row.id)?))).collect()
        })
        .await?)
}

fn words(events: &[EventRow]) -> Vec<&str> {
    events.iter().map(|event| event.event.as_str()).collect()
}

pub(super) async fn actions(services: &Services) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let list = |conn: &mut _| audit::list(conn, &audit::AuditFilter::default(), 99, 0);
    Ok(services.db.read(list).await?.into_iter().rev().map(|(_, record)| record.action).collect())
}

pub(super) fn tolerance(tolerance: Tolerance) -> RuleChange {
    RuleChange { tolerance: Change::Set(tolerance), ..RuleChange::default() }
}

fn schedule(schedule: Schedule) -> RuleChange {
    RuleChange { schedule: Change::Set(SetSchedule { schedule, zone: None }), ..RuleChange::default() }
}

pub(super) fn daily_at(hour: i64) -> Schedule {
    Schedule::Every { period: Period::Days(1), at: Some(hour * HOUR), weekdays: None, anchor: None }
}

fn hint_of<T: std::fmt::Debug>(result: Result<T, Error>) -> (&'static str, String) {
    match result {
        Err(Error::Invalid { field, hint }) => (field, hint),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_longer_tolerance_ends_lateness_and_a_shorter_one_brings_it_back() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    assert_eq!(set(&services, &ME, job(), tolerance(Tolerance::Desktop)).await?, 1);
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    let all = history(&services).await?;
    assert_eq!(words(&all[0].1), ["opened", "set", "closed"], "who changed what is expected");
    assert_eq!(all[0].1[1].actor.as_deref(), Some("command line"));
    assert_eq!(set(&services, &ME, job(), tolerance(Tolerance::Seconds(HOUR))).await?, 1);
    assert_eq!(verdict(&services).await?, Verdict::Late);
    // What is so already is neither changed nor noted.
    assert_eq!(set(&services, &ME, job(), tolerance(Tolerance::Seconds(HOUR))).await?, 0);
    let inherit = RuleChange { tolerance: Change::Inherit, ..RuleChange::default() };
    assert_eq!(set(&services, &ME, job(), inherit).await?, 1);
    assert_eq!(actions(&services).await?, ["monitoring.set"; 3]);
    Ok(())
}

#[tokio::test]
async fn a_schedule_counts_from_when_it_was_set_and_so_does_the_return_to_the_learnt_one() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, HOUR).await?;
    let weekly = Schedule::Every { period: Period::Weeks(1), at: None, weekdays: None, anchor: None };
    set(&services, &ME, job(), schedule(weekly)).await?;
    run_until(&services, 4 * DAY).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "once a week");
    // Daily at noon again: four slots were missed by it, before anybody asked for them.
    let inherit = RuleChange { schedule: Change::Inherit, ..RuleChange::default() };
    run_until(&services, 4 * DAY + 7 * HOUR).await?;
    set(&services, &ME, job(), inherit).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    run_until(&services, 5 * DAY + 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late, "the next slot counts");
    set(&services, &ME, job(), schedule(Schedule::Never)).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    set(&services, &ME, job(), schedule(daily_at(12))).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "nothing of the past");
    Ok(())
}

#[tokio::test]
async fn another_zone_does_not_move_a_learnt_schedule() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, HOUR).await?;
    let slot = |services: &Services| {
        let db = services.db.clone();
        async move {
            db.read(|conn| jobs::find(conn, JOB.id)).await.map(|job| job.state.and_then(|state| state.slot))
        }
    };
    let before = slot(&services).await?;
    assert_eq!(before, Some(after_noon(0).to_string()));
    let tokyo = RuleChange { zone: Change::Set("Asia/Tokyo".into()), ..RuleChange::default() };
    set(&services, &ME, job(), tokyo).await?;
    assert_eq!(slot(&services).await?, Some(after_noon(DAY).to_string()), "from when it was set");
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    Ok(())
}

#[tokio::test]
async fn a_pause_closes_what_is_open_and_resuming_awaits_the_next_slot() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 7 * HOUR).await?;
    pause(&services, &ME, job(), None, " away ").await?;
    assert_eq!(verdict(&services).await?, Verdict::Paused);
    let all = history(&services).await?;
    assert_eq!(words(&all[0].1), ["opened", "set", "closed"]);
    assert!(all[0].1[1].details.contains("\"away\""), "{}", all[0].1[1].details);
    assert_eq!(all[0].0.closed_why.as_deref(), Some("paused"));
    // A pause that is in force is replaced by the next one.
    pause(&services, &ME, job(), Some(after_noon(9 * DAY)), "").await?;
    run_until(&services, 2 * DAY + HOUR).await?;
    assert_eq!(resume(&services, &ME, job()).await?, 1);
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    run_until(&services, 3 * DAY + 6 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "the slots before are none");
    run_until(&services, 3 * DAY + 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    assert_eq!(history(&services).await?.len(), 2);
    assert_eq!(actions(&services).await?, ["monitoring.pause", "monitoring.pause", "monitoring.resume"]);
    Ok(())
}

#[tokio::test]
async fn a_job_that_is_paused_with_its_server_is_resumed_with_it() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    assert_eq!(hint_of(resume(&services, &ME, job()).await), ("pause", "it is not paused".into()));
    pause(&services, &ME, Target::Server(JOB.server), None, "moved").await?;
    assert_eq!(verdict(&services).await?, Verdict::Paused);
    let (field, hint) = hint_of(resume(&services, &ME, job()).await);
    assert!(field == "pause" && hint.contains("with its server"), "{hint}");
    resume(&services, &ME, Target::Server(JOB.server)).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    Ok(())
}

#[tokio::test]
async fn a_window_that_is_given_up_excuses_what_lay_in_it() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, -HOUR).await?;
    let today = services.zone.day(services.clock.now());
    let weekly = Window::Repeated {
        begins: Pattern::daily(today, 11 * HOUR, Weekdays::NONE.with(today.weekday())),
        length: 2 * HOUR,
        until: None,
    };
    add_window(&services, &ME, job(), weekly, "updates").await?;
    run_until(&services, 8 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "the slot was in it");
    let id = services.db.read(|conn| windows::of(conn, Scope::Job(JOB.id))).await?[0].id;
    end_window(&services, &ME, id).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "no alarm for the past");
    run_until(&services, DAY + 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    assert_eq!(actions(&services).await?, ["maintenance.add", "maintenance.delete"]);
    // One that has not begun is gone without a trace.
    let once = Span { from: after_noon(9 * DAY), until: Some(after_noon(10 * DAY)) };
    add_window(&services, &ME, job(), Window::Once(once), "").await?;
    let known = services.db.read(|conn| windows::of(conn, Scope::Job(JOB.id))).await?;
    end_window(&services, &ME, known[1].id).await?;
    assert_eq!(services.db.read(|conn| windows::of(conn, Scope::Job(JOB.id))).await?.len(), 1);
    assert!(matches!(end_window(&services, &ME, 99).await, Err(Error::NotFound)));
    Ok(())
}

/// A report with a warning.
fn warned(day: i64, text: &str) -> serde_json::Value {
    let mut sent = report(&after_noon(day * DAY).to_string(), "Warning");
    sent["Data"]["Warnings"] = serde_json::json!([text]);
    sent["Data"]["WarningsActualLength"] = serde_json::json!(1);
    sent
}

#[tokio::test]
async fn an_accepted_kind_of_warnings_leaves_the_job_well_until_it_ends() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -12..0).await?;
    at(&services, 600);
    tick(&services).await?;
    let text = "2026-11-23 12:05:00 +00 - [Warning-Duplicati.Library.Main.Operation.Backup-Locked]: locked: /a/b.txt";
    send(&services, warned(0, text)).await?;
    assert_eq!(verdict(&services).await?, Verdict::Check);
    let kind = crate::noticing::warnings::kind_of_text(text).unwrap_or_default();
    accept_warning(&services, &ME, Some(JOB.id), &kind, Some(after_noon(HOUR))).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    run_until(&services, 2 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Check, "until its end");
    accept_warning(&services, &ME, None, &kind, None).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "everywhere");
    withdraw_warning(&services, &ME, None, &kind).await?;
    assert_eq!(verdict(&services).await?, Verdict::Check);
    assert!(matches!(withdraw_warning(&services, &ME, None, &kind).await, Err(Error::NotFound)));
    let (field, _) = hint_of(accept_warning(&services, &ME, None, &kind, Some(after_noon(0))).await);
    assert_eq!(field, "until");
    Ok(())
}

#[tokio::test]
async fn a_collapse_stays_open_until_somebody_expects_it() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -12..0).await?;
    for day in 0..3 {
        at(&services, day * DAY + 600);
        tick(&services).await?;
        let mut small = report(&after_noon(day * DAY).to_string(), "Success");
        small["Data"]["ExaminedFiles"] = serde_json::json!(20);
        small["Data"]["SizeOfExaminedFiles"] = serde_json::json!(200);
        send(&services, small).await?;
        assert_eq!(verdict(&services).await?, Verdict::Check, "a second bad night is no recovery");
    }
    expect(&services, &ME, JOB.id, CheckKind::Shrank).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    let all = history(&services).await?;
    assert_eq!(words(&all[0].1), ["opened", "set", "closed"]);
    assert_eq!(hint_of(expect(&services, &ME, JOB.id, CheckKind::Shrank).await).0, "check");
    assert_eq!(actions(&services).await?, ["check.expect"]);
    Ok(())
}

#[tokio::test]
async fn many_jobs_are_changed_at_once_and_those_that_are_gone_are_left_out() -> TestResult {
    let (_folder, services) = services()?;
    for job in ["one", "two", "three"] {
        let mut sent = report(&after_noon(0).to_string(), "Success");
        sent["Extra"]["backup-name"] = serde_json::json!(job);
        send(&services, sent).await?;
    }
    let some = Target::Jobs(vec![JobId(1), JobId(3), JobId(99), JobId(1)]);
    assert_eq!(set(&services, &ME, some, tolerance(Tolerance::Laptop)).await?, 2);
    let rule = |id| move |conn: &mut _| settings::rule(conn, Scope::Job(JobId(id)));
    assert_eq!(services.db.read(rule(3)).await?.tolerance, Some(Tolerance::Laptop));
    assert_eq!(services.db.read(rule(2)).await?.tolerance, None);
    let none = set(&services, &ME, Target::Jobs(vec![JobId(99)]), tolerance(Tolerance::Laptop)).await;
    assert!(matches!(none, Err(Error::NotFound)));
    for wrong in [Vec::new(), (1..=1001).map(JobId).collect()] {
        let result = pause(&services, &ME, Target::Jobs(wrong), None, "").await;
        assert_eq!(hint_of(result).0, "jobs");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_is_said_by_its_field() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -2..0).await?;
    let now = services.clock.now();
    let ended = pause(&services, &ME, job(), Some(now), "").await;
    assert_eq!(hint_of(ended).0, "until");
    let long = "x".repeat(501);
    assert_eq!(hint_of(pause(&services, &ME, job(), None, &long).await).0, "reason");
    let window = |from: i64, until: Option<i64>| {
        Window::Once(Span { from: now.plus(from), until: until.map(|until| now.plus(until)) })
    };
    for wrong in [window(HOUR, Some(HOUR)), window(-2 * HOUR, Some(-HOUR)), window(0, None)] {
        assert_eq!(hint_of(add_window(&services, &ME, job(), wrong, "").await).0, "until");
    }
    let zone = RuleChange { zone: Change::Set("Berlin".into()), ..RuleChange::default() };
    assert_eq!(hint_of(set(&services, &ME, job(), zone).await).0, "zone");
    assert_eq!(hint_of(set(&services, &ME, job(), tolerance(Tolerance::Seconds(-5))).await).0, "tolerance");
    assert!(actions(&services).await?.is_empty(), "nothing was done");
    Ok(())
}

#[tokio::test]
async fn a_viewer_sets_nothing() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -2..0).await?;
    let viewer = accounts::member(&services, "vera", Role::Viewer).await?;
    let operator = accounts::member(&services, "otto", Role::Operator).await?;
    let denied = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Forbidden)));
    denied(set(&services, &viewer, job(), tolerance(Tolerance::Laptop)).await.map(|_| ()));
    denied(pause(&services, &viewer, job(), None, "").await.map(|_| ()));
    denied(resume(&services, &viewer, job()).await.map(|_| ()));
    denied(accept_warning(&services, &viewer, None, "x", None).await);
    denied(withdraw_warning(&services, &viewer, None, "x").await);
    denied(expect(&services, &viewer, JOB.id, CheckKind::Shrank).await);
    denied(end_window(&services, &viewer, 1).await);
    let once = Window::Once(Span { from: after_noon(0), until: Some(after_noon(DAY)) });
    denied(add_window(&services, &viewer, job(), once, "").await.map(|_| ()));
    assert_eq!(pause(&services, &operator, job(), None, "").await?, 1);
    Ok(())
}

#[tokio::test]
async fn states_that_are_outdated_are_judged_by_what_is_set_then() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    services
        .db
        .write(|tx| {
            let rule = settings::Rule { tolerance: Some(Tolerance::Laptop), ..settings::Rule::default() };
            settings::set_rule(tx.conn, Scope::Site, &rule)?;
            crate::db::tables::noticing::states::outdate(tx.conn, Scope::Site)
        })
        .await?;
    tick(&services).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    Ok(())
}
