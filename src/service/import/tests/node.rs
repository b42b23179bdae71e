//! Valid databases of the Node application.

use super::*;
use crate::time::Timestamp;

#[tokio::test]
async fn every_version_comes_and_a_second_time_adds_nothing() -> TestResult {
    for version in Version::ALL {
        let (folder, services) = services()?;
        let (path, mut fixture) = fixture(folder.path(), version)?;
        fixture.server("ffffffffffffffffffffffffffffffff", "nas")?;
        for day in 1..=40 {
            let (begin, end) = (begin(day, 2), begin(day, 3));
            let run = NodeRun { begin: &begin, end: &end, duration: 3600.5, ..NodeRun::default() };
            fixture.run(&run)?;
            fixture.run(&NodeRun { server: "ffffffffffffffffffffffffffffffff", ..run.clone() })?;
            fixture.run(&NodeRun {
                job: "Photos",
                parsed: "Warning",
                status: "Warning",
                warnings: 1,
                ..run
            })?;
        }
        drop(fixture);
        let report = import_file(&services, &path).await?;
        assert_eq!(report.version.is_none(), version == Version::V0_4);
        assert_eq!(report.servers, tally(2, 2, 0, 0), "{version:?}");
        assert_eq!(report.runs, tally(120, 120, 0, 0));
        assert_eq!(report.problems, []);
        let again = import_file(&services, &path).await?;
        assert_eq!((again.servers, again.runs), (tally(2, 0, 0, 2), tally(120, 0, 0, 120)), "{version:?}");
        let servers = services.db.read(crate::db::tables::servers::all).await?;
        let names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
        assert_eq!(names, ["nas", "nas (2)"], "two machines of one name are two servers");
        assert_eq!(servers[1].same_name_as, Some(servers[0].id));
        assert_eq!(servers[0].last_seen.as_deref(), Some("2026-11-09T03:00:00Z"));
        let has_alias = !matches!(version, Version::V0_4 | Version::V0_6);
        assert_eq!(servers[0].alias.as_deref(), has_alias.then_some("The attic"));
        assert_eq!(servers[0].notes.as_deref(), has_alias.then_some("Under the roof"));
    }
    Ok(())
}

fn begin(day: i64, hour: i64) -> String {
    let at = Timestamp::from_unix(1_790_726_400 + day * 86_400 + hour * 3600);
    at.to_string().replace('Z', ".250Z")
}

#[tokio::test]
async fn a_run_is_what_duplicati_said() -> TestResult {
    let (folder, services) = services()?;
    let (path, mut fixture) = fixture(folder.path(), Version::V1_4)?;
    fixture.run(&NodeRun::default())?;
    import_file(&services, &path).await?;
    let run = stored(&services).await?.remove(0);
    assert_eq!(run.start_time, "2026-11-20T02:00:00Z");
    assert_eq!(run.end_time.as_deref(), Some("2026-11-20T02:10:00Z"));
    assert_eq!(run.created_at, "2026-11-20T02:10:00Z", "when the Node application received it");
    assert_eq!(
        (run.duration, run.files_count, run.files_size),
        (Some(600), Some(184_211), Some(412_998_127))
    );
    assert_eq!((run.storage_size, run.uploaded_size), (Some(287_661_203), Some(611_220)));
    assert_eq!((run.versions, run.added_files, run.warnings_count), (Some(27), Some(12), Some(0)));
    assert_eq!(run.duplicati_version.as_deref(), Some("2.1.0.5 (2.1.0.5_stable_2025-03-04)"));
    assert!(run.messages.unwrap_or_default().contains("The operation Backup has started"));
    Ok(())
}

#[tokio::test]
async fn what_the_source_has_wrong_is_put_right() -> TestResult {
    let (folder, services) = services()?;
    let (path, mut fixture) = fixture(folder.path(), Version::V1_4)?;
    // `1.02:03:04` was stored as an hour and four minutes.
    let long = NodeRun {
        begin: "2026-11-01T00:00:00.000Z",
        end: "2026-11-02T02:03:04.500Z",
        duration: 3856.5,
        ..NodeRun::default()
    };
    fixture.run(&long)?;
    // Duplicati reported a success, which the Node application turned into a warning.
    let (begin, end) = ("2026-11-03T00:00:00Z", "2026-11-03T00:10:00Z");
    fixture.run(&NodeRun { begin, end, status: "Warning", warnings: 2, ..NodeRun::default() })?;
    // A report without statistics: the zeros mean unknown.
    let (begin, end) = ("2026-11-04T00:00:00Z", "2026-11-04T00:10:00Z");
    fixture.run(&NodeRun { begin, end, with_statistics: false, ..NodeRun::default() })?;
    let report = import_file(&services, &path).await?;
    let runs = stored(&services).await?;
    assert_eq!(runs[0].duration, Some(93_784));
    assert_eq!(report.notes.values().sum::<i64>(), 1, "{:?}", report.notes);
    assert_eq!((runs[1].status.as_str(), runs[1].warnings_count), ("success", Some(2)));
    assert_eq!(runs[1].headline.as_deref(), Some("A file is odd"));
    let RunRecord { storage_size, uploaded_size, versions, .. } = runs[2];
    assert_eq!((storage_size, uploaded_size, versions), (None, None, None));
    Ok(())
}

