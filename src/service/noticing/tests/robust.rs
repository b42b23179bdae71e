//! Nothing is missed and nothing told twice, whatever happens to the program, its clock, its zone and its file.

use std::{fs, path::Path};

use super::*;
use crate::{
    clock::Clock,
    db::{Db, engine::files, tables::noticing::downtimes},
    dto::database::RestoreChoice,
    noticing::schedule::Source,
    service::{
        Actor, Crypto, Options, database,
        noticing::evaluator::{complete, judge},
        tasks::housekeeping::follow_time_zone,
    },
    zone::Zone,
};

/// When the run of the first day is late: slot, ten minutes, a quarter of a day.
const DUE: i64 = 600 + 6 * HOUR;

/// Another program on a file, with a clock of its own that shows the same.
fn another(services: &Services, path: &Path, zone: Zone) -> Result<Services, Box<dyn std::error::Error>> {
    let options = Options { open_ingest: true, ..Options::default() };
    let clock = Clock::manual(services.clock.now());
    Ok(Services::new(Db::open(path)?, clock, zone, options, Crypto::for_made_up_data()?))
}

/// The file as it would be if the power failed now.
fn copy(services: &Services, folder: &Path) -> Result<std::path::PathBuf, Box<dyn std::error::Error>> {
    let (from, to) = (services.db.path(), folder.join("copy.db"));
    fs::copy(from, &to)?;
    fs::copy(files::log(from), files::log(&to))?;
    Ok(to)
}

/// All incidents, as their problem and the words of their timelines.
async fn told(services: &Services) -> Result<Vec<(String, Vec<String>)>, Box<dyn std::error::Error>> {
    let all = incident(services).await?.into_iter();
    Ok(all
        .map(|(row, events)| (row.worst.clone(), words(&events).into_iter().map(str::to_owned).collect()))
        .collect())
}

fn story(problem: &str, events: &[&str]) -> (String, Vec<String>) {
    (problem.to_owned(), events.iter().map(|event| (*event).to_owned()).collect())
}

/// What is stored agrees with what is known.
async fn agrees(services: &Services) -> TestResult {
    let found = database::integrity(services, &Actor::CommandLine).await?;
    assert_eq!(found.problems(), 0, "{found:#?}");
    Ok(())
}

#[tokio::test]
async fn a_power_failure_between_a_report_and_the_next_judgement_loses_and_repeats_nothing() -> TestResult {
    let (folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 600).await?;
    send(&services, report(&begin(0), "Fatal")).await?;
    let restarted = another(&services, &copy(&services, folder.path())?, Zone::utc())?;
    assert_eq!(told(&restarted).await?, [story("failed", &["opened"])]);
    // It is started again after a minute.
    at(&restarted, 700);
    complete(&restarted).await?;
    run_until(&restarted, 2 * DAY).await?;
    assert_eq!(told(&restarted).await?, [story("failed", &["opened", "silent"])]);
    at(&restarted, 2 * DAY + 600);
    send(&restarted, report(&begin(2), "Success")).await?;
    assert_eq!(told(&restarted).await?, [story("failed", &["opened", "silent", "closed"])]);
    // And one that comes right before the minute at which a job is late.
    run_until(&restarted, 3 * DAY + DUE - 60).await?;
    let again = tempfile::tempdir()?;
    let restarted = another(&restarted, &copy(&restarted, again.path())?, Zone::utc())?;
    run_until(&restarted, 3 * DAY + DUE).await?;
    assert_eq!(verdict(&restarted).await?, Verdict::Late);
    assert_eq!(told(&restarted).await?.len(), 2);
    agrees(&restarted).await
}

#[tokio::test]
async fn what_comes_first_after_a_suspended_machine_woke_up_raises_no_alarm() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, -2 * HOUR).await?;
    // Suspended from ten in the morning to eight in the evening; then reports, before the next sign of life.
    at(&services, 8 * HOUR);
    let mut verification = report(&Timestamp::from_unix(NOON + 8 * HOUR - 60).to_string(), "Success");
    verification["Data"]["MainOperation"] = json!("Test");
    verification["Extra"]["OperationName"] = json!("Test");
    send(&services, verification).await?;
    judge(&services).await?;
    assert_eq!(told(&services).await?, []);
    agrees(&services).await?;
    tick(&services).await?;
    assert_eq!((verdict(&services).await?, told(&services).await?), (Verdict::Ok, vec![]));
    agrees(&services).await?;
    run_until(&services, DAY + DUE).await?;
    assert_eq!(told(&services).await?, [story("late", &["opened"])], "the next slot decides");
    agrees(&services).await
}

