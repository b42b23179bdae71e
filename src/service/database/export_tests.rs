//! Exported runs are imported unchanged, and an export has what was selected.

use std::{fs, io};

use diesel::prelude::*;
use proptest::prelude::*;

use super::*;
use crate::{
    access::Role,
    db::{
        care::invariants,
        schema::{backups, jobs, servers as server_rows},
        tables::{machine_ids, runs::RunRecord},
    },
    dto::{
        export::ExportFormat,
        import::{ImportProgress, ImportReport},
    },
    service::{
        database::{Text, dump::tests::Written, write_out},
        import,
        testing::{
            TestResult,
            accounts::{actions, member},
            report, send, services,
        },
    },
    status::Status,
};
use any::{jobs_with_runs, store};

#[path = "export_any.rs"]
mod any;

/// A run with the names of its server and job instead of ids.
type Whole = (String, Option<String>, String, Option<String>, RunRecord);

const FORMATS: [ExportFormat; 2] = [ExportFormat::Json, ExportFormat::Csv];

async fn whole(services: &Services) -> Result<Vec<Whole>, StoreError> {
    services
        .db
        .read(|conn| {
            let rows: Vec<(String, i64, String, Option<String>, RunRecord)> = backups::table
                .inner_join(jobs::table)
                .inner_join(server_rows::table)
                .order((server_rows::name, jobs::name, backups::start_time))
                .select((
                    server_rows::name,
                    server_rows::id,
                    jobs::name,
                    jobs::backup_id,
                    RunRecord::as_select(),
                ))
                .load(conn)?;
            rows.into_iter()
                .map(|(server, id, job, backup_id, run)| {
                    let machine = machine_ids::of_server(conn, ServerId(id))?.pop().map(|one| one.machine_id);
                    Ok((server, machine, job, backup_id, RunRecord { server_id: 0, job_id: 0, ..run }))
                })
                .collect()
        })
        .await
}

async fn text(services: &Services, query: ExportQuery) -> Result<String, Box<dyn std::error::Error>> {
    let out = Written::default();
    let export = select(services, &Actor::CommandLine, query).await?;
    write_out(services, &Actor::CommandLine, Text::Runs(export), out.clone()).await?;
    out.text()
}

async fn read_in(services: &Services, text: &str) -> Result<ImportReport, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("runs");
    fs::write(&path, text)?;
    let request = import::Request { path, named: None, key_file: None, dry_run: false };
    let progress = tokio::sync::watch::channel(ImportProgress::default()).0;
    Ok(import::run(services, &Actor::CommandLine, request, &progress).await?)
}

/// Exports, imports elsewhere, and compares the runs, the derived data, and a second export.
async fn goes_round(services: &Services) -> TestResult {
    let before = whole(services).await?;
    for format in FORMATS {
        let query = ExportQuery { format, ..ExportQuery::default() };
        let exported = text(services, query.clone()).await?;
        let (_folder, other) = crate::service::testing::services()?;
        let told = read_in(&other, &exported).await?;
        assert_eq!(told.problems, [], "{exported}");
        assert_eq!(told.notes.len(), 0, "{:?}", told.notes);
        assert_eq!(whole(&other).await?, before, "{exported}");
        let zone = other.zone.clone();
        let found = other.db.read(move |conn| invariants::verify(conn, &zone)).await?;
        assert_eq!(found.count, 0, "{found:#?}");
        let again = read_in(&other, &exported).await?;
        assert_eq!((again.runs.added, again.runs.completed), (0, 0), "a second time adds nothing");
        let count = i64::try_from(before.len())?;
        assert_eq!((told.runs.added, again.runs.known), (count, count));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_stored_is_imported_as_it_was(all in jobs_with_runs()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let done = runtime.map_err(Into::into).and_then(|runtime| {
            runtime.block_on(async {
                let (_folder, services) = services()?;
                store(&services, all).await?;
                goes_round(&services).await
            })
        });
        prop_assert!(done.is_ok(), "{done:?}");
    }
}

/// Returns a report whose log repeats tags and was cut.
fn with_log(begin: &str, status: &str) -> Value {
    let mut report = report(begin, status);
    report["LogLines"] = json!([
        "2026-11-20 03:05:00 +01 - [Warning-Duplicati.Library.Main.Operation-Odd]: a file is odd",
        "2026-11-20 03:04:00 +01 - [Warning-Duplicati.Library.Main.Operation-Odd]: another file, before it",
        "it's; \"quoted\"",
        "... and 12 more",
    ]);
    report
}

async fn filled() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    for (begin, status) in [
        ("2026-11-20T23:30:00Z", "Success"),
        ("2026-11-21T23:30:00Z", "Error"),
        ("2026-11-22T02:00:00Z", "Warning"),
    ] {
        send(&services, with_log(begin, status)).await?;
    }
    let mut other = with_log("2026-11-22T05:00:00Z", "Fatal");
    other["Extra"] = json!({
        "OperationName": "Backup", "backup-name": "Photos", "backup-id": "DB-2",
        "machine-id": "fedcba9876543210fedcba9876543210", "machine-name": "laptop",
    });
    send(&services, other).await?;
    Ok((folder, services))
}

