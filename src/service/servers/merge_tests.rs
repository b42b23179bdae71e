//! What hangs on a server or on its jobs is there after it became part of another one.

use diesel::{connection::SimpleConnection as _, prelude::*};
use serde_json::json;

use super::*;
use crate::{
    db::{
        StoreError,
        engine::dynamic,
        schema::{jobs as job_rows, live_runs, notifications, raw_reports, servers as rows},
        tables::references::{OnMerge, REFERENCES},
    },
    service::{
        ingest_keys, labels,
        testing::{TestResult, accounts::trail, at, check_totals, report, send, send_with, services},
    },
};

const ROOT: Actor = Actor::CommandLine;

fn report_of(machine: &str, job: &str, begin: &str) -> serde_json::Value {
    let mut sent = report(begin, "Success");
    sent["Extra"]["machine-id"] = json!(machine);
    sent["Extra"]["machine-name"] = json!(machine);
    sent["Extra"]["backup-name"] = json!(job);
    sent
}

fn compact_of(machine: &str, begin: &str) -> serde_json::Value {
    let mut sent = report_of(machine, "Documents", begin);
    sent["Data"]["MainOperation"] = json!("Compact");
    sent["Extra"]["OperationName"] = json!("Compact");
    sent
}

async fn id_of(services: &Services, name: &str) -> Result<ServerId, Error> {
    find_by_name(services, &ROOT, name).await
}

async fn run_sql(services: &Services, sql: &'static str) -> Result<(), StoreError> {
    services.db.write(move |tx| Ok(tx.conn.batch_execute(sql)?)).await
}

async fn number(services: &Services, sql: String) -> Result<i64, StoreError> {
    services.db.read(move |conn| Ok(dynamic::number(conn, &sql)?.unwrap_or(-1))).await
}

async fn row(services: &Services, id: ServerId) -> Result<ServerRecord, StoreError> {
    services.db.read(move |conn| servers::find(conn, id)).await
}

