//! Servers made, changed, deleted and merged, with reports of two machines.

use diesel::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    access::Role,
    db::schema::{backups, ingest_keys as ingest_key_rows, machine_ids, operations, raw_reports},
    service::{
        ingest_keys,
        testing::{
            TestResult,
            accounts::{member, trail},
            at, check_totals, report, send, send_with, services,
        },
    },
};

const ROOT: Actor = Actor::CommandLine;

fn named(name: &str) -> NewServer {
    NewServer { name: name.into(), ..NewServer::default() }
}

/// A report of the machine "nas" with this id, or of another machine.
fn report_of(machine: &str, job: &str, begin: &str, status: &str) -> Value {
    let mut sent = report(begin, status);
    sent["Extra"]["machine-id"] = json!(machine);
    sent["Extra"]["machine-name"] = json!(machine);
    sent["Extra"]["backup-name"] = json!(job);
    sent
}

async fn id_of(services: &Services, name: &str) -> Result<ServerId, Error> {
    find_by_name(services, &ROOT, name).await
}

async fn names(services: &Services) -> Result<Vec<String>, Error> {
    Ok(list(services, &ROOT).await?.into_iter().map(|server| server.name).collect())
}

/// Runs as `(server, job, start)`.
async fn runs(services: &Services) -> Result<Vec<(i64, String, String)>, Error> {
    let query = backups::table
        .inner_join(crate::db::schema::jobs::table)
        .order((backups::start_time, crate::db::schema::jobs::name))
        .select((backups::server_id, crate::db::schema::jobs::name, backups::start_time));
    Ok(services.db.read(move |conn| Ok(query.load(conn)?)).await?)
}

#[tokio::test]
async fn made_found_and_listed_by_name() -> TestResult {
    let (_folder, services) = services()?;
    for name in ["web", "  db  ", "nas"] {
        create(&services, &ROOT, named(name)).await?;
    }
    assert_eq!(names(&services).await?, ["db", "nas", "web"]);
    let id = id_of(&services, "nas").await?;
    send(&services, report("2026-11-20T02:00:00Z", "Error")).await?;
    send(&services, report("2026-11-23T02:00:00Z", "Success")).await?;
    let mut other = report("2026-11-22T02:00:00Z", "Warning");
    other["Extra"]["backup-name"] = json!("Photos");
    send(&services, other).await?;
    let nas = find(&services, &ROOT, id).await?;
    assert_eq!((nas.name.as_str(), nas.jobs, nas.runs), ("nas", 2, 3));
    let latest = nas.latest.clone().ok_or("no latest run")?;
    assert_eq!(
        (latest.job.as_str(), latest.status, latest.duration),
        ("Documents", Status::Success, Some(600))
    );
    assert_eq!(latest.started.at.to_string(), "2026-11-23T02:00:00Z");
    let all = list(&services, &ROOT).await?;
    assert_eq!(all[1], nas, "the list says the same");
    assert_eq!((all[0].jobs, all[0].latest.as_ref()), (0, None));
    for (wrong, hint) in
        [("nas", "already"), ("", "needs a name"), ("   ", "needs a name"), ("a\nb", "visible")]
    {
        let refused = create(&services, &ROOT, named(wrong)).await;
        assert!(
            matches!(&refused, Err(Error::Invalid { field: "name", hint: h }) if h.contains(hint)),
            "{refused:?}"
        );
    }
    assert!(create(&services, &ROOT, named(&"x".repeat(201))).await.is_err());
    assert!(matches!(find(&services, &ROOT, ServerId(99)).await, Err(Error::NotFound)));
    assert!(matches!(id_of(&services, "none").await, Err(Error::NotFound)));
    Ok(())
}

