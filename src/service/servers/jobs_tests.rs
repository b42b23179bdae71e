//! Jobs that people change: what is shown, what reports find, what becomes of incidents, and what is lost with one that is deleted.

use serde_json::{Value, json};

use super::{super::find_by_name, *};
use crate::{
    access::Role,
    db::tables::noticing::{
        incidents::{self, IncidentRow, Wanted},
        states,
    },
    dto::{
        incidents::IncidentFilter,
        server::{Range, RunSort, ServerPage, ServerQuery},
        servers::ServerChange,
    },
    ids::JobRef,
    service::{
        overview,
        testing::{
            TestResult,
            accounts::{member, trail},
            check_totals, report, send, services,
        },
    },
    verdict::Verdict,
};

const ROOT: Actor = Actor::CommandLine;
const SERVER: ServerId = ServerId(1);

/// A report of a job that Duplicati knows by an id.
fn report_of(job: &str, id: &str, begin: &str, status: &str) -> Value {
    let mut sent = report(begin, status);
    sent["Extra"]["backup-name"] = json!(job);
    sent["Extra"]["backup-id"] = json!(id);
    sent
}

async fn page(services: &Services) -> Result<ServerPage, Error> {
    let query = ServerQuery {
        server: SERVER,
        job: None,
        day: None,
        range: Range::Month,
        sort: RunSort::Started,
        ascending: false,
        page: 1,
    };
    overview::server::show(services, &ROOT, query).await
}

async fn job_named(services: &Services, name: &str) -> Result<JobId, Box<dyn std::error::Error>> {
    let jobs = services.db.read(|conn| job_changes::of_server(conn, SERVER)).await?;
    Ok(jobs.iter().find(|job| job.name == name).map(|job| JobId(job.id)).ok_or("no such job")?)
}

async fn all_incidents(services: &Services) -> Result<Vec<IncidentRow>, Error> {
    Ok(services
        .db
        .read(|conn| {
            let mut all = Vec::new();
            for filter in [IncidentFilter::Open, IncidentFilter::Closed] {
                let wanted = Wanted { filter: Some(filter), ..Wanted::default() };
                all.extend(incidents::list(conn, wanted, 100, 0)?);
            }
            Ok(all)
        })
        .await?)
}

async fn verdict(services: &Services, job: JobId) -> Result<Option<Verdict>, Error> {
    Ok(services.db.read(move |conn| Ok(states::find(conn, job)?.map(|state| state.verdict()))).await?)
}

fn alias(alias: &str) -> JobChange {
    JobChange { alias: Some(alias.into()), ..JobChange::default() }
}

#[tokio::test]
async fn an_alias_is_shown_and_reports_find_the_job_by_its_name() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
    let job = job_named(&services, "Documents").await?;
    assert_eq!(change(&services, &ROOT, job, alias("Papers of Anna")).await?, SERVER);
    send(&services, report("2026-11-21T02:00:00Z", "Success")).await?;
    let shown = page(&services).await?;
    assert_eq!(shown.jobs.len(), 1);
    assert_eq!((shown.jobs[0].name.as_str(), shown.jobs[0].runs), ("Papers of Anna", 2));
    assert!(shown.runs.iter().all(|run| run.job_name == "Papers of Anna"));
    change(&services, &ROOT, job, alias("")).await?;
    assert_eq!(page(&services).await?.jobs[0].name, "Documents");
    let entry = trail(&services).await?.pop().ok_or("no entry")?;
    assert_eq!((entry.action.as_str(), entry.target_name.as_deref()), ("job.change", Some("nas: Documents")));
    Ok(())
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_and_nothing_changes() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
    send(&services, report_of("Photos", "DB-2", "2026-11-20T03:00:00Z", "Success")).await?;
    let job = job_named(&services, "Documents").await?;
    for (name, hint) in [("Photos", "already"), (" ", "needs a name"), ("a\nb", "visible")] {
        let wanted = JobChange { name: Some(name.into()), notes: Some("x".into()), ..JobChange::default() };
        let refused = change(&services, &ROOT, job, wanted).await;
        assert!(
            matches!(&refused, Err(Error::Invalid { field: "name", hint: h }) if h.contains(hint)),
            "{name:?}: {refused:?}"
        );
    }
    let stored = services.db.read(move |conn| job_changes::find(conn, job)).await?;
    assert_eq!((stored.name.as_str(), stored.notes), ("Documents", None));
    Ok(())
}