/// Two servers with all that one can have; the one that goes was there first.
async fn both() -> Result<(tempfile::TempDir, Services, ServerId, ServerId), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    for machine in ["old", "new", "third"] {
        send(&services, report_of(machine, "Documents", "2026-11-20T02:00:00Z")).await?;
        send(&services, report_of(machine, machine, "2026-11-20T03:00:00Z")).await?;
        send(&services, compact_of(machine, "2026-11-20T05:00:00Z")).await?;
        at(&services, 60);
    }
    let (old, new) = (id_of(&services, "old").await?, id_of(&services, "new").await?);
    run_sql(
        &services,
        "INSERT INTO notifications (server_id, backup_id, type, status) SELECT server_id, id, 'failed', 'sent' FROM backups;
         INSERT INTO notifications (server_id, type, status) SELECT id, 'late', 'sent' FROM servers;
         INSERT INTO live_runs (job_id, operation, started_at, reported_at)
             SELECT id, 'Backup', '2026-11-24T00:00:00Z', '2026-11-24T00:00:0' || server_id || 'Z' FROM jobs;
         UPDATE servers SET same_name_as = (SELECT id FROM servers WHERE name = 'old') WHERE name = 'third';
         UPDATE servers SET mismatch_machine = 'x', mismatch_at = '2026-11-01T00:00:00Z',
             mismatch_server_id = (SELECT id FROM servers WHERE name = 'old') WHERE name IN ('third', 'new');
         UPDATE servers SET mismatch_machine = 'lost?', mismatch_at = '2026-11-02T00:00:00Z',
             mismatch_server_id = (SELECT id FROM servers WHERE name = 'third') WHERE name = 'old';
         INSERT INTO retention_rules (server_id, job_id, keep_days, keep_last) SELECT server_id, id, 10 * id, 0 FROM jobs;
         INSERT INTO retention_rules (server_id, keep_days, keep_last) SELECT id, 100 * id, id FROM servers;
         INSERT INTO incidents (job_id, server_id, server_name, job_name, opened_at, since, problem, worst, checks)
             SELECT id, server_id, 'x', name, '2026-11-20T04:00:00Z', '2026-11-20T04:00:00Z', 'late', 'late', '[]' FROM jobs;
         INSERT INTO incident_events (incident_id, at, event, details, run_id)
             SELECT id, opened_at, 'opened', '{}', (SELECT min(id) FROM backups) FROM incidents;
         UPDATE job_states SET incident_id = (SELECT id FROM incidents WHERE incidents.job_id = job_states.job_id);
         INSERT INTO pauses (server_id, from_at, until_at, reason, created_by, created_at)
             SELECT id, '2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z', 'x', 'x', created_at FROM servers;
         INSERT INTO pauses (job_id, from_at, until_at, reason, created_by, created_at)
             SELECT id, '2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z', 'x', 'x', created_at FROM jobs;
         INSERT INTO maintenance_windows (server_id, name, spans, created_by, created_at) SELECT id, 'x', '{}', 'x', created_at FROM servers;
         INSERT INTO maintenance_windows (job_id, name, spans, created_by, created_at) SELECT id, 'x', '{}', 'x', created_at FROM jobs;
         INSERT INTO monitoring_rules (server_id, tolerance) SELECT id, '\"desktop\"' FROM servers;
         INSERT INTO monitoring_rules (job_id, tolerance) SELECT id, '\"laptop\"' FROM jobs;
         INSERT INTO notification_rules (server_id, topics, is_nobody, created_by, created_at) SELECT id, '[]', FALSE, 'x', created_at FROM servers;
         INSERT INTO notification_rules (job_id, topics, is_nobody, created_by, created_at) SELECT id, '[]', FALSE, 'x', created_at FROM jobs;
         INSERT INTO shared_links (kind, server_id, nonce, title, fields, created_by, created_at)
             SELECT 'feed', id, 'x', '', '', 'x', created_at FROM servers;
         INSERT INTO shared_links (kind, job_id, nonce, title, fields, created_by, created_at)
             SELECT 'feed', id, 'x', '', '', 'x', created_at FROM jobs;
         INSERT INTO accepted_warnings (job_id, kind, created_by, created_at) SELECT id, 'x', 'x', created_at FROM jobs;
         UPDATE jobs SET created_at = '2026-01-01T00:00:00Z' WHERE server_id = 1;
         INSERT INTO backup_ids (server_id, backup_id, machine_id, job_id)
             SELECT server_id, 'DB-1', '', id FROM jobs WHERE name = 'Documents';
         UPDATE jobs SET backup_id = 'DB-1' WHERE name = 'Documents' AND server_id <> 2;
         UPDATE servers SET created_at = '2026-01-01T00:00:00Z' WHERE name = 'old';
         UPDATE servers SET operating_system = NULL, duplicati_version = NULL WHERE name = 'new';
         UPDATE servers SET operating_system = 'Linux', duplicati_version = '2.1' WHERE name = 'old';",
    )
    .await?;
    for name in ["old", "new", "third"] {
        ingest_keys::create(&services, &ROOT, name).await?;
    }
    labels::set_of_server(&services, &ROOT, old, "Cellar", "mine, both").await?;
    labels::set_of_server(&services, &ROOT, new, "", "both").await?;
    let own = server_changes::jobs_of;
    for job in services.db.read(move |conn| own(conn, old)).await? {
        labels::set_of_job(&services, &ROOT, job.id, "kept").await?;
    }
    Ok((folder, services, old, new))
}

