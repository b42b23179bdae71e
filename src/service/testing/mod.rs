//! Services with a new database in a temporary folder and a fixed clock, and reports to send to them.

pub(crate) mod accounts;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{
    Crypto, Options, Services,
    ingest::{self, IngestError, Stored, Upload},
};
use crate::{
    clock::Clock,
    db::{
        Connection, Db, StoreError,
        schema::job_days,
        tables::{
            days::{self, JobDay, SiteDayRow},
            jobs::{self, Summary},
        },
    },
    time::{Day, Timestamp},
    zone::Zone,
};

/// 2026-11-23T12:00:00Z.
pub(crate) const NOON: i64 = 1_795_435_200;

/// What most tests return.
pub(crate) type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Returns services for a test; the database exists as long as the folder is held.
pub(crate) fn services() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    services_in(Zone::utc())
}

/// Returns services for a test with this site time zone.
pub(crate) fn services_in(zone: Zone) -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let db = Db::open(&folder.path().join("duplistatus.db"))?;
    let clock = Clock::manual(Timestamp::from_unix(NOON));
    let options = Options { open_ingest: true, ..Options::default() };
    Ok((folder, Services::new(db, clock, zone, options, Crypto::for_made_up_data()?)))
}

/// Sets the clock to this many seconds after [`NOON`].
pub(crate) fn at(services: &Services, seconds: i64) {
    services.clock.set(Timestamp::from_unix(NOON + seconds));
}

/// Returns a JSON report of the job "Documents" of the machine "nas" that began at `begin` (`2026-11-23T02:00:00Z`)
/// and took ten minutes.
pub(crate) fn report(begin: &str, status: &str) -> Value {
    let start: Timestamp = begin.parse().unwrap_or_default();
    json!({
        "Data": {
            "MainOperation": "Backup", "ParsedResult": status, "BeginTime": begin,
            "EndTime": start.plus(600).to_string(), "Duration": "00:10:00",
            "ExaminedFiles": 100, "SizeOfExaminedFiles": 1000, "AddedFiles": 3,
            "WarningsActualLength": 0, "ErrorsActualLength": 0, "MessagesActualLength": 5,
            "BackendStatistics": {
                "KnownFileSize": 5000, "BytesUploaded": 50, "BackupListCount": 7,
                "TotalQuotaSpace": 100_000, "FreeQuotaSpace": 40_000, "AssignedQuotaSpace": -1,
            },
        },
        "Extra": {
            "OperationName": "Backup", "backup-name": "Documents",
            "machine-id": "0123456789abcdef0123456789abcdef", "machine-name": "nas",
        },
        "LogLines": [],
        "Exception": null,
    })
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Normally.
    ByItself,
    /// Stopped by a user.
    Stopped,
    /// Stopped by a user after the current file.
    Partial,
    /// Skipped by a script, as reported up to Duplicati 2.1.
    Skipped,
}

impl Ended {
    /// All variants.
    pub(crate) const ALL: [Self; 4] = [Self::ByItself, Self::Stopped, Self::Partial, Self::Skipped];
}

/// Returns a strategy for the end of a run; most end normally.
pub(crate) fn endings() -> impl proptest::strategy::Strategy<Value = Ended> {
    use proptest::prelude::*;
    prop_oneof![4 => Just(Ended::ByItself), 1 => prop::sample::select(Ended::ALL.to_vec())]
}

/// Changes a [`report`] to one of a run that ended this way.
pub(crate) fn end(report: &mut Value, ended: Ended) {
    let data = &mut report["Data"];
    match ended {
        Ended::ByItself => {}
        Ended::Stopped => data["Interrupted"] = json!(true),
        Ended::Partial => data["PartialBackup"] = json!(true),
        Ended::Skipped => {
            data["Interrupted"] = json!(true);
            data["Duration"] = json!("00:00:00.7187050");
            data["EndTime"] = data["BeginTime"].clone();
            for name in ["ExaminedFiles", "SizeOfExaminedFiles", "AddedFiles"] {
                data[name] = json!(0);
            }
            data["BackendStatistics"] =
                json!({ "KnownFileSize": 0, "BytesUploaded": 0, "BackupListCount": 0, "TotalQuotaSpace": 0 });
        }
    }
}

/// Returns the report of the same run as [`report`], in the text format that Duplicati sends by default.
pub(crate) fn text_report(begin: &str, status: &str) -> String {
    let start: Timestamp = begin.parse().unwrap_or_default();
    format!(
        "Duplicati Backup report for Documents (0123456789abcdef0123456789abcdef, DB-1, nas)\n\nExaminedFiles: 100\n\
         SizeOfExaminedFiles: 1000\nMainOperation: Backup\nParsedResult: {status}\nEndTime: 23.11.2026 02:10:00 ({})\n\
         BeginTime: 23.11.2026 02:00:00 ({})\nDuration: 00:10:00\n",
        start.plus(600).unix(),
        start.unix()
    )
}

/// Sends a body without a key, with open ingest.
pub(crate) async fn send(services: &Services, body: impl ToString) -> Result<Stored, IngestError> {
    send_with(services, None, body).await
}

/// Sends a body with a key.
pub(crate) async fn send_with(
    services: &Services,
    key: Option<&str>,
    body: impl ToString,
) -> Result<Stored, IngestError> {
    let actor = ingest::authenticate(services, key).await?;
    let upload = Upload {
        content_type: None,
        body: body.to_string().into_bytes(),
        key: None,
        source: "192.0.2.7".into(),
    };
    ingest::accept(services, &actor, upload).await
}

/// All totals and summaries.
type Totals = (Vec<JobDay>, Vec<SiteDayRow>, Vec<Summary>);

fn totals(conn: &mut Connection) -> Result<Totals, StoreError> {
    let job_days =
        job_days::table.order((job_days::job_id, job_days::day)).select(JobDay::as_select()).load(conn)?;
    let site_days = days::site_days_since(conn, Day::from_number(0))?;
    Ok((job_days, site_days, jobs::all(conn, None)?.into_iter().map(|job| job.summary).collect()))
}

/// Asserts that all derived rows match the runs.
pub(crate) async fn check_totals(services: &Services) -> TestResult {
    let stored = services.db.read(totals).await?;
    let zone = services.zone.clone();
    services
        .db
        .write(move |tx| {
            days::rebuild(tx.conn, &zone)?;
            for job in jobs::all(tx.conn, None)? {
                jobs::refresh(tx.conn, job.job_ref())?;
            }
            Ok(())
        })
        .await?;
    assert_eq!(services.db.read(totals).await?, stored);
    Ok(())
}