#[tokio::test]
async fn logs_are_written_as_duplicati_writes_them() -> TestResult {
    let (_folder, services) = filled().await?;
    let json = text(&services, ExportQuery::default()).await?;
    let runs: Vec<Value> = serde_json::from_str(&json)?;
    assert_eq!(
        runs[0]["messages"],
        json!([
            "2026-11-20 02:05:00 +00 - [warning-Duplicati.Library.Main.Operation-Odd]: a file is odd",
            "2026-11-20 02:04:00 +00 - [warning-Duplicati.Library.Main.Operation-Odd]: another file, before it",
            "it's; \"quoted\"",
            "... and 12 more",
        ])
    );
    goes_round(&services).await
}

#[tokio::test]
async fn runs_are_chosen_by_day_server_job_and_status() -> TestResult {
    let (_folder, services) = filled().await?;
    let all = ExportQuery::default;
    let of = |server: &str, job: &str| ExportQuery {
        server: Some(server.to_owned()).filter(|name| !name.is_empty()),
        job: Some(job.to_owned()).filter(|name| !name.is_empty()),
        ..all()
    };
    let services = &services;
    let starts = |query: ExportQuery| async move {
        let runs: Vec<Value> = serde_json::from_str(&text(services, query).await?)?;
        let starts = runs.iter().map(|run| run["start"].as_str().unwrap_or_default()[8..13].to_owned());
        Ok::<_, Box<dyn std::error::Error>>(starts.collect::<Vec<_>>())
    };
    assert_eq!(starts(all()).await?.len(), 4);
    let (from, to) = (Some("2026-11-21".parse()?), Some("2026-11-21".parse()?));
    assert_eq!(starts(ExportQuery { from, to, ..all() }).await?, ["21T23"]);
    assert_eq!(starts(ExportQuery { from, ..all() }).await?, ["21T23", "22T02", "22T05"]);
    assert_eq!(starts(of("laptop", "")).await?, ["22T05"]);
    assert_eq!(starts(of("nas", "Documents")).await?.len(), 3);
    assert_eq!(starts(of("", "Photos")).await?, ["22T05"]);
    let statuses = vec![Status::Error, Status::Fatal];
    assert_eq!(starts(ExportQuery { statuses, ..all() }).await?, ["21T23", "22T05"]);
    let csv = text(services, ExportQuery { format: ExportFormat::Csv, without_log: true, ..all() }).await?;
    assert!(!csv.contains("file is odd\"]") && !csv.contains("messages_left_out"), "{csv}");
    assert_eq!(csv.lines().count(), 5);
    let (_folder, other) = crate::service::testing::services()?;
    let told = read_in(&other, &csv).await?;
    assert_eq!((told.runs.added, told.problems.len()), (4, 0));
    Ok(())
}

#[tokio::test]
async fn days_are_those_of_the_sites_calendar() -> TestResult {
    let (_folder, services) =
        crate::service::testing::services_in(crate::zone::Zone::named("Europe/Berlin")?)?;
    send(&services, report("2026-11-20T23:30:00Z", "Success")).await?;
    let day = |day: &str| -> Result<ExportQuery, crate::time::TimeFormatError> {
        Ok(ExportQuery { from: Some(day.parse()?), to: Some(day.parse()?), ..ExportQuery::default() })
    };
    assert_eq!(text(&services, day("2026-11-20")?).await?, "[\n]\n");
    assert!(text(&services, day("2026-11-21")?).await?.contains("2026-11-20T23:30:00Z"));
    Ok(())
}

#[tokio::test]
async fn what_does_not_exist_is_named_with_what_there_is() -> TestResult {
    let (_folder, services) = filled().await?;
    let refused = |query: ExportQuery| {
        let services = services.clone();
        async move {
            match select(&services, &Actor::CommandLine, query).await {
                Err(error @ Error::Invalid { .. }) => error.to_string(),
                other => format!("{other:?}"),
            }
        }
    };
    let said = refused(ExportQuery { server: Some("nsa".into()), ..ExportQuery::default() }).await;
    assert_eq!(said, "server: the server “nsa” does not exist: use one of laptop, nas");
    let query =
        ExportQuery { server: Some("nas".into()), job: Some("Photos".into()), ..ExportQuery::default() };
    assert_eq!(refused(query).await, "job: the job “Photos” does not exist: use one of Documents");
    let days = (Some("2026-11-22".parse()?), Some("2026-11-21".parse()?));
    let said = refused(ExportQuery { from: days.0, to: days.1, ..ExportQuery::default() }).await;
    assert!(said.starts_with("to: 2026-11-21 is before 2026-11-22"), "{said}");
    Ok(())
}

#[tokio::test]
async fn who_sees_runs_may_export_them_and_it_is_recorded() -> TestResult {
    let (_folder, services) = filled().await?;
    let stranger = Actor::Anonymous { address: "192.0.2.9".into() };
    assert!(select(&services, &stranger, ExportQuery::default()).await.is_err());
    let viewer = member(&services, "kim", Role::Viewer).await?;
    let export = select(&services, &viewer, ExportQuery::default()).await?;
    assert_eq!(write_out(&services, &viewer, Text::Runs(export), io::sink()).await?, 4);
    assert_eq!(actions(&services).await?.last().map(String::as_str), Some("database.export"));
    Ok(())
}

#[test]
fn the_columns_are_those_of_an_import() {
    let exported = crate::db::care::export::COLUMNS.map(|(name, _)| name);
    assert_eq!(exported, import::COLUMNS.map(|(name, _)| name));
}