#[tokio::test]
async fn nothing_refers_to_the_server_that_is_gone_and_nothing_that_was_its_own_is_lost() -> TestResult {
    let (_folder, services, old, new) = both().await?;
    let moves = |it: &&crate::db::tables::references::Reference| it.on_merge == OnMerge::Moves;
    let count = async |table: &str| number(&services, format!("SELECT count(*) FROM {table}")).await;
    let mut before = Vec::new();
    for it in REFERENCES.iter().filter(moves) {
        let own =
            number(&services, format!("SELECT count(*) FROM {} WHERE {} = {}", it.table, it.column, old.0));
        assert!(own.await? > 0, "the test has nothing in {it:?}");
        before.push(count(it.table).await?);
    }
    for it in REFERENCES {
        assert!(count(it.table).await? > 0, "the test has nothing in {it:?}");
    }
    merge(&services, &ROOT, old, new).await?;
    let mut after = Vec::new();
    for it in REFERENCES.iter().filter(moves) {
        after.push(count(it.table).await?);
    }
    assert_eq!(after, before);
    for it in REFERENCES.iter().filter(|it| it.column.ends_with("server_id") || it.column == "same_name_as") {
        let sql = format!("SELECT count(*) FROM {} WHERE {} = {}", it.table, it.column, old.0);
        assert_eq!(number(&services, sql).await?, 0, "{it:?}");
    }
    assert_eq!(count("pragma_foreign_key_check").await?, 0);
    check_totals(&services).await
}