#[tokio::test]
async fn a_clock_that_was_ahead_for_a_moment_excuses_nothing() -> TestResult {
    for ahead in [2 * HOUR - 60, 3 * HOUR, DAY, 30 * DAY] {
        let (_folder, services) = services()?;
        daily(&services, -8..0).await?;
        run_until(&services, -HOUR / 2).await?;
        at(&services, -HOUR / 2 + ahead);
        tick(&services).await?;
        at(&services, -HOUR / 2 + 60);
        tick(&services).await?;
        assert_eq!(told(&services).await?, [], "{ahead}");
        run_until(&services, DUE - 1).await?;
        assert_eq!(verdict(&services).await?, Verdict::Ok, "{ahead}");
        run_until(&services, DUE).await?;
        assert_eq!(verdict(&services).await?, Verdict::Late, "{ahead} ahead");
        run_until(&services, 20 * HOUR).await?;
        assert_eq!(told(&services).await?, [story("late", &["opened"])], "{ahead}");
        agrees(&services).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_clock_that_was_behind_is_a_time_in_which_nobody_was_there() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, -HOUR).await?;
    at(&services, 7 * HOUR);
    run_until(&services, DAY + DUE - 1).await?;
    assert_eq!(told(&services).await?, []);
    run_until(&services, DAY + DUE).await?;
    assert_eq!(told(&services).await?, [story("late", &["opened"])]);
    agrees(&services).await
}

#[tokio::test]
async fn a_clock_that_goes_to_and_fro_tells_nothing_twice() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, DUE).await?;
    for seconds in [-HOUR, 0, 60 - 2 * HOUR, 60, -90, 120, -600, 180] {
        at(&services, DUE + seconds);
        tick(&services).await?;
        judge(&services).await?;
    }
    run_until(&services, 9 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    assert_eq!(told(&services).await?, [story("late", &["opened"])]);
    agrees(&services).await
}

#[tokio::test]
async fn another_zone_of_the_site_moves_no_slot() -> TestResult {
    for name in ["Pacific/Apia", "America/Los_Angeles", "Asia/Kathmandu"] {
        let (_folder, services) = services()?;
        follow_time_zone(&services).await?;
        daily(&services, -8..0).await?;
        run_until(&services, -2 * HOUR).await?;
        let path = services.db.path().to_owned();
        let moved = another(&services, &path, Zone::named(name)?)?;
        follow_time_zone(&moved).await?;
        tick(&moved).await?;
        agrees(&moved).await?;
        for day in 0..4 {
            run_until(&moved, day * DAY + 600).await?;
            send(&moved, report(&begin(day), "Success")).await?;
        }
        assert_eq!((verdict(&moved).await?, told(&moved).await?), (Verdict::Ok, vec![]), "{name}");
        let zone = |state: Option<crate::db::tables::noticing::states::StateRow>| {
            state.and_then(|state| state.why().zone).unwrap_or_default()
        };
        let state = moved.db.read(|conn| jobs::find(conn, JOB.id)).await?.state;
        assert_eq!(zone(state), name);
        run_until(&moved, 4 * DAY + DUE - 1).await?;
        assert_eq!(verdict(&moved).await?, Verdict::Ok, "{name}");
        run_until(&moved, 4 * DAY + DUE).await?;
        assert_eq!(told(&moved).await?, [story("late", &["opened"])], "{name}");
        agrees(&moved).await?;
    }
    Ok(())
}

#[tokio::test]
async fn another_zone_of_a_job_moves_no_slot() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, -2 * HOUR).await?;
    set(&services, Scope::Job(JOB.id), Rule { zone: Some("Pacific/Apia".into()), ..Rule::default() }).await?;
    run_until(&services, DUE - 1).await?;
    assert_eq!(told(&services).await?, []);
    run_until(&services, DUE).await?;
    assert_eq!(told(&services).await?, [story("late", &["opened"])]);
    agrees(&services).await
}

async fn restore(services: &Services, backup: &Path) -> TestResult {
    let choice = RestoreChoice { revive: false };
    database::restore(services, &Actor::CommandLine, backup.to_owned(), None, choice).await?;
    Ok(())
}

#[tokio::test]
async fn a_restore_of_an_older_database_raises_no_alarm_for_what_is_not_known_any_more() -> TestResult {
    let (folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, -HOUR).await?;
    let backup = copy(&services, folder.path())?;
    daily(&services, 0..5).await?;
    run_until(&services, 4 * DAY + 8 * HOUR).await?;
    restore(&services, &backup).await?;
    assert_eq!((verdict(&services).await?, told(&services).await?), (Verdict::Ok, vec![]));
    agrees(&services).await?;
    let known =
        services.db.read(|conn| downtimes::lately(conn, Timestamp::from_unix(NOON + 4 * DAY + 9 * HOUR)));
    let last = known.await?.into_iter().filter_map(|span| span.until).max().ok_or("no downtime")?;
    assert!(last >= Timestamp::from_unix(NOON + 4 * DAY + 8 * HOUR), "what was not heard is noted at once");
    run_until(&services, 5 * DAY + DUE - 1).await?;
    assert_eq!(told(&services).await?, []);
    run_until(&services, 5 * DAY + DUE).await?;
    assert_eq!(told(&services).await?, [story("late", &["opened"])]);
    agrees(&services).await
}

