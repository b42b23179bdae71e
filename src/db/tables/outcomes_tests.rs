//! Outcomes in Rust and in SQL agree, and so do the headlines.

use diesel::{connection::SimpleConnection as _, sql_types::Text};
use proptest::prelude::*;

use super::*;
use crate::{
    db::engine::{connection::open_writer, migrate::migrate},
    report::{Level, Log, LogLine},
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

const EXCEPTIONS: [Option<&str>; 6] = [
    None,
    Some("System.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at Duplicati.Library.X()"),
    Some("A task was canceled.System.OperationCanceledException: x"),
    Some("System.Threading.Tasks.TaskCanceledException: HttpClient.Timeout of 100 seconds elapsing."),
    Some(
        "System.IO.IOException: gone\n ---> System.Threading.Tasks.TaskCanceledException: A task was canceled.",
    ),
    Some("System.IO.IOException: gone\n   at X.ThrowOperationCanceledException()"),
];

/// Stored logs: none, failed, cancelled, both, stopped by a user, and damaged.
fn logs() -> Vec<Option<String>> {
    let line = |level, tag: &str, text: &str| LogLine {
        time: None,
        level,
        tag: Some(tag.into()),
        text: text.into(),
    };
    let failed = line(Level::Error, "A.B-PutFailed", "No space left on device");
    let cancelled = line(
        Level::Error,
        "A.B-FatalError",
        "Fatal error\nSystem.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at A.B()",
    );
    let asked = line(Level::Warning, "A.B-CancellationRequested", "Cancellation was requested by user.");
    let stored = |lines: &[&LogLine]| {
        Some(
            Log { lines: lines.iter().map(|line| (*line).clone()).collect(), ..Log::default() }
                .to_bounded_json(),
        )
    };
    vec![
        None,
        stored(&[&failed]),
        stored(&[&cancelled]),
        stored(&[&failed, &cancelled]),
        stored(&[&asked]),
        Some("[damaged Cancel".to_owned()),
    ]
}

fn rows() -> impl Strategy<Value = RunRecord> {
    let figure = || prop_oneof![Just(None), Just(Some(0)), Just(Some(7))];
    (
        0..Status::ALL.len(),
        any::<[bool; 3]>(),
        [figure(), figure(), figure(), figure()],
        0..EXCEPTIONS.len(),
        prop::sample::select(logs()),
    )
        .prop_map(
            |(
                status,
                [interrupted, partial, dry_run],
                [files, uploaded, versions, stored],
                exception,
                messages,
            )| {
                RunRecord {
                    status: Status::ALL[status].as_str().to_owned(),
                    interrupted,
                    partial,
                    dry_run,
                    files_count: files,
                    uploaded_size: uploaded,
                    versions,
                    storage_size: stored,
                    exception: EXCEPTIONS[exception].map(str::to_owned),
                    messages,
                    ..blank()
                }
            },
        )
}

fn blank() -> RunRecord {
    RunRecord {
        server_id: 1,
        backup_name: "a".into(),
        job_id: 1,
        created_at: "2026".into(),
        ..RunRecord::default()
    }
}

fn file() -> Result<(tempfile::TempDir, Connection), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut conn = open_writer(&folder.path().join("duplistatus.db"))?;
    migrate(&mut conn, crate::db::care::derived::after_migration)?;
    conn.batch_execute(
        "INSERT INTO servers (name) VALUES ('nas'); INSERT INTO jobs (server_id, name, created_at) VALUES (1, 'a', '2026');",
    )?;
    Ok((folder, conn))
}

fn stored(conn: &mut Connection) -> Result<Vec<String>, StoreError> {
    Ok(backups::table.order(backups::id).select(backups::outcome).load(conn)?)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]

    #[test]
    fn a_headline_says_what_became_of_the_run(one in rows(), other in rows()) {
        let headline = |run: RunRecord| {
            let told = run.outcome().cancelled_headline().unwrap_or("the cause").to_owned();
            RunRecord { headline: Some(told), ..run }
        };
        let merged = headline(one).merged_with(headline(other));
        let said = merged.headline.as_deref().is_some_and(RunOutcome::is_called_off);
        prop_assert_eq!(said, merged.outcome().cancelled_headline().is_some(), "{:?}", merged);
    }

    #[test]
    fn sql_and_rust_agree(runs in proptest::collection::vec(rows(), 1..60)) {
        let check = || -> TestResult {
            let (_folder, mut conn) = file()?;
            let mut expected = Vec::new();
            for (number, run) in (0..).zip(&runs) {
                let start_time = Timestamp::from_unix(1_790_000_000 + number * 60).to_string();
                RunRecord { start_time, ..run.clone() }.insert(&mut conn)?;
                expected.push(run.outcome().to_string());
            }
            assert_eq!(stored(&mut conn)?, expected, "as they are recorded");
            conn.batch_execute("UPDATE backups SET outcome = iif(outcome = 'unknown', 'good', 'unknown')")?;
            settle(&mut conn)?;
            assert_eq!(stored(&mut conn)?, expected, "as a rebuild says");
            Ok(())
        };
        check().map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
}

#[test]
fn other_words_are_refused() -> TestResult {
    #[derive(QueryableByName)]
    struct Plan {
        #[diesel(sql_type = Text)]
        outcome: String,
    }
    let (_folder, mut conn) = file()?;
    RunRecord { status: "success".into(), start_time: "2026-11-23T02:00:00Z".into(), ..blank() }
        .insert(&mut conn)?;
    assert!(conn.batch_execute("UPDATE backups SET outcome = 'fine'").is_err());
    for outcome in RunOutcome::ALL {
        conn.batch_execute(&format!("UPDATE backups SET outcome = '{outcome}'"))?;
        let row: Plan = diesel::sql_query("SELECT outcome FROM backups").get_result(&mut conn)?;
        assert_eq!(row.outcome, outcome.as_str());
    }
    Ok(())
}