#[tokio::test]
async fn a_change_leaves_alone_what_it_does_not_say() -> TestResult {
    let (_folder, services) = services()?;
    let id = create(&services, &ROOT, NewServer { alias: Some("The box".into()), ..named("nas") }).await?.id;
    create(&services, &ROOT, named("web")).await?;
    at(&services, 60);
    let now = services.clock.now();
    let set =
        ServerChange { notes: Some("in the cellar\nbehind the door".into()), ..ServerChange::default() };
    let changed = change(&services, &ROOT, id, set).await?;
    assert_eq!((changed.alias.as_deref(), changed.name.as_str()), (Some("The box"), "nas"));
    assert_eq!(changed.notes.as_deref(), Some("in the cellar\nbehind the door"));
    assert_eq!(changed.updated.map(|moment| moment.at), Some(now));
    assert_eq!(changed.created.map(|moment| moment.at), Some(now.plus(-60)));
    let set =
        ServerChange { alias: Some(String::new()), name: Some("nas 1".into()), ..ServerChange::default() };
    let changed = change(&services, &ROOT, id, set).await?;
    assert_eq!((changed.alias, changed.name.as_str()), (None, "nas 1"));
    assert!(changed.notes.is_some());
    let taken = ServerChange { name: Some("web".into()), ..ServerChange::default() };
    let refused = change(&services, &ROOT, id, taken).await;
    assert!(matches!(refused, Err(Error::Invalid { field: "name", .. })), "{refused:?}");
    let itself = ServerChange { name: Some("nas 1".into()), ..ServerChange::default() };
    change(&services, &ROOT, id, itself).await?;
    assert!(matches!(
        change(&services, &ROOT, ServerId(99), ServerChange::default()).await,
        Err(Error::NotFound)
    ));
    let told = trail(&services).await?;
    assert_eq!(told.iter().filter(|entry| entry.action == "server.change").count(), 3);
    assert_eq!(told[3].before.as_deref(), Some(r#"{"alias":"The box","name":"nas"}"#));
    Ok(())
}

#[tokio::test]
async fn a_deleted_server_takes_its_history_along_and_nothing_else() -> TestResult {
    let (_folder, services) = services()?;
    for day in 10..23 {
        send(&services, report_of("one", "Documents", &format!("2026-11-{day}T02:00:00Z"), "Success"))
            .await?;
        send(&services, report_of("two", "Documents", &format!("2026-11-{day}T03:00:00Z"), "Error")).await?;
    }
    let mut compact = report_of("one", "Documents", "2026-11-12T05:00:00Z", "Success");
    compact["Data"]["MainOperation"] = json!("Compact");
    compact["Extra"]["OperationName"] = json!("Compact");
    send(&services, compact).await?;
    let bound = ingest_keys::create(&services, &ROOT, "one").await?;
    crate::service::tasks::housekeeping::settle_site_days(&services).await?;
    let one = id_of(&services, "one").await?;
    let deleted = delete(&services, &ROOT, one).await?;
    assert_eq!((deleted.jobs, deleted.runs, deleted.operations), (1, 13, 1));
    assert_eq!(names(&services).await?, ["two"]);
    let left: (i64, i64, i64, i64, i64) = services
        .db
        .read(|conn| {
            Ok((
                backups::table.count().get_result(conn)?,
                raw_reports::table.count().get_result(conn)?,
                operations::table.count().get_result(conn)?,
                machine_ids::table.count().get_result(conn)?,
                ingest_key_rows::table.count().get_result(conn)?,
            ))
        })
        .await?;
    assert_eq!(left, (13, 13, 0, 1, 0));
    check_totals(&services).await?;
    assert!(
        send_with(&services, Some(&bound.secret), report("2026-11-23T02:00:00Z", "Success")).await.is_err()
    );
    let entry = trail(&services).await?.pop().ok_or("nothing was recorded")?;
    assert_eq!((entry.action.as_str(), entry.target_name.as_deref()), ("server.delete", Some("one")));
    assert!(entry.before.is_some_and(|before| before.contains("\"runs\":13")));
    assert!(matches!(delete(&services, &ROOT, one).await, Err(Error::NotFound)));
    send(&services, report_of("one", "Documents", "2026-11-23T02:00:00Z", "Success")).await?;
    assert_eq!(names(&services).await?, ["one", "two"], "a machine that goes on comes back");
    check_totals(&services).await
}

#[tokio::test]
async fn merged_servers_have_the_runs_of_both_once() -> TestResult {
    let (_folder, services) = services()?;
    // The same run was reported by both, once as worse; the old one has a job of its own.
    for day in 10..16 {
        send(&services, report_of("old", "Documents", &format!("2026-11-{day}T02:00:00Z"), "Success"))
            .await?;
    }
    for day in 15..20 {
        send(&services, report_of("new", "Documents", &format!("2026-11-{day}T02:00:00Z"), "Warning"))
            .await?;
    }
    for day in 10..22 {
        send(&services, report_of("old", "Photos", &format!("2026-11-{day}T04:00:00Z"), "Error")).await?;
    }
    for machine in ["old", "new"] {
        let mut compact = report_of(machine, "Documents", "2026-11-12T05:00:00Z", "Success");
        compact["Data"]["MainOperation"] = json!("Compact");
        compact["Extra"]["OperationName"] = json!("Compact");
        send(&services, compact).await?;
    }
    let bound = ingest_keys::create(&services, &ROOT, "old").await?;
    let (old, new) = (id_of(&services, "old").await?, id_of(&services, "new").await?);
    change(&services, &ROOT, old, ServerChange { alias: Some("Box".into()), ..ServerChange::default() })
        .await?;
    let merged = merge(&services, &ROOT, old, new).await?;
    assert_eq!((merged.jobs, merged.runs, merged.duplicates, merged.operations), (2, 18, 1, 1));
    let server = find(&services, &ROOT, new).await?;
    assert_eq!((server.jobs, server.runs, server.alias.as_deref()), (2, 10 + 12, Some("Box")));
    let all = runs(&services).await?;
    assert!(all.iter().all(|(server, ..)| *server == new.0));
    let documents: Vec<&str> =
        all.iter().filter(|run| run.1 == "Documents").map(|run| run.2.as_str()).collect();
    let expected: Vec<String> = (10..20).map(|day| format!("2026-11-{day}T02:00:00Z")).collect();
    assert_eq!(documents, expected);
    let same: String = services
        .db
        .read(|conn| {
            let same = backups::table.filter(backups::start_time.eq("2026-11-15T02:00:00Z"));
            Ok(same.select(backups::status).first(conn)?)
        })
        .await?;
    assert_eq!(same, "warning", "the worse result counts");
    let counts: (i64, i64) = services
        .db
        .read(|conn| {
            Ok((raw_reports::table.count().get_result(conn)?, operations::table.count().get_result(conn)?))
        })
        .await?;
    assert_eq!(counts, (22 + 1, 1), "a raw report for each run and operation");
    assert_eq!(names(&services).await?, ["new"]);
    check_totals(&services).await?;
    // The old machine and the old key report to the merged server from now on.
    send(&services, report_of("old", "Photos", "2026-11-22T04:00:00Z", "Success")).await?;
    send_with(&services, Some(&bound.secret), report("2026-11-22T07:00:00Z", "Success")).await?;
    assert_eq!(names(&services).await?, ["new"]);
    let entry = trail(&services).await?.into_iter().find(|entry| entry.action == "server.merge");
    assert_eq!(entry.and_then(|entry| entry.after).as_deref(), Some(r#"{"merged":"old"}"#));
    check_totals(&services).await
}

#[tokio::test]
async fn when_the_next_run_is_expected_comes_from_the_server_that_ran_last() -> TestResult {
    for (from, into) in [("old", "new"), ("new", "old")] {
        let (_folder, services) = services()?;
        for (machine, day, next) in [("old", 10, "2026-11-12T02:00:00Z"), ("new", 20, "2026-11-27T02:00:00Z")]
        {
            let mut sent = report_of(machine, "Documents", &format!("2026-11-{day}T02:00:00Z"), "Success");
            sent["Extra"]["next-scheduled-run"] = json!(next);
            send(&services, sent).await?;
        }
        merge(&services, &ROOT, id_of(&services, from).await?, id_of(&services, into).await?).await?;
        let jobs = services.db.read(|conn| all_jobs(conn, None)).await?;
        let next: Vec<Option<String>> =
            jobs.into_iter().map(|job| job.state.and_then(|state| state.slot)).collect();
        assert_eq!(next, [Some("2026-11-27T02:00:00Z".to_owned())], "{from} into {into}");
    }
    Ok(())
}

#[tokio::test]
async fn operators_change_servers_and_administrators_create_merge_and_delete_them() -> TestResult {
    let (_folder, services) = services()?;
    let id = create(&services, &ROOT, named("nas")).await?.id;
    let other = create(&services, &ROOT, named("web")).await?.id;
    let operator = member(&services, "op", Role::Operator).await?;
    assert_eq!(list(&services, &operator).await?.len(), 2);
    assert!(matches!(create(&services, &operator, named("x")).await, Err(Error::Forbidden)));
    let viewer = member(&services, "vi", Role::Viewer).await?;
    assert!(matches!(change(&services, &viewer, id, ServerChange::default()).await, Err(Error::Forbidden)));
    change(&services, &operator, id, ServerChange::default()).await?;
    assert!(matches!(delete(&services, &operator, id).await, Err(Error::Forbidden)));
    assert!(matches!(merge(&services, &operator, id, other).await, Err(Error::Forbidden)));
    let sender = Actor::Sender { key: None, server: None };
    assert!(list(&services, &sender).await.is_err());
    let same = merge(&services, &ROOT, id, id).await;
    assert!(matches!(same, Err(Error::Invalid { field: "into", .. })), "{same:?}");
    assert!(matches!(merge(&services, &ROOT, ServerId(99), id).await, Err(Error::NotFound)));
    assert!(matches!(merge(&services, &ROOT, id, ServerId(99)).await, Err(Error::NotFound)));
    assert_eq!(names(&services).await?, ["nas", "web"]);
    Ok(())
}
