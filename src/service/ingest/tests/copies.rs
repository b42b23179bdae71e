//! Duplicates: copies of a run are merged, and contradicting reports are different runs.

use diesel::connection::{Connection as _, InstrumentationEvent};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::*;
use crate::{
    dto::run::{LogFilter, RunQuery},
    ids::RunId,
    service::{Actor, ingest_keys, overview::run},
};

/// Returns a text report of 2.0.2, whose dates cannot be read.
fn undated(begin: &str, duration: &str, files: u32) -> String {
    format!(
        "Duplicati Backup report for Ledgers\n\nExaminedFiles: {files}\nSizeOfExaminedFiles: 4096\nAddedFiles: 0\n\
         MainOperation: Backup\nParsedResult: Success\nEndTime: 30-Dec-17 5:00:00 PM\nBeginTime: {begin}\n\
         Duration: {duration}\n"
    )
}

#[tokio::test]
async fn reports_without_a_begin_are_one_run_only_when_they_say_the_same() -> TestResult {
    let (_folder, services) = services()?;
    let all = [
        undated("30-Dec-17 4:01:59 PM", "00:01:22.1180510", 611),
        undated("30-Dec-17 4:03:30 PM", "00:01:22.1180510", 611),
        undated("30-Dec-17 4:01:59 PM", "00:02:22.1180510", 611),
        undated("30-Dec-17 4:01:59 PM", "00:01:22.1180510", 612),
    ];
    for wanted in [Stored::New, Stored::Duplicate] {
        for (number, body) in all.iter().enumerate() {
            at(&services, i64::try_from(number)?);
            assert_eq!(send(&services, body).await?, wanted, "{number}");
        }
    }
    // With an additional space: the same report from another relay.
    assert_eq!(send(&services, all[0].replace("Result: S", "Result:  S")).await?, Stored::Duplicate);
    let runs = runs(&services).await?;
    assert_eq!(runs.len(), 4);
    assert!(runs.iter().all(|run| run.start_assumed));
    assert!(
        runs.iter()
            .all(|run| run.begin_text.as_deref().is_some_and(|text| text.starts_with("30-Dec-17 4:0")))
    );
    Ok(())
}

#[tokio::test]
async fn many_reports_of_one_moment_are_as_many_runs_and_cost_the_same() -> TestResult {
    let begins: [fn(u32) -> Value; 3] = [
        |number| json!({"Data": {"ParsedResult": "Success", "ExaminedFiles": number}}),
        // All from the future.
        |number| {
            let mut sent =
                report(&format!("2031-01-01T{:02}:{:02}:00Z", number / 60, number % 60), "Success");
            sent["Data"]["ExaminedFiles"] = json!(number);
            sent
        },
        // All with the same begin.
        |number| {
            let mut sent = report("2026-11-22T01:00:00Z", "Success");
            sent["Data"]["ExaminedFiles"] = json!(number);
            sent
        },
    ];
    for (kind, sent) in begins.into_iter().enumerate() {
        // Two reports of one of the previous twenty runs are compared with those twenty.
        let count = if kind == 2 { 20 } else { 300 };
        let (_folder, services) = services()?;
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        services
            .db
            .write(move |tx| {
                tx.conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                    if let InstrumentationEvent::StartQuery { .. } = event {
                        counter.fetch_add(1, Ordering::Relaxed);
                    }
                });
                Ok(())
            })
            .await?;
        let mut most = 0;
        for number in 0..count {
            let before = statements.load(Ordering::Relaxed);
            assert_eq!(send(&services, sent(number)).await?, Stored::New, "{kind}: {number}");
            most = most.max(statements.load(Ordering::Relaxed) - before);
        }
        // The first report of a job also reads what is set for it, its server, its group and everything.
        assert!(most < 65, "{kind}: {most} statements for one report");
        for number in 0..count {
            assert_eq!(send(&services, sent(number)).await?, Stored::Duplicate, "{kind}: {number}");
        }
        let runs = runs(&services).await?;
        assert_eq!(runs.len(), usize::try_from(count)?, "{kind}");
        let now = services.clock.now().plus(10).to_string();
        assert!(runs.iter().all(|run| run.start_time < now), "{kind}: nothing in the future");
    }
    Ok(())
}