#[tokio::test]
async fn a_server_keeps_what_was_said_and_seen_of_both() -> TestResult {
    let (_folder, services, old, new) = both().await?;
    let say = async |id, alias: &str, notes: &str| {
        let said =
            ServerChange { alias: Some(alias.into()), notes: Some(notes.into()), ..ServerChange::default() };
        change(&services, &ROOT, id, said).await
    };
    say(old, "Old box", "in the cellar").await?;
    say(new, "New box", "in the attic").await?;
    let third = id_of(&services, "third").await?;
    merge(&services, &ROOT, old, new).await?;
    let one = row(&services, new).await?;
    assert_eq!(one.alias.as_deref(), Some("New box"));
    assert_eq!(one.notes.as_deref(), Some("in the attic\n\nold (“Old box”): in the cellar"));
    assert_eq!(one.created_at, "2026-01-01T00:00:00Z");
    assert_eq!(
        (one.operating_system.as_deref(), one.duplicati_version.as_deref()),
        (Some("Linux"), Some("2.1"))
    );
    // The old one was known as a third one, too; that the new one was known as the old one is settled.
    assert_eq!((one.mismatch_machine.as_deref(), one.mismatch_server_id), (Some("lost?"), Some(third.0)));
    let other = row(&services, third).await?;
    assert_eq!((other.same_name_as, other.mismatch_server_id), (Some(new.0), Some(new.0)));
    let told =
        trail(&services).await?.into_iter().find(|entry| entry.action == "server.merge").ok_or("no entry")?;
    assert_eq!(told.before.as_deref(), Some(r#"{"alias":"Old box","notes":"in the cellar"}"#));
    Ok(())
}

#[tokio::test]
async fn jobs_of_both_keep_what_either_knew() -> TestResult {
    let (_folder, services, old, new) = both().await?;
    merge(&services, &ROOT, old, new).await?;
    type Job = (String, String, Option<String>);
    let jobs: Vec<Job> = services
        .db
        .read(move |conn| {
            let of_server = job_rows::table.filter(job_rows::server_id.eq(new.0)).order(job_rows::name);
            Ok(of_server.select((job_rows::name, job_rows::created_at, job_rows::backup_id)).load(conn)?)
        })
        .await?;
    let names: Vec<&str> = jobs.iter().map(|job| job.0.as_str()).collect();
    assert_eq!(names, ["Documents", "new", "old"]);
    assert_eq!((jobs[0].1.as_str(), jobs[0].2.as_deref()), ("2026-01-01T00:00:00Z", Some("DB-1")));
    assert_eq!(jobs[2].1, "2026-01-01T00:00:00Z");
    // The run under way that was told last, of the job that both have, and that of the job that only the old one had.
    let live: Vec<String> = services
        .db
        .read(move |conn| {
            let of_server =
                live_runs::table.inner_join(job_rows::table).filter(job_rows::server_id.eq(new.0));
            Ok(of_server.order(job_rows::name).select(live_runs::reported_at).load(conn)?)
        })
        .await?;
    assert_eq!(live, ["2026-11-24T00:00:02Z", "2026-11-24T00:00:02Z", "2026-11-24T00:00:01Z"]);
    let sent: i64 = services
        .db
        .read(move |conn| {
            let of_runs = notifications::table.filter(notifications::backup_id.is_not_null());
            Ok(of_runs.filter(notifications::server_id.eq(new.0)).count().get_result(conn)?)
        })
        .await?;
    assert_eq!(sent, 4, "that of the run that both had is told of the one that is left");
    Ok(())
}

#[tokio::test]
async fn an_operation_that_both_had_keeps_the_raw_report_that_there_is() -> TestResult {
    let (_folder, services, old, new) = both().await?;
    run_sql(
        &services,
        "DELETE FROM raw_reports WHERE operation_id IN (SELECT id FROM operations WHERE server_id = 2)",
    )
    .await?;
    merge(&services, &ROOT, old, new).await?;
    let raw: i64 = services
        .db
        .read(|conn| {
            let of_operations = raw_reports::table.filter(raw_reports::operation_id.is_not_null());
            Ok(of_operations.count().get_result(conn)?)
        })
        .await?;
    assert_eq!(raw, 2, "one of both, and that of the third server");
    Ok(())
}

#[tokio::test]
async fn a_merge_that_is_done_again_says_nothing_twice() -> TestResult {
    let (_folder, services, old, new) = both().await?;
    let said = |notes: &str| ServerChange { notes: Some(notes.into()), ..ServerChange::default() };
    change(&services, &ROOT, old, said("in the cellar")).await?;
    change(&services, &ROOT, new, said("in the attic")).await?;
    let now = services.clock.now();
    // It broke off after its first step.
    services.db.write(move |tx| crate::db::tables::merge_servers::adopt(tx.conn, old, new, now)).await?;
    merge(&services, &ROOT, old, new).await?;
    assert_eq!(row(&services, new).await?.notes.as_deref(), Some("in the attic\n\nold: in the cellar"));
    Ok(())
}

/// The sender was known when its request came; the server whose key it is became part of another one before it was stored.
#[tokio::test]
async fn a_report_under_way_goes_to_the_server_that_stays() -> TestResult {
    let (_folder, services, old, new) = both().await?;
    let bound = ingest_keys::create(&services, &ROOT, "old").await?;
    let sender = crate::service::ingest::authenticate(&services, Some(&bound.secret)).await?;
    merge(&services, &ROOT, old, new).await?;
    let sent = report_of("old", "Documents", "2026-11-22T02:00:00Z").to_string().into_bytes();
    let upload = crate::service::ingest::Upload {
        content_type: None,
        body: sent,
        key: None,
        source: "192.0.2.7".into(),
    };
    crate::service::ingest::accept(&services, &sender, upload).await?;
    let of_new: i64 = services
        .db
        .read(move |conn| {
            let runs = crate::db::schema::backups::table;
            let runs = runs.filter(crate::db::schema::backups::server_id.eq(new.0));
            Ok(runs
                .filter(crate::db::schema::backups::start_time.eq("2026-11-22T02:00:00Z"))
                .count()
                .get_result(conn)?)
        })
        .await?;
    assert_eq!(of_new, 1);
    send_with(&services, Some(&bound.secret), report_of("old", "Documents", "2026-11-22T03:00:00Z")).await?;
    let left: i64 = services.db.read(|conn| Ok(rows::table.count().get_result(conn)?)).await?;
    assert_eq!(left, 2);
    check_totals(&services).await
}