#[tokio::test]
async fn copies_of_a_run_become_one() -> TestResult {
    let (folder, services) = services()?;
    let (path, mut fixture) = fixture(folder.path(), Version::V1_4)?;
    // The same run twice, uploaded and collected: one with statistics, one with the log.
    fixture.run(&NodeRun { with_statistics: false, ..NodeRun::default() })?;
    fixture.run(&NodeRun { begin: "2026-11-20T02:00:00.000Z", messages: None, ..NodeRun::default() })?;
    let report = import_file(&services, &path).await?;
    assert_eq!(report.runs, tally(2, 1, 1, 0));
    let runs = stored(&services).await?;
    assert_eq!((runs.len(), runs[0].versions), (1, Some(27)));
    assert!(runs[0].messages.is_some());
    assert_eq!(import_file(&services, &path).await?.runs, tally(2, 0, 0, 2));
    Ok(())
}

#[tokio::test]
async fn what_was_reported_here_leads() -> TestResult {
    let (folder, services) = services()?;
    send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
    let (path, mut fixture) = fixture(folder.path(), Version::V1_4)?;
    fixture.run(&NodeRun::default())?;
    fixture.run(&NodeRun { begin: "2026-11-19T02:00:00.000Z", ..NodeRun::default() })?;
    let imported = import_file(&services, &path).await?;
    assert_eq!((imported.servers.added, imported.runs), (0, tally(2, 1, 1, 0)), "known by its machine id");
    let runs = stored(&services).await?;
    assert_eq!(
        (runs.len(), runs[1].files_count, runs[1].versions),
        (2, Some(100), Some(7)),
        "the report's own"
    );
    assert_eq!(
        runs[1].duplicati_version.as_deref(),
        Some("2.1.0.5 (2.1.0.5_stable_2025-03-04)"),
        "a gap filled"
    );
    assert_eq!(import_file(&services, &path).await?.runs, tally(2, 0, 0, 2));
    Ok(())
}

#[tokio::test]
async fn a_schedule_that_duplicati_told_stays() -> TestResult {
    let (folder, services) = services()?;
    let mut told = report("2026-11-20T02:00:00Z", "Success");
    told["Extra"]["next-scheduled-run"] = serde_json::json!("2026-11-27T02:00:00Z");
    send(&services, told).await?;
    let (path, mut fixture) = fixture(folder.path(), Version::V1_4)?;
    for day in 10..19 {
        fixture.run(&NodeRun { begin: &format!("2026-11-{day}T02:00:00.000Z"), ..NodeRun::default() })?;
    }
    import_file(&services, &path).await?;
    let jobs = services.db.read(|conn| crate::db::tables::jobs::all(conn, None)).await?;
    assert_eq!(jobs[0].summary.run_count, 10);
    assert_eq!(jobs[0].state.as_ref().and_then(|state| state.slot.as_deref()), Some("2026-11-27T02:00:00Z"));
    Ok(())
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_stores_nothing() -> TestResult {
    let (folder, services) = services()?;
    let (path, mut fixture) = fixture(folder.path(), Version::V1_4)?;
    fixture.run(&NodeRun::default())?;
    fixture.setting("overdue_tolerance", "1h")?;
    let dry = try_import(&services, Request { dry_run: true, ..request(&path) }).await?;
    assert!(stored(&services).await?.is_empty());
    let names: Vec<_> =
        std::fs::read_dir(folder.path())?.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("dry-run")), "{names:?}");
    let real = import_file(&services, &path).await?;
    assert_eq!(ImportReport { dry_run: false, ..dry }, real);
    Ok(())
}

#[tokio::test]
async fn it_is_recorded_and_only_administrators_may() -> TestResult {
    let (folder, services) = services()?;
    let (path, fixture) = fixture(folder.path(), Version::V1_4)?;
    drop(fixture);
    let (progress, seen) = watch::channel(ImportProgress::default());
    let guest = Actor::Guest { address: "192.0.2.7".into() };
    let refused = run(&services, &guest, request(&path), &progress).await;
    assert!(matches!(refused, Err(ImportError::Service(Error::Forbidden))), "{refused:?}");
    run(&services, &Actor::CommandLine, request(&path), &progress).await?;
    assert_eq!(seen.borrow().phase, ImportPhase::Done);
    assert!(
        run(&services, &Actor::CommandLine, request(&folder.path().join("duplistatus.db")), &progress)
            .await
            .is_err()
    );
    let page = audit::list(&services, &Actor::CommandLine, crate::dto::audit::AuditQuery::default()).await?;
    let entries: Vec<(&str, bool)> = page.rows.iter().map(|row| (row.action.as_str(), row.success)).collect();
    assert_eq!(entries, [("database.import", false), ("database.import", true)]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_are_received_meanwhile() -> TestResult {
    let (folder, services) = services()?;
    let (path, mut fixture) = fixture(folder.path(), Version::V1_4)?;
    fixture.connection.execute_batch("BEGIN")?;
    for hour in 0..1500 {
        let (begin, end) = (begin(0, hour % 750), begin(0, hour % 750 + 1));
        let job = if hour < 750 { "Documents" } else { "Photos" };
        fixture.run(&NodeRun { job, begin: &begin, end: &end, ..NodeRun::default() })?;
    }
    fixture.connection.execute_batch("COMMIT")?;
    let reporting = async {
        // Runs of the same job; every second one is in the import.
        for half_hour in 0..120 {
            let at = Timestamp::from_unix(1_790_726_400 + half_hour * 1800);
            let mut sent = report(&at.to_string(), "Warning");
            // The same figures, because a run with the same begin but other figures is a different
            // one.
            sent["Data"]["ExaminedFiles"] = 184_211.into();
            sent["Data"]["SizeOfExaminedFiles"] = 412_998_127.into();
            sent["Data"]["AddedFiles"] = 12.into();
            send(&services, sent).await?;
        }
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    let (imported, reported) = tokio::join!(try_import(&services, request(&path)), reporting);
    reported?;
    assert_eq!(imported?.runs.left_out, 0);
    check(&services).await?;
    assert_eq!(stored(&services).await?.len(), 1560);
    Ok(())
}
