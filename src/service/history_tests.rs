use diesel::prelude::*;

use super::*;
use crate::{
    db::schema::{backups, notifications as told},
    ids::JobId,
    service::testing::{NOON, TestResult, check_totals, report, send, services, services_in},
    status::Status,
    time::Timestamp,
};

const ROOT: Actor = Actor::CommandLine;
const NAS: ServerId = ServerId(1);
const ALL: Place = Place { server: NAS, job: None };

fn days_ago(days: i64) -> String {
    Timestamp::from_unix(NOON - days * 86_400).to_string()
}

async fn run_of(services: &Services, job: &str, days: i64, status: &str) -> TestResult {
    let mut sent = report(&days_ago(days), status);
    sent["Extra"]["backup-name"] = json!(job);
    send(services, sent).await?;
    Ok(())
}

#[tokio::test]
async fn lists_are_cut_into_parts_newest_first() -> TestResult {
    let (_folder, services) = services()?;
    for days in 0..12 {
        run_of(&services, ["a", "b"][usize::try_from(days)? % 2], days, "Success").await?;
    }
    let starts = |rows: Vec<RunRow>| -> Vec<String> {
        rows.into_iter().map(|row| row.started.at.to_string()).collect()
    };
    let part = |limit, offset| Part { limit, offset };
    assert_eq!(starts(runs(&services, &ROOT, ALL, Part::default()).await?).len(), 12);
    assert_eq!(starts(runs(&services, &ROOT, ALL, part(3, 2)).await?), [2, 3, 4].map(days_ago));
    let of_b = Place { job: Some(JobId(2)), ..ALL };
    assert_eq!(starts(runs(&services, &ROOT, of_b, part(2, 1)).await?), [3, 5].map(days_ago));
    assert_eq!(runs(&services, &ROOT, ALL, part(-5, -1)).await?.len(), 1, "at least one");
    assert!(runs(&services, &ROOT, ALL, part(10, 12)).await?.is_empty());
    let last = latest(&services, &ROOT, of_b).await?.ok_or("none")?;
    assert_eq!((last.job_name.as_str(), last.started.at.to_string()), ("b", days_ago(1)));
    assert_eq!(latest(&services, &ROOT, ALL).await?.ok_or("none")?.job_name, "a");
    for nowhere in [Place { server: ServerId(9), job: None }, Place { job: Some(JobId(9)), ..ALL }] {
        assert!(matches!(latest(&services, &ROOT, nowhere).await, Err(Error::NotFound)));
        assert!(matches!(statistics(&services, &ROOT, nowhere, None).await, Err(Error::NotFound)));
        assert!(matches!(trends(&services, &ROOT, nowhere, 3).await, Err(Error::NotFound)));
    }
    Ok(())
}

#[tokio::test]
async fn statistics_by_server_job_and_period() -> TestResult {
    let (_folder, services) = services()?;
    for (job, days, status) in [
        ("a", 0, "Success"),
        ("a", 1, "Warning"),
        ("a", 40, "Fatal"),
        ("b", 0, "Error"),
        ("b", 6, "Success"),
        ("b", 7, "Success"),
    ] {
        run_of(&services, job, days, status).await?;
    }
    let figures = |all: Statistics| (all.runs, all.successful, all.warnings, all.failed, all.uploaded_size);
    assert_eq!(figures(statistics(&services, &ROOT, ALL, None).await?), (6, 3, 1, 2, 300));
    assert_eq!(figures(statistics(&services, &ROOT, ALL, Some(7)).await?), (4, 2, 1, 1, 200));
    let of_a = Place { job: Some(JobId(1)), ..ALL };
    let all = statistics(&services, &ROOT, of_a, Some(1)).await?;
    assert_eq!(
        (all.average_duration, all.source_size, all.storage_size),
        (Some(600), Some(1000), Some(5000))
    );
    assert_eq!(figures(all), (1, 1, 0, 0, 50));
    let last = |all: Statistics| {
        (
            all.last_success_job,
            all.last_success.map(|time| time.at.to_string()),
            all.last_run.map(|t| t.at.unix()),
        )
    };
    let expected = (Some("b".to_owned()), Some(days_ago(6)), Some(NOON));
    assert_eq!(
        last(statistics(&services, &ROOT, ALL, Some(1)).await?),
        expected,
        "the one that waits longest"
    );
    run_of(&services, "c", 2, "Fatal").await?;
    let expected = (Some("c".to_owned()), None, Some(NOON));
    assert_eq!(last(statistics(&services, &ROOT, ALL, None).await?), expected, "never is worse than any");
    for wrong in [0, -1, 4000] {
        let refused = statistics(&services, &ROOT, ALL, Some(wrong)).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "days", .. })), "{refused:?}");
    }
    Ok(())
}

