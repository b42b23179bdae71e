//! After an upgrade, a run has the values that it would have if its report arrived now.

use diesel::connection::SimpleConnection as _;

use super::*;
use crate::{
    db::engine::{
        connection::open_writer,
        dynamic::{self, Value},
        migrate::{migrate, migrate_to},
    },
    report::{Level, LogLine},
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

const STOPPED: &str = "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at A.B()";
const DISK: &str = "System.IO.IOException: No space left on device\r\n   at A.B()";
const NESTED: &str = "System.AggregateException: One or more errors occurred. (Disk full)\n ---> System.IO.IOException: Disk full\n   at A.B()";
const TALK: &str = "System.Exception: See inner exception ---> System.TimeoutException: too slow";
const SENT: &str = "Duplicati.Library.Modules.Builtin.SendHttpMessage-HttpResponseError";
const SCRIPT: &str = "Duplicati.Library.Modules.Builtin.RunScript-x.Send";

fn line(level: Level, tag: &str, text: &str) -> LogLine {
    LogLine { time: None, level, tag: Some(tag.into()), text: text.into() }
}

type Old = (&'static str, bool, Option<&'static str>, Vec<LogLine>, Option<&'static str>);

/// Runs of an older version: status, interrupted, exception, log, and the stored headline.
fn runs() -> Vec<Old> {
    let warned = |tag| vec![line(Level::Warning, tag, "x"), line(Level::Warning, tag, "y")];
    let failed = vec![line(Level::Error, "A.B-PutFailed", "Put failed")];
    let mut runs = Vec::new();
    for status in ["success", "warning", "error", "fatal", "unknown"] {
        for exception in [None, Some(STOPPED), Some(DISK), Some(NESTED), Some(TALK), Some("just words")] {
            for headline in [None, Some("The operation Backup has failed with error: x")] {
                for log in [Vec::new(), warned(SENT), warned(SCRIPT), failed.clone()] {
                    for interrupted in [false, true] {
                        runs.push((status, interrupted, exception, log.clone(), headline));
                    }
                }
            }
        }
    }
    runs
}

#[test]
fn what_migrations_filled_is_what_the_functions_say() -> TestResult {
    let folder = tempfile::tempdir()?;
    let mut conn = open_writer(&folder.path().join("duplistatus.db"))?;
    let old = ["0001", "0002", "0003", "0005", "0006"].map(str::to_owned);
    migrate_to(&mut conn, &old)?;
    conn.batch_execute(
        "INSERT INTO servers (name) VALUES ('nas');
         INSERT INTO jobs (server_id, name, created_at) VALUES (1, 'a', '2026-11-23T00:00:00Z');",
    )?;
    let runs = runs();
    for (number, (status, interrupted, exception, lines, headline)) in runs.iter().enumerate() {
        let text =
            |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.as_bytes().to_vec()));
        let log = Log { lines: lines.clone(), ..Log::default() }.to_bounded_json();
        let values = [
            text(Some(status)),
            Value::Integer(i64::from(*interrupted)),
            text(*exception),
            text((!lines.is_empty()).then_some(&*log)),
            text(*headline),
            Value::Integer(i64::try_from(number)?),
        ];
        let sql = "INSERT INTO backups (server_id, job_id, backup_name, created_at, files_count, uploaded_size, status, interrupted, exception,
                       messages, headline, start_time)
                   VALUES (1, 1, 'a', '2026-11-23T00:00:00Z', 5, 5, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 1790000000 + 60 * ?, 'unixepoch'))";
        dynamic::execute(&mut conn, sql, &values)?;
    }
    migrate(&mut conn, crate::db::care::derived::after_migration)?;
    let rows: Vec<(i64, Option<String>, i64, String)> = {
        use crate::db::schema::backups::dsl::{backups, headline, id, outcome, reporting_warnings};
        backups.order(id).select((id, headline, reporting_warnings, outcome)).load(&mut conn)?
    };
    assert_eq!(rows.len(), runs.len());
    for ((_, told, warnings, outcome), (status, interrupted, exception, lines, before)) in
        rows.iter().zip(&runs)
    {
        let today = crate::outcome::ReportedEnd {
            status: status.parse()?,
            interrupted: *interrupted,
            files: Some(5),
            uploaded: Some(5),
            exception: *exception,
            log: report::LogOf::Lines(lines),
            ..Default::default()
        };
        let cancelled_headline = today.outcome().cancelled_headline();
        let run = format!("{status}, {interrupted}, {exception:?}, {lines:?}");
        assert_eq!(*outcome, today.outcome().to_string(), "{run}");
        // Without an exception, the stored headline is kept.
        let expected = match (cancelled_headline, exception) {
            (None, None) => before.map(str::to_owned),
            _ => report::cause(cancelled_headline, *exception, lines),
        };
        assert_eq!(*told, expected, "{run}");
        assert_eq!(*warnings, report::warnings_about_reporting(lines), "{run}");
    }
    let summary = "SELECT count(*) FROM jobs JOIN backups ON backups.id = last_run_id WHERE last_headline IS backups.headline";
    assert_eq!(dynamic::number(&mut conn, summary)?, Some(1));
    Ok(())
}