#[tokio::test]
async fn a_job_that_is_renamed_closes_its_incident_and_opens_another_under_its_new_name() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report_of("Documents", "DB-1", "2026-11-23T02:00:00Z", "Fatal")).await?;
    let job = job_named(&services, "Documents").await?;
    let renamed = JobChange { name: Some("Papers".into()), ..JobChange::default() };
    change(&services, &ROOT, job, renamed).await?;
    let all = all_incidents(&services).await?;
    let told: Vec<(&str, Option<&str>)> =
        all.iter().map(|row| (row.job_name.as_str(), row.closed_why.as_deref())).collect();
    assert_eq!(told, [("Papers", None), ("Documents", Some("gone"))]);
    Ok(())
}

#[tokio::test]
async fn a_job_that_duplicati_renamed_closes_its_incident_too() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report_of("Documents", "DB-1", "2026-11-22T02:00:00Z", "Fatal")).await?;
    send(&services, report_of("Papers", "DB-1", "2026-11-23T02:00:00Z", "Fatal")).await?;
    let all = all_incidents(&services).await?;
    let told: Vec<(&str, Option<&str>)> =
        all.iter().map(|row| (row.job_name.as_str(), row.closed_why.as_deref())).collect();
    assert_eq!(told, [("Papers", None), ("Documents", Some("gone"))]);
    Ok(())
}

#[tokio::test]
async fn nothing_is_expected_of_what_is_archived_until_it_is_taken_back() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-23T02:00:00Z", "Fatal")).await?;
    let job = job_named(&services, "Documents").await?;
    assert_eq!(verdict(&services, job).await?, Some(Verdict::Failed));
    let archived = |archived| JobChange { archived: Some(archived), ..JobChange::default() };
    change(&services, &ROOT, job, archived(true)).await?;
    assert_eq!(verdict(&services, job).await?, Some(Verdict::Paused));
    let all = all_incidents(&services).await?;
    assert_eq!(all.iter().map(|row| row.closed_why.as_deref()).collect::<Vec<_>>(), [Some("paused")]);
    // Once more is no change, and no entry.
    let entries = trail(&services).await?.len();
    change(&services, &ROOT, job, archived(true)).await?;
    assert_eq!(trail(&services).await?.len(), entries);
    change(&services, &ROOT, job, archived(false)).await?;
    assert_eq!(verdict(&services, job).await?, Some(Verdict::Failed));
    // The same for all jobs of a server.
    let of_server = |archived| ServerChange { archived: Some(archived), ..ServerChange::default() };
    super::super::change(&services, &ROOT, SERVER, of_server(true)).await?;
    assert_eq!(verdict(&services, job).await?, Some(Verdict::Paused));
    assert!(page(&services).await?.archived.is_some());
    super::super::change(&services, &ROOT, SERVER, of_server(false)).await?;
    assert_eq!(verdict(&services, job).await?, Some(Verdict::Failed));
    Ok(())
}

#[tokio::test]
async fn a_job_is_deleted_with_its_runs_and_with_nothing_else() -> TestResult {
    let (_folder, services) = services()?;
    for day in 20..23 {
        send(&services, report_of("Documents", "DB-1", &format!("2026-11-{day}T02:00:00Z"), "Success"))
            .await?;
        send(&services, report_of("Photos", "DB-2", &format!("2026-11-{day}T03:00:00Z"), "Fatal")).await?;
    }
    let job = job_named(&services, "Photos").await?;
    let (server, deleted) = delete(&services, &ROOT, job, ("Photos", Some(3))).await?;
    assert_eq!((server, deleted), (SERVER, JobDeleted { runs: 3, operations: 0 }));
    let shown = page(&services).await?;
    assert_eq!((shown.jobs.len(), shown.paging.total), (1, 3));
    check_totals(&services).await?;
    let all = all_incidents(&services).await?;
    assert_eq!(all.iter().map(|row| row.closed_why.as_deref()).collect::<Vec<_>>(), [Some("gone")]);
    // What comes from now on is a new job's.
    send(&services, report_of("Photos", "DB-2", "2026-11-23T03:00:00Z", "Success")).await?;
    let again = job_named(&services, "Photos").await?;
    assert_ne!(again, job);
    assert_eq!(page(&services).await?.paging.total, 4);
    check_totals(&services).await?;
    Ok(())
}

