//! The recorded series, sent as reports through the real database: the alarms are those that the rehearsal expects.

use std::{fs, path::Path};

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{incident, report_of};
use crate::{
    db::{schema::heartbeat, tables::noticing::states},
    noticing::{
        incident::Event,
        rehearsal::{Alarm, Closed, Scenario, unmet},
    },
    service::{
        Services,
        noticing::evaluator,
        testing::{TestResult, send, services_in},
    },
    time::Timestamp,
    zone::Zone,
};

/// The report of a run of a story, as Duplicati sends it.
fn report(job: &str, run: &Value) -> Option<(Timestamp, Value)> {
    let (server, name) = job.split_once('/')?;
    let begin: Timestamp = run["begin"].as_str()?.parse().ok()?;
    let end = begin.plus(run["duration"].as_i64()?);
    let mut status = run["status"].as_str()?.to_owned();
    status.get_mut(..1)?.make_ascii_uppercase();
    let mut sent = report_of(server, name, run["begin"].as_str()?, &status);
    let data = &mut sent["Data"];
    // The recorded destinations have no quota.
    data["BackendStatistics"] = json!({});
    data["EndTime"] = json!(end.to_string());
    data["Duration"] = json!(format!("00:00:{:02}", end.since(begin)));
    data["MainOperation"] = run.get("operation").cloned().unwrap_or_else(|| json!("Backup"));
    for (ours, theirs) in [
        ("examined_files", "ExaminedFiles"),
        ("examined_size", "SizeOfExaminedFiles"),
        ("added_files", "AddedFiles"),
        ("modified_files", "ModifiedFiles"),
        ("deleted_files", "DeletedFiles"),
    ] {
        data[theirs] = run[ours].clone();
    }
    for (ours, theirs) in
        [("uploaded", "BytesUploaded"), ("stored", "KnownFileSize"), ("versions", "BackupListCount")]
    {
        data["BackendStatistics"][theirs] = run[ours].clone();
    }
    Some((end, sent))
}

/// Lets the program run until a time: each state changes when its time comes.
async fn run_until(services: &Services, until: Timestamp) -> TestResult {
    loop {
        let next = services.db.read(states::next_change).await?.map(|at| at.max(services.clock.now()));
        let now = next.filter(|next| *next < until).unwrap_or(until);
        services.clock.set(now);
        // It gave a sign of life each minute.
        services
            .db
            .write(move |tx| {
                diesel::update(heartbeat::table).set(heartbeat::at.eq(now.to_string())).execute(tx.conn)?;
                Ok(())
            })
            .await?;
        evaluator::judge(services).await?;
        if now == until {
            return Ok(());
        }
    }
}

#[tokio::test]
async fn recorded_reports_raise_what_the_rehearsal_expects() -> TestResult {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scenarios/recorded");
    let mut count = 0;
    for file in fs::read_dir(folder)? {
        let bytes = fs::read(file?.path())?;
        let (scenario, story) = (Scenario::read(&bytes)?, serde_json::from_slice::<Value>(&bytes)?);
        let (_folder, services) = services_in(Zone::named(&scenario.zone)?)?;
        services.clock.set(scenario.from);
        evaluator::tick(&services).await?;
        let job = story["jobs"][0]["job"].as_str().ok_or("a job")?;
        for run in story["jobs"][0]["runs"].as_array().ok_or("runs")? {
            let (received, report) = report(job, run).ok_or("a run")?;
            run_until(&services, received).await?;
            send(&services, report).await?;
            count += 1;
        }
        run_until(&services, scenario.until).await?;
        let mut alarms = Vec::new();
        for (row, events) in incident(&services).await? {
            let Some(Event::Opened { problem, .. }) = events.first().and_then(|event| event.event()) else {
                return Err(format!("{row:?} {events:?}").into());
            };
            alarms.push(Alarm {
                job: format!("{}/{}", row.server_name, row.job_name),
                kind: problem.as_str(),
                opened: row.opened_at.parse()?,
                closed: Closed::At(row.closed_at.map(|at| at.parse()).transpose()?),
                within: false,
            });
        }
        assert_eq!(unmet(&scenario.expect, &alarms), Vec::<String>::new(), "{}: {alarms:?}", scenario.name);
    }
    assert!(count > 300, "only {count} reports were sent");
    Ok(())
}