#[tokio::test]
async fn the_report_from_before_the_end_never_leads() -> TestResult {
    let mut last = report("2026-11-22T01:00:00Z", "Error");
    last["Data"]["ErrorsActualLength"] = json!(1);
    last["LogLines"] = json!(["2026-11-22 01:09:00 +00 - [Error-A-B]: a file is damaged"]);
    let mut early = report("2026-11-22T01:00:00Z", "Success");
    early["Data"]["EndTime"] = json!("0001-01-01T00:00:00");
    early["Data"]["Duration"] = json!("00:00:00");
    early["Data"]["BackendStatistics"]["KnownFileSize"] = json!(4000);
    early["Data"]["BackendStatistics"]["BackupListCount"] = json!(6);
    // It has more figures than the last one, but does not take precedence.
    early["Data"]["BackendStatistics"]["BytesDownloaded"] = json!(12);
    for bodies in [[&early, &last], [&last, &early]] {
        let (_folder, services) = services()?;
        assert_eq!(send(&services, bodies[0]).await?, Stored::New);
        assert_eq!(send(&services, bodies[1]).await?, Stored::Duplicate);
        let run = runs(&services).await?.remove(0);
        assert_eq!((run.storage_size, run.versions, run.status.as_str()), (Some(5000), Some(7), "error"));
        assert_eq!((run.end_time.as_deref(), run.duration), (Some("2026-11-22T01:10:00Z"), Some(600)));
        assert_eq!(run.headline.as_deref(), Some("a file is damaged"));
        let raw = run::raw(&services, &Actor::CommandLine, RunId(1)).await?;
        assert!(raw.text.contains("a file is damaged"));
    }
    Ok(())
}

#[tokio::test]
async fn of_equally_rich_copies_the_first_stays() -> TestResult {
    let (_folder, services) = services()?;
    let first = report("2026-11-22T01:00:00Z", "Success");
    let mut second = first.clone();
    second["Data"]["BackendStatistics"]["KnownFileSize"] = json!(1);
    send(&services, first).await?;
    assert_eq!(send(&services, second).await?, Stored::Duplicate);
    assert_eq!(runs(&services).await?[0].storage_size, Some(5000));
    Ok(())
}

#[tokio::test]
async fn copies_that_contradict_each_other_are_two_runs_with_a_note() -> TestResult {
    let begin = "2026-11-22T01:00:00Z";
    let mut other = report(begin, "Success");
    other["Data"]["SizeOfExaminedFiles"] = json!(88_080_384);
    let (one, other) = (report(begin, "Success").to_string(), other.to_string());
    for bodies in [[&one, &other], [&other, &one]] {
        let (_folder, services) = services()?;
        send(&services, report("2026-11-21T01:00:00Z", "Success")).await?;
        assert_eq!(send(&services, bodies[0]).await?, Stored::New);
        assert_eq!(send(&services, bodies[1]).await?, Stored::New);
        for body in [bodies[1], bodies[0]] {
            assert_eq!(send(&services, body).await?, Stored::Duplicate);
        }
        assert_eq!(send(&services, text_report(begin, "Success")).await?, Stored::Duplicate);
        // A different run that really began a second later.
        let mut later = report("2026-11-22T01:00:01Z", "Success");
        later["Data"]["ExaminedFiles"] = json!(7);
        assert_eq!(send(&services, later).await?, Stored::New);
        let ids = backups::table.order(backups::start_time).select(backups::id);
        let ids: Vec<i64> = services.db.read(move |conn| Ok(ids.load(conn)?)).await?;
        let all = runs(&services).await?;
        let sizes: Vec<_> = all.iter().map(|run| (run.files_size, run.end_time.clone())).collect();
        assert_eq!(all.len(), 4, "{sizes:?}");
        assert!(all.iter().all(|run| !run.start_assumed));
        assert_eq!(summary(&services).await?.run_count, 4);
        let page = async |id| {
            let query = RunQuery { run: RunId(id), lines: LogFilter::All, page: 1 };
            run::show(&services, &Actor::CommandLine, query).await
        };
        assert!(page(ids[0]).await?.contradicts.is_empty());
        assert_eq!(page(ids[1]).await?.contradicts, [RunId(ids[2])]);
        let second = page(ids[2]).await?;
        assert_eq!((second.contradicts, second.clock_skew), (vec![RunId(ids[1])], None));
    }
    Ok(())
}