#[tokio::test]
async fn a_job_that_is_not_what_was_named_stays() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
    send(&services, report("2026-11-21T02:00:00Z", "Success")).await?;
    let job = job_named(&services, "Documents").await?;
    for (named, at_most) in [("Photos", Some(2)), ("Documents", Some(1))] {
        let refused = delete(&services, &ROOT, job, (named, at_most)).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{named} {at_most:?}: {refused:?}");
    }
    assert_eq!(page(&services).await?.paging.total, 2);
    assert!(matches!(delete(&services, &ROOT, JobId(99), ("", None)).await, Err(Error::NotFound)));
    Ok(())
}

#[tokio::test]
async fn what_was_interrupted_is_deleted_again() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
    let job = job_named(&services, "Documents").await?;
    services
        .db
        .write(move |tx| {
            let found = job_changes::find(tx.conn, job)?;
            job_changes::detach(tx.conn, &found)
        })
        .await?;
    send(&services, report("2026-11-21T02:00:00Z", "Success")).await?;
    assert!(matches!(change(&services, &ROOT, job, alias("x")).await, Err(Error::NotFound)));
    assert_eq!(delete(&services, &ROOT, job, ("", None)).await?.1.runs, 1);
    let shown = page(&services).await?;
    assert_eq!((shown.jobs.len(), shown.jobs[0].name.as_str(), shown.paging.total), (1, "Documents", 1));
    Ok(())
}

#[tokio::test]
async fn operators_edit_and_administrators_delete() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
    let job = job_named(&services, "Documents").await?;
    let viewer = member(&services, "vi", Role::Viewer).await?;
    let operator = member(&services, "op", Role::Operator).await?;
    assert!(matches!(change(&services, &viewer, job, alias("x")).await, Err(Error::Forbidden)));
    change(&services, &operator, job, alias("x")).await?;
    assert!(matches!(delete(&services, &operator, job, ("", None)).await, Err(Error::Forbidden)));
    let id = find_by_name(&services, &ROOT, "nas").await?;
    assert!(matches!(super::super::edit::show(&services, &viewer, id, None).await, Err(Error::Forbidden)));
    Ok(())
}

/// What is said of a job of a server that is merged, and that nothing is expected of it, goes with it.
#[tokio::test]
async fn what_is_said_of_a_job_outlives_a_merge() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
    for job in ["Documents", "Photos"] {
        let mut other = report_of(job, "DB-7", "2026-11-21T02:00:00Z", "Success");
        other["Extra"]["backup-id"] = Value::Null;
        other["Extra"]["machine-id"] = json!("other-id");
        other["Extra"]["machine-name"] = json!("laptop");
        send(&services, other).await?;
    }
    let laptop = find_by_name(&services, &ROOT, "laptop").await?;
    let jobs = services.db.read(move |conn| job_changes::of_server(conn, laptop)).await?;
    for job in &jobs {
        let said = JobChange {
            alias: Some(format!("{} of Anna", job.name)),
            notes: Some(format!("note of {}", job.name)),
            ..JobChange::default()
        };
        change(&services, &ROOT, JobId(job.id), said).await?;
    }
    let url = ServerChange {
        duplicati_url: Some("http://laptop.local:8200".into()),
        archived: Some(true),
        ..ServerChange::default()
    };
    super::super::change(&services, &ROOT, laptop, url).await?;
    let documents = job_named(&services, "Documents").await?;
    change(&services, &ROOT, documents, JobChange { notes: Some("known".into()), ..JobChange::default() })
        .await?;
    super::super::merge(&services, &ROOT, laptop, SERVER).await?;
    let jobs = services.db.read(|conn| job_changes::of_server(conn, SERVER)).await?;
    let words: Vec<(&str, Option<&str>, Option<&str>, bool)> = jobs
        .iter()
        .map(|job| (job.name.as_str(), job.alias.as_deref(), job.notes.as_deref(), job.archived_at.is_some()))
        .collect();
    let expected = [
        ("Documents", Some("Documents of Anna"), Some("known\n\nnote of Documents"), false),
        ("Photos", Some("Photos of Anna"), Some("note of Photos"), true),
    ];
    assert_eq!(words, expected);
    assert_eq!(page(&services).await?.duplicati_url.as_deref(), Some("http://laptop.local:8200/"));
    let place = JobRef { server: SERVER, id: job_named(&services, "Photos").await? };
    assert_eq!(verdict(&services, place.id).await?, Some(Verdict::Paused));
    Ok(())
}
