//! Jobs, with their state and the figures of their last complete run.

use std::collections::HashMap;

pub use super::servers::Filter;
use super::{Listed, Part, Position};
use crate::{
    access::Permission,
    checks::Check,
    db::{
        Connection, StoreError,
        tables::{
            id_lists::{self, JobText},
            jobs::{self, JobRecord, time},
            verifications::{self, Verification},
        },
    },
    dto::schedules::ScheduleFrom,
    error::Error,
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    service::{Actor, Services, rows},
    status::Status,
    time::Timestamp,
    verdict::Verdict,
};

/// A job. Sizes are bytes, durations seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its server.
    pub server: ServerId,
    /// Its name, as Duplicati says it.
    pub name: String,
    /// What users call it.
    pub alias: Option<String>,
    /// Notes of users.
    pub notes: Option<String>,
    /// Its own tags, by name.
    pub tags: Vec<String>,
    /// What is concluded of it.
    pub verdict: Verdict,
    /// Since when.
    pub since: Option<Timestamp>,
    /// What contradicts its last run, and what else is open.
    pub checks: Vec<Check>,
    /// The open incident.
    pub incident: Option<i64>,
    /// When the next run is expected.
    pub next_expected: Option<Timestamp>,
    /// When it is overdue.
    pub due: Option<Timestamp>,
    /// The usual distance between runs.
    pub interval: Option<i64>,
    /// Where its schedule comes from.
    pub schedule: ScheduleFrom,
    /// The run that began last.
    pub last_run: Option<LastRun>,
    /// When its last report arrived.
    pub last_report: Option<Timestamp>,
    /// Start of its last good run.
    pub last_success: Option<Timestamp>,
    /// The last conclusive verification of the destination: when it began, whether it failed, damaged files.
    pub verification: Option<(Timestamp, bool, Option<i64>)>,
    /// Failed runs in a row.
    pub failures: i64,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// Its runs.
    pub runs: i64,
    /// Bytes that all its runs uploaded.
    pub uploaded_total: i64,
    /// Files of the source, at the last complete run; so are the next three.
    pub files: Option<i64>,
    /// Size of the source.
    pub source_size: Option<i64>,
    /// Size at the destination.
    pub storage_size: Option<i64>,
    /// Versions that can be restored.
    pub versions: Option<i64>,
    /// Space of the destination.
    pub quota_total: Option<i64>,
    /// Free space of the destination.
    pub quota_free: Option<i64>,
    /// Since when it is archived.
    pub archived: Option<Timestamp>,
    /// When it was created.
    pub created: Option<Timestamp>,
}

/// The run of a job that began last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// Its id.
    pub id: RunId,
    /// When it began.
    pub started: Option<Timestamp>,
    /// What Duplicati said.
    pub status: Option<Status>,
    /// What became of it.
    pub outcome: Option<RunOutcome>,
    /// How long it took.
    pub duration: Option<i64>,
    /// Bytes that it uploaded.
    pub uploaded_size: Option<i64>,
    /// Its warnings.
    pub warnings: Option<i64>,
    /// Why it did not go well.
    pub headline: Option<String>,
}

/// A part of the jobs, by id.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn list(
    services: &Services,
    actor: &Actor,
    filter: Filter,
    part: Part,
) -> Result<Listed<Job>, Error> {
    actor.may(Permission::ViewBackups)?;
    Ok(services.db.read(move |conn| load(conn, &filter, part)).await?)
}

/// One job.
///
/// # Errors
/// [`Error::NotFound`] if there is none; when the actor may not view backups.
pub async fn find(services: &Services, actor: &Actor, id: JobId) -> Result<Job, Error> {
    actor.may(Permission::ViewBackups)?;
    let part = Part { after: Some(Position { at: None, id: id.0.saturating_sub(1) }), limit: 1 };
    let mut found = services.db.read(move |conn| load(conn, &Filter::default(), part)).await?;
    found.rows.pop().filter(|job| job.id == id).ok_or(Error::NotFound)
}

fn load(conn: &mut Connection, wanted: &Filter, part: Part) -> Result<Listed<Job>, StoreError> {
    let texts = id_lists::jobs(conn, wanted, part.above(), part.read())?;
    let listed = Listed::of(part, texts, |row| Position { at: None, id: row.id });
    let ids: Vec<i64> = listed.rows.iter().map(|row| row.id).collect();
    let records = jobs::of_ids(conn, &ids)?.into_iter().map(|record| (record.id, record));
    let mut records: HashMap<i64, JobRecord> = records.collect();
    let tested = verifications::latest(conn, &ids)?;
    let tags = id_lists::job_tags(conn, &ids)?;
    let next = listed.next;
    let rows = listed.rows.into_iter().filter_map(|text| {
        let of_job = tags.iter().filter(|(job, _)| *job == text.id).map(|(_, name)| name.clone()).collect();
        Some(job(records.remove(&text.id)?, text, of_job, &tested))
    });
    Ok(Listed { rows: rows.collect(), next })
}

fn job(record: JobRecord, text: JobText, tags: Vec<String>, tested: &HashMap<i64, Verification>) -> Job {
    let (why, tested) = (record.why(), tested.get(&record.id));
    let (verdict, checks) = (record.verdict(), rows::checks(&why, tested));
    let JobRecord { id, server_id, name, alias, summary, state } = record;
    let state = state.as_ref();
    let of_state = |text: Option<&String>| time(text.map(String::as_str));
    Job {
        id: JobId(id),
        server: ServerId(server_id),
        name,
        alias,
        notes: text.notes,
        tags,
        verdict,
        since: of_state(state.map(|state| &state.since)),
        checks,
        incident: state.and_then(|state| state.incident_id),
        next_expected: of_state(state.and_then(|state| state.slot.as_ref())),
        due: of_state(state.and_then(|state| state.due.as_ref())),
        interval: state.and_then(|state| state.interval),
        schedule: ScheduleFrom::from_word(&text.schedule_source).unwrap_or_default(),
        last_report: time(summary.last_report_at.as_deref()),
        last_success: time(summary.last_success_at.as_deref()),
        verification: tested.map(|tested| (tested.at, tested.failed, tested.damaged)),
        failures: summary.failures,
        failing_since: time(summary.failing_since.as_deref()),
        runs: summary.run_count,
        uploaded_total: summary.uploaded_total,
        files: summary.files_count,
        source_size: summary.files_size,
        storage_size: summary.storage_size,
        versions: summary.versions,
        quota_total: summary.quota_total,
        quota_free: summary.quota_free,
        archived: time(text.archived_at.as_deref()),
        created: time(Some(&text.created_at)),
        last_run: summary.last_run_id.map(|id| LastRun {
            id: RunId(id),
            started: time(summary.last_start.as_deref()),
            status: summary.last_status(),
            outcome: summary.last_outcome(),
            duration: summary.last_duration,
            uploaded_size: summary.last_outcome().unwrap_or_default().sent_figure(summary.last_uploaded),
            warnings: summary.last_warnings,
            headline: summary.last_headline.clone(),
        }),
    }
}