#[tokio::test]
async fn states_are_there_at_once_after_a_database_without_them_is_restored() -> TestResult {
    let (folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, -HOUR).await?;
    let forget = |tx: &mut crate::db::Tx<'_>| {
        use diesel::connection::SimpleConnection as _;
        tx.conn.batch_execute("DELETE FROM job_states; DELETE FROM job_facts; DELETE FROM heartbeat;")?;
        Ok(())
    };
    services.db.write(forget).await?;
    let backup = copy(&services, folder.path())?;
    complete(&services).await?;
    restore(&services, &backup).await?;
    let state = services.db.read(|conn| jobs::find(conn, JOB.id)).await?.state;
    assert_eq!(state.map(|state| state.verdict()), Some(Verdict::Ok));
    agrees(&services).await
}

#[tokio::test]
async fn a_run_that_was_under_way_in_an_older_database_is_not_stuck_in_the_restored_one() -> TestResult {
    let (folder, services) = services()?;
    for job in ["Documents", "Photos"] {
        // Of the second one too little is known for a schedule.
        let days = if job == "Photos" { -2..0 } else { -8..0 };
        for day in days {
            at(&services, day * DAY + 600);
            tick(&services).await?;
            send(&services, report_of("nas", job, &begin(day), "Success")).await?;
        }
        at(&services, 60);
        tick(&services).await?;
        let live = json!({
            "operation": "Backup", "status": "Started", "startedUtc": begin(0),
            "metadata": { "machineId": "nas", "machineName": "nas", "backupName": job },
        });
        send(&services, live).await?;
    }
    let backup = copy(&services, folder.path())?;
    run_until(&services, DAY + HOUR).await?;
    restore(&services, &backup).await?;
    run_until(&services, DAY + 2 * HOUR).await?;
    assert_eq!(told(&services).await?, []);
    agrees(&services).await
}

#[tokio::test]
async fn two_evaluators_of_one_database_change_each_state_once() -> TestResult {
    let (_folder, one) = services()?;
    daily(&one, -8..0).await?;
    send(&one, report_of("web", "Photos", &begin(-1), "Success")).await?;
    run_until(&one, 0).await?;
    let path = one.db.path().to_owned();
    let other = another(&one, &path, Zone::utc())?;
    for now in (0..=7 * HOUR).step_by(120) {
        at(&one, now);
        at(&other, now);
        let (first, second) = tokio::join!(tick(&one), tick(&other));
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    }
    assert_eq!(told(&other).await?, [story("late", &["opened"])]);
    send(&other, report(&Timestamp::from_unix(NOON + 7 * HOUR - 600).to_string(), "Success")).await?;
    let (first, second) = tokio::join!(tick(&one), tick(&other));
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(told(&one).await?, [story("late", &["opened", "closed"])]);
    agrees(&one).await
}

#[tokio::test]
async fn a_told_schedule_is_read_from_what_was_received_when_states_are_made_anew() -> TestResult {
    let (_folder, services) = services()?;
    for day in -3..0 {
        at(&services, day * DAY + 600);
        tick(&services).await?;
        let mut sent = report(&begin(day), "Success");
        sent["Extra"]["next-scheduled-run"] = json!(begin(day + 1));
        send(&services, sent).await?;
    }
    let plan = || async {
        let state = services.db.read(|conn| jobs::find(conn, JOB.id)).await?.state;
        let state = state.ok_or("no state")?;
        Ok::<_, Box<dyn std::error::Error>>((state.why().plan, state.slot, state.due))
    };
    let before = plan().await?;
    assert_eq!(before.0.as_ref().map(|plan| plan.source), Some(Source::Told));
    services
        .db
        .write(|tx| {
            use diesel::connection::SimpleConnection as _;
            tx.conn.batch_execute("DELETE FROM job_states; DELETE FROM job_facts;")?;
            Ok(())
        })
        .await?;
    complete(&services).await?;
    assert_eq!(plan().await?, before);
    run_until(&services, DUE).await?;
    assert_eq!(told(&services).await?, [story("late", &["opened"])]);
    agrees(&services).await
}