#[tokio::test]
async fn operations_that_say_other_things_are_others() -> TestResult {
    for begin in [json!("0001-01-01T00:00:00"), json!("2026-11-22T01:00:00Z")] {
        let (_folder, services) = services()?;
        let of = |files: u32| {
            let mut sent = report("2026-11-22T01:00:00Z", "Success");
            sent["Data"]["MainOperation"] = json!("Restore");
            sent["Data"]["BeginTime"] = begin.clone();
            sent["Data"]["RestoredFiles"] = json!(files);
            sent
        };
        for _ in 0..2 {
            for files in 0..4 {
                send(&services, of(files)).await?;
            }
        }
        assert_eq!(operations(&services).await?.len(), 4, "{begin}");
    }
    Ok(())
}

/// A delivery of the property test: a copy of one of the runs.
#[derive(Debug, Clone)]
struct Copy {
    job: u32,
    run: u32,
    with_machine_id: bool,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Text,
    Masked,
    Early,
}

impl Copy {
    fn body(&self) -> String {
        let Self { job, run, with_machine_id, form } = self;
        let begin = format!("2026-11-{:02}T{:02}:00:00Z", 1 + run, job);
        let machine = if *with_machine_id { "0123456789abcdef0123456789abcdef" } else { "" };
        let size = 1000 + job * 100 + run;
        if matches!(form, Form::Text | Form::Masked) {
            let name = if *form == Form::Masked { "-redacted-".to_owned() } else { format!("C:\\Job {job}") };
            return text_report(&begin, "Success")
                .replace(
                    "Documents (0123456789abcdef0123456789abcdef, DB-1, nas)",
                    &format!("{name} ({machine}, DB-{job}, nas)"),
                )
                .replace("SizeOfExaminedFiles: 1000", &format!("SizeOfExaminedFiles: {size}"));
        }
        let mut sent = report(&begin, "Success");
        sent["Extra"]["machine-id"] = json!(machine);
        sent["Extra"]["backup-id"] = json!(format!("DB-{job}"));
        sent["Extra"]["backup-name"] = json!(format!("C:\\Job {job}"));
        sent["Data"]["SizeOfExaminedFiles"] = json!(size);
        if *form == Form::Early {
            sent["Data"]["EndTime"] = json!("0001-01-01T00:00:00");
            sent["Data"]["Duration"] = json!("00:00:00");
            sent["Data"]["BackendStatistics"]["KnownFileSize"] = json!(1);
        }
        sent.to_string()
    }
}

/// Some runs, each with one complete report and other copies of it, in any order.
fn deliveries() -> impl Strategy<Value = Vec<Copy>> {
    let form = prop::sample::select(vec![Form::Json, Form::Text, Form::Masked, Form::Early]);
    let extra = prop::collection::vec((0..3_u32, 0..3_u32, any::<bool>(), form), 0..12);
    (extra, any::<[bool; 9]>())
        .prop_map(|(extra, ids)| {
            let whole = (0..9).zip(ids).map(|(number, id)| (number / 3, number % 3, id, Form::Json));
            whole
                .chain(extra)
                .map(|(job, run, with_machine_id, form)| Copy { job, run, with_machine_id, form })
                .collect::<Vec<_>>()
        })
        .prop_shuffle()
}

/// Servers and jobs by name, and what pages show of each run.
type Left = (Vec<String>, Vec<(String, String, Option<i64>, Option<i64>, Option<i64>)>);

async fn left(sent: &[Copy], keyed: bool) -> Result<Left, Box<dyn std::error::Error>> {
    let (_folder, services) = services()?;
    let key = ingest_keys::create(&services, &Actor::CommandLine, "").await?.secret;
    for copy in sent {
        send_with(&services, keyed.then_some(key.as_str()), copy.body()).await?;
    }
    let jobs = services.db.read(|conn| jobs::all(conn, None)).await?;
    let name = |id: i64| jobs.iter().find(|job| job.id == id).map(|job| job.name.clone()).unwrap_or_default();
    let mut runs: Vec<_> = runs(&services)
        .await?
        .into_iter()
        .map(|run| (name(run.job_id), run.start_time, run.files_size, run.storage_size, run.duration))
        .collect();
    runs.sort();
    Ok((server_names(&services).await?, runs))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_copies_arrive_does_not_matter(sent in deliveries(), keyed in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let left = runtime.block_on(left(&sent, keyed)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut wanted = Vec::new();
        for (job, run) in (0..3).flat_map(|job| (0..3).map(move |run| (job, run))) {
            let begin = format!("2026-11-{:02}T{job:02}:00:00Z", 1 + run);
            wanted.push((format!("C:\\Job {job}"), begin, Some(1000 + job * 100 + run), Some(5000), Some(600)));
        }
        prop_assert_eq!(left, (vec!["nas".to_owned()], wanted));
    }
}