#[tokio::test]
async fn zeros_of_a_failed_run_are_no_figures() -> TestResult {
    let (_folder, services) = services()?;
    for (days, status) in [(1, "Success"), (0, "Fatal")] {
        let mut sent = report(&days_ago(days), status);
        for name in ["ExaminedFiles", "SizeOfExaminedFiles", "AddedFiles"] {
            sent["Data"][name] = json!(0);
        }
        sent["Data"]["BackendStatistics"] =
            json!({ "KnownFileSize": 0, "BytesUploaded": 50, "BackupListCount": 0 });
        send(&services, sent).await?;
    }
    let mut rows = runs(&services, &ROOT, ALL, Part::default()).await?;
    let (good, failed) = (rows.remove(1), rows.remove(0));
    let figures =
        |row: &RunRow| (row.files, row.source_size, row.storage_size, row.uploaded_size, row.versions);
    assert_eq!(figures(&good), (Some(0), Some(0), Some(0), Some(50), Some(0)));
    assert_eq!(figures(&failed), (None, None, None, Some(50), None));
    let page = async |run| {
        let query = crate::dto::run::RunQuery { run, lines: Default::default(), page: 1 };
        crate::service::overview::run::show(&services, &ROOT, query).await
    };
    let figures = page(failed.id).await?.figures;
    assert!(figures.iter().all(|figure| figure.value == 50 && figure.previous == Some(50)), "{figures:?}");
    assert_eq!(figures.len(), 1);
    assert!(page(good.id).await?.figures.iter().any(|figure| figure.value == 0));
    Ok(())
}

#[tokio::test]
async fn trends_have_every_day_of_the_sites_calendar() -> TestResult {
    // 12:00Z is one in the night of the next day there.
    let (_folder, services) = services_in(Zone::named("Pacific/Auckland")?)?;
    run_of(&services, "a", 0, "Success").await?;
    run_of(&services, "b", 0, "Warning").await?;
    run_of(&services, "a", 3, "Fatal").await?;
    let days = trends(&services, &ROOT, ALL, 5).await?;
    let counts: Vec<(String, i64)> = days.iter().map(|day| (day.day.to_string(), day.runs)).collect();
    let expected =
        [("2026-11-20", 0), ("2026-11-21", 1), ("2026-11-22", 0), ("2026-11-23", 0), ("2026-11-24", 2)];
    assert_eq!(counts, expected.map(|(day, runs)| (day.to_owned(), runs)));
    assert_eq!((days[0].average_duration, days[0].source_size), (None, None));
    assert_eq!((days[1].failed, days[1].source_size), (1, None), "a failure has no size");
    let last = &days[4];
    assert_eq!((last.successful, last.warnings, last.source_size), (1, 1, Some(2000)));
    assert_eq!((last.average_duration, last.uploaded_size), (Some(600), 100));
    assert_eq!(trends(&services, &ROOT, Place { job: Some(JobId(2)), ..ALL }, 1).await?[0].runs, 1);
    Ok(())
}

#[tokio::test]
async fn a_run_that_is_entered_is_stored_as_a_report_is() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report(&days_ago(3), "Success")).await?;
    let new = NewRun {
        server: NAS,
        job: " Documents ".into(),
        status: Status::Warning,
        started: days_ago(1).parse()?,
        duration: Some(90_061),
        files: Some(7),
        source_size: Some(0),
        storage_size: None,
        uploaded_size: Some(5),
        versions: Some(2),
        messages: vec!["2026-11-22 12:00:00 +00 - [Warning-A-B]: a file is gone".into()],
    };
    assert_eq!(create(&services, &ROOT, new.clone()).await?, Stored::New);
    assert_eq!(create(&services, &ROOT, new.clone()).await?, Stored::Duplicate);
    let run = latest(&services, &ROOT, ALL).await?.ok_or("none")?;
    assert_eq!((run.job_id, run.status, run.duration), (JobId(1), Status::Warning, Some(90_061)));
    assert_eq!((run.files, run.source_size, run.storage_size), (Some(7), Some(0), None));
    assert_eq!((run.uploaded_size, run.versions, run.warnings), (Some(5), Some(2), Some(1)));
    check_totals(&services).await?;
    for wrong in [NewRun { job: String::new(), ..new.clone() }, NewRun { files: Some(-1), ..new.clone() }] {
        assert!(matches!(create(&services, &ROOT, wrong).await, Err(Error::Invalid { .. })));
    }
    assert!(matches!(
        create(&services, &ROOT, NewRun { server: ServerId(9), ..new }).await,
        Err(Error::NotFound)
    ));
    let count: i64 = services.db.read(|conn| Ok(backups::table.count().get_result(conn)?)).await?;
    assert_eq!(count, 2);
    Ok(())
}

#[tokio::test]
async fn notifications_are_listed_newest_first() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report(&days_ago(0), "Error")).await?;
    services
        .db
        .write(|tx| {
            for number in 0..5_i64 {
                let server = (number != 2).then_some(1_i64);
                diesel::insert_into(told::table)
                    .values((
                        told::server_id.eq(server),
                        told::backup_id.eq(server),
                        told::kind.eq("failed"),
                        told::status.eq("sent"),
                        told::message.eq(format!("number {number}")),
                        told::created_at.eq("2026-11-23T12:00:00Z"),
                    ))
                    .execute(tx.conn)?;
            }
            Ok(())
        })
        .await?;
    let texts =
        |rows: Vec<Notification>| -> Vec<String> { rows.into_iter().filter_map(|row| row.message).collect() };
    let all = notifications(&services, &ROOT, None, Part { limit: 3, offset: 1 }).await?;
    assert_eq!(texts(all), ["number 3", "number 2", "number 1"]);
    let of_nas = notifications(&services, &ROOT, Some(NAS), Part::default()).await?;
    assert_eq!((of_nas[0].server, of_nas[0].run, of_nas[0].sent), (Some(NAS), Some(RunId(1)), None));
    assert_eq!(texts(of_nas), ["number 4", "number 3", "number 1", "number 0"]);
    let sender = Actor::Sender { key: None, server: None };
    assert!(notifications(&services, &sender, None, Part::default()).await.is_err());
    Ok(())
}
