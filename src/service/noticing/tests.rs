//! States as reports and time change them, through the real database.

mod recorded;
mod robust;
mod stored;

use serde_json::{Value, json};

use super::evaluator::{self, tick};
use crate::{
    db::tables::{
        jobs,
        noticing::{
            Judge,
            incidents::{self, EventRow, IncidentRow, Wanted},
            pauses,
            settings::{self, Rule, Scope},
        },
    },
    dto::incidents::IncidentFilter,
    ids::{JobId, JobRef, ServerId},
    noticing::{
        schedule::{Period, Schedule},
        settings::{Span, Tolerance},
    },
    service::{
        Services,
        testing::{NOON, TestResult, at, report, send, services},
    },
    time::Timestamp,
    verdict::Verdict,
};

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
const JOB: JobRef = JobRef { server: ServerId(1), id: JobId(1) };

/// When the daily run of a day began: at noon.
fn begin(day: i64) -> String {
    Timestamp::from_unix(NOON + day * DAY).to_string()
}

fn report_of(machine: &str, job: &str, begin: &str, status: &str) -> Value {
    let mut sent = report(begin, status);
    sent["Extra"]["machine-id"] = json!(machine);
    sent["Extra"]["machine-name"] = json!(machine);
    sent["Extra"]["backup-name"] = json!(job);
    sent
}

/// Daily runs, each reported at its end ten minutes later.
async fn daily(services: &Services, days: std::ops::Range<i64>) -> TestResult {
    for day in days {
        at(services, day * DAY + 600);
        tick(services).await?;
        send(services, report(&begin(day), "Success")).await?;
    }
    Ok(())
}

/// Lets the program run until a time, as its evaluator does: a sign of life each minute would be many.
async fn run_until(services: &Services, seconds: i64) -> TestResult {
    let mut now = services.clock.now().unix() - NOON;
    while now < seconds {
        now = (now + 120).min(seconds);
        at(services, now);
        tick(services).await?;
    }
    Ok(())
}

async fn verdict(services: &Services) -> Result<Verdict, Box<dyn std::error::Error>> {
    Ok(services.db.read(|conn| jobs::find(conn, JOB.id)).await?.verdict())
}

async fn incident(
    services: &Services,
) -> Result<Vec<(IncidentRow, Vec<EventRow>)>, Box<dyn std::error::Error>> {
    Ok(services
        .db
        .read(|conn| {
            let of = |conn: &mut _, filter| {
                incidents::list(conn, Wanted { filter: Some(filter), ..Wanted::default() }, 99, 0)
            };
            let mut rows = of(conn, IncidentFilter::Open)?;
            rows.extend(of(conn, IncidentFilter::Closed)?);
            rows.sort_by_key(|row| row.id);
            rows.into_iter().map(|row| Ok((row.clone(), incidents::timeline(conn, row.id)?))).collect()
        })
        .await?)
}

fn words(events: &[EventRow]) -> Vec<&str> {
    events.iter().map(|event| event.event.as_str()).collect()
}

#[tokio::test]
async fn a_missed_run_is_late_at_its_minute_and_good_again_with_the_next_report() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    // Slot, ten minutes, a quarter of a day.
    let due = 600 + 6 * HOUR;
    run_until(&services, due - 1).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    at(&services, due);
    let next = tick(&services).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    assert!(next.is_none_or(|next| next > services.clock.now()));
    // A second program, or a restart, changes nothing again.
    tick(&services).await?;
    let open = incident(&services).await?;
    assert_eq!(open.len(), 1);
    let (row, events) = &open[0];
    assert_eq!((row.problem.as_str(), row.closed_at.as_deref()), ("late", None));
    assert_eq!((row.server_name.as_str(), row.job_name.as_str()), ("nas", "Documents"));
    assert_eq!(row.since, Timestamp::from_unix(NOON + due).to_string());
    assert_eq!(words(events), ["opened"]);
    run_until(&services, 20 * HOUR).await?;
    send(&services, report(&Timestamp::from_unix(NOON + 20 * HOUR - 600).to_string(), "Success")).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    let closed = incident(&services).await?;
    assert_eq!(words(&closed[0].1), ["opened", "closed"]);
    assert_eq!(closed[0].0.closed_why.as_deref(), Some("good"));
    assert!(closed[0].1[1].run_id.is_some(), "by which run");
    Ok(())
}

#[tokio::test]
async fn a_failure_opens_at_once_and_the_silence_after_it_is_one_entry() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    at(&services, 600);
    tick(&services).await?;
    send(&services, report(&begin(0), "Fatal")).await?;
    assert_eq!(verdict(&services).await?, Verdict::Failed);
    run_until(&services, 3 * DAY).await?;
    let all = incident(&services).await?;
    assert_eq!(all.len(), 1);
    assert_eq!(words(&all[0].1), ["opened", "silent"]);
    Ok(())
}

#[tokio::test]
async fn our_own_downtime_excuses_the_slot_in_it() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, -2 * HOUR).await?;
    // Nobody was there from ten to four.
    at(&services, 4 * HOUR);
    tick(&services).await?;
    run_until(&services, DAY + 6 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "the slot of that day is excused");
    run_until(&services, DAY + 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late, "the next one decides");
    Ok(())
}

#[tokio::test]
async fn what_became_due_while_nobody_was_there_opens_at_the_start() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 5 * HOUR).await?;
    at(&services, 8 * HOUR);
    tick(&services).await?;
    let all = incident(&services).await?;
    assert_eq!(all[0].0.since, Timestamp::from_unix(NOON + 6 * HOUR + 600).to_string());
    assert_eq!(all[0].0.opened_at, Timestamp::from_unix(NOON + 8 * HOUR).to_string());
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_set_back_repeats_nothing() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    at(&services, 6 * HOUR);
    for _ in 0..3 {
        tick(&services).await?;
    }
    assert_eq!(verdict(&services).await?, Verdict::Late, "an hour");
    run_until(&services, 8 * HOUR).await?;
    let all = incident(&services).await?;
    assert_eq!((all.len(), words(&all[0].1)), (1, vec!["opened"]));
    Ok(())
}

#[tokio::test]
async fn a_clock_that_was_years_ahead_leaves_no_alarm() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, HOUR).await?;
    at(&services, 3000 * DAY);
    tick(&services).await?;
    at(&services, 2 * HOUR);
    tick(&services).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    Ok(())
}

#[tokio::test]
async fn states_of_an_older_database_are_made_from_its_history() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -12..0).await?;
    send(&services, report_of("web", "Photos", &begin(-9), "Fatal")).await?;
    let states = |services: &Services| {
        let db = services.db.clone();
        async move {
            db.read(|conn| {
                let of = |job: jobs::JobRecord| {
                    let state = job.state.clone();
                    (job.id, job.verdict(), state.and_then(|state| state.due))
                };
                Ok(jobs::all(conn, None)?.into_iter().map(of).collect::<Vec<_>>())
            })
            .await
        }
    };
    let before = states(&services).await?;
    services
        .db
        .write(|tx| {
            use diesel::connection::SimpleConnection as _;
            tx.conn.batch_execute("DELETE FROM job_states; DELETE FROM job_facts; DELETE FROM incidents;")?;
            Ok(())
        })
        .await?;
    evaluator::complete(&services).await?;
    assert_eq!(states(&services).await?, before);
    assert_eq!(incident(&services).await?.len(), 1, "what is wrong now");
    Ok(())
}

/// What a person sets, in the transaction of a use case.
async fn set(services: &Services, scope: Scope, rule: Rule) -> TestResult {
    let (zone, now) = (services.zone.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            settings::set_rule(tx.conn, scope, &rule)?;
            Judge::at(tx.conn, &zone, now)?.reset(tx.conn, JOB)
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_job_follows_what_is_set_for_it_its_server_or_the_site() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    set(&services, Scope::Site, Rule { tolerance: Some(Tolerance::Desktop), ..Rule::default() }).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    set(
        &services,
        Scope::Server(JOB.server),
        Rule { tolerance: Some(Tolerance::Seconds(HOUR)), ..Rule::default() },
    )
    .await?;
    assert_eq!(verdict(&services).await?, Verdict::Late, "the server's is nearer");
    let weekly = Schedule::Every { period: Period::Weeks(1), at: None, weekdays: None, anchor: None };
    set(
        &services,
        Scope::Job(JOB.id),
        Rule { schedule: Some(weekly), schedule_set: Some(services.clock.now()), ..Rule::default() },
    )
    .await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    Ok(())
}

#[tokio::test]
async fn a_pause_closes_what_is_open_and_the_next_slot_counts() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 7 * HOUR).await?;
    let (zone, now) = (services.zone.clone(), services.clock.now());
    let until = Timestamp::from_unix(NOON + 2 * DAY + HOUR);
    services
        .db
        .write(move |tx| {
            let span = Span { from: now, until: Some(until) };
            pauses::start(tx.conn, Scope::Server(JOB.server), span, ("holidays", "ada"), now)?;
            Judge::at(tx.conn, &zone, now)?.reset(tx.conn, JOB)
        })
        .await?;
    assert_eq!(verdict(&services).await?, Verdict::Paused);
    let all = incident(&services).await?;
    assert_eq!(all[0].0.closed_why.as_deref(), Some("paused"));
    run_until(&services, 3 * DAY).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "resumed by itself");
    run_until(&services, 3 * DAY + 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    assert_eq!(incident(&services).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_run_that_reports_progress_holds_lateness_back_and_then_is_stuck() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    let live = |state: &str| -> Value {
        json!({
            "operation": "Backup", "status": state, "startedUtc": begin(0),
            "metadata": { "machineId": "0123456789abcdef0123456789abcdef", "machineName": "nas",
                "backupName": "Documents" },
        })
    };
    at(&services, 0);
    tick(&services).await?;
    send(&services, live("Started")).await?;
    run_until(&services, 6 * HOUR).await?;
    send(&services, live("Progress")).await?;
    run_until(&services, 6 * HOUR + 700).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "it was heard of just now");
    run_until(&services, 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Stuck);
    at(&services, 8 * HOUR);
    tick(&services).await?;
    send(&services, report(&begin(0), "Success")).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    Ok(())
}

#[tokio::test]
async fn incidents_outlive_their_job() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 7 * HOUR).await?;
    let actor = crate::service::Actor::CommandLine;
    crate::service::servers::delete(&services, &actor, JOB.server).await?;
    let all = incident(&services).await?;
    assert_eq!((all[0].0.job_id, all[0].0.job_name.as_str()), (None, "Documents"));
    assert_eq!(all[0].0.closed_why.as_deref(), Some("gone"));
    Ok(())
}
