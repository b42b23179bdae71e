//! Runs beyond what pages show: entered by hand, in parts of a list, the latest one, statistics, trends day by day. Nothing
//! here is summed up over runs: it comes from the totals per day.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    Actor, Services, ingest,
    ingest::{IngestError, Stored, Upload},
    overview::server::{run_row, statistics as summed_up},
    rows::{missing_is_not_found, moment},
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, StoreErrorKind,
        tables::{
            days,
            jobs::{self, JobRecord},
            notifications,
            run_lists::{self, Wanted},
            servers,
            totals::Totals,
        },
    },
    dto::{
        history::{NewRun, Notification, Part, Place, TrendDay},
        server::{RunRow, RunSort, Statistics},
    },
    error::Error,
    ids::{RunId, ServerId},
    time::Day,
    zone::Zone,
};

/// Days that can be asked for.
const DAYS: std::ops::RangeInclusive<i64> = 1..=3660;

/// Runs of a server, or of one job on it, newest first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such server or job.
pub async fn runs(
    services: &Services,
    actor: &Actor,
    place: Place,
    part: Part,
) -> Result<Vec<RunRow>, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, Part { limit, offset }) = (actor.zone(services), part.bounded());
    services
        .db
        .read(move |conn| {
            let jobs = chosen(conn, place)?;
            let rows = run_lists::list(
                conn,
                Wanted::all(place.server, place.job),
                RunSort::Started,
                false,
                limit,
                offset,
            )?;
            let name = |id: i64| jobs.iter().find(|job| job.id == id).map(|job| job.name.clone());
            Ok(rows.into_iter().map(|row| run_row(&zone, row, |id| name(id).unwrap_or_default())).collect())
        })
        .await
        .map_err(missing_is_not_found)
}

/// The run of a server, or of one job on it, that began last; none when there is none.
///
/// # Errors
/// As [`runs`].
pub async fn latest(services: &Services, actor: &Actor, place: Place) -> Result<Option<RunRow>, Error> {
    Ok(runs(services, actor, place, Part { limit: 1, offset: 0 }).await?.pop())
}

/// Statistics of a server, or of one job on it, over the last `days` days with today, or over all of its history.
///
/// # Errors
/// As [`runs`]; [`Error::Invalid`] when the number of days is out of its range.
pub async fn statistics(
    services: &Services,
    actor: &Actor,
    place: Place,
    days: Option<i64>,
) -> Result<Statistics, Error> {
    actor.may(Permission::ViewBackups)?;
    let first = days.map(|days| first_day(services, days)).transpose()?;
    let zone = actor.zone(services);
    services
        .db
        .read(move |conn| {
            let jobs = chosen(conn, place)?;
            let days = days::server_days_since(conn, place.server, place.job, first)?;
            Ok(summed_up(&zone, &jobs.iter().collect::<Vec<_>>(), &days))
        })
        .await
        .map_err(missing_is_not_found)
}

/// The last `days` days of a server, or of one job on it, oldest first; days without runs are there as well.
///
/// # Errors
/// As [`statistics`].
pub async fn trends(
    services: &Services,
    actor: &Actor,
    place: Place,
    days: i64,
) -> Result<Vec<TrendDay>, Error> {
    actor.may(Permission::ViewBackups)?;
    let first = first_day(services, days)?;
    services
        .db
        .read(move |conn| {
            let ids: Vec<i64> = chosen(conn, place)?.iter().map(|job| job.id).collect();
            let rows = days::server_days_since(conn, place.server, place.job, Some(first))?;
            let mut known: BTreeMap<i64, Totals> =
                days::levels_before(conn, &ids, first)?.into_iter().collect();
            let mut rows = rows.into_iter().peekable();
            let trend = |number| {
                let day = first.plus(number);
                let mut runs = Totals::default();
                while let Some(row) = rows.next_if(|row| row.day <= day) {
                    let level = known.entry(row.job_id).or_default();
                    *level = std::mem::take(level).followed_by(&row.totals);
                    runs = runs.with_runs(&row.totals);
                }
                let levels = known.values().fold(Totals::default(), |sum, level| sum.with_job(level));
                trend_day(day, &runs, &levels)
            };
            Ok((0..days).map(trend).collect())
        })
        .await
        .map_err(missing_is_not_found)
}

fn trend_day(day: Day, total: &Totals, levels: &Totals) -> TrendDay {
    TrendDay {
        day,
        runs: total.runs,
        successful: total.successes,
        warnings: total.warnings,
        failed: total.failures,
        incomplete: total.incomplete,
        average_duration: total.average_duration(),
        uploaded_size: total.uploaded_size,
        source_size: levels.files_size,
        storage_size: levels.storage_size,
    }
}

/// The jobs that are meant.
fn chosen(conn: &mut Connection, place: Place) -> Result<Vec<JobRecord>, StoreError> {
    servers::find(conn, place.server)?;
    let mut jobs = jobs::all(conn, Some(place.server))?;
    if let Some(job) = place.job {
        jobs.retain(|record| record.id == job.0);
        if jobs.is_empty() {
            return Err(StoreError::new(StoreErrorKind::NotFound, "no such job on this server"));
        }
    }
    Ok(jobs)
}

fn first_day(services: &Services, days: i64) -> Result<Day, Error> {
    if !DAYS.contains(&days) {
        let hint = format!("use a number from {} to {}", DAYS.start(), DAYS.end());
        return Err(Error::Invalid { field: "days", hint });
    }
    Ok(services.zone.day(services.clock.now()).plus(1 - days))
}

/// Stores a run as a report of it would be stored: a run of the same job and start is merged with it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such server; [`Error::Invalid`] when something cannot be used.
pub async fn create(services: &Services, actor: &Actor, run: NewRun) -> Result<Stored, Error> {
    actor.may(Permission::ManageDatabase)?;
    let name = run.job.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Error::Invalid { field: "job", hint: "use 1 to 200 visible characters".into() });
    }
    let numbers =
        [run.duration, run.files, run.source_size, run.storage_size, run.uploaded_size, run.versions];
    if numbers.iter().flatten().any(|number| *number < 0) {
        return Err(Error::Invalid { field: "run", hint: "numbers are 0 or more, or left out".into() });
    }
    let server = run.server;
    services.db.read(move |conn| servers::find(conn, server)).await.map_err(missing_is_not_found)?;
    // Bound to the server, as a report with its key is; nobody's key is noted as used.
    let sender = Actor::Sender { key: None, server: Some(server) };
    let upload = Upload {
        key: None,
        content_type: Some("application/json".into()),
        body: as_report(&run, name).to_string().into_bytes(),
        source: "duplistatus".into(),
    };
    ingest::accept(services, &sender, upload).await.map_err(|error| match error {
        IngestError::Store(error) => Error::Store(error),
        other => Error::Invalid { field: "run", hint: other.to_string() },
    })
}

fn as_report(run: &NewRun, name: &str) -> serde_json::Value {
    let end = run.duration.map(|seconds| run.started.plus(seconds).to_string());
    let duration = run.duration.map(|seconds| {
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        format!("{days}.{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60)
    });
    json!({
        "Data": {
            "MainOperation": "Backup",
            "ParsedResult": run.status.as_str(),
            "BeginTime": run.started.to_string(),
            "EndTime": end,
            "Duration": duration,
            "ExaminedFiles": run.files,
            "SizeOfExaminedFiles": run.source_size,
            "BackendStatistics": {
                "KnownFileSize": run.storage_size,
                "BytesUploaded": run.uploaded_size,
                "BackupListCount": run.versions,
            },
        },
        "Extra": { "OperationName": "Backup", "backup-name": name },
        "LogLines": run.messages,
    })
}

/// What was told to people about a server, or about everything, newest first.
///
/// # Errors
/// When the actor may not.
pub async fn notifications(
    services: &Services,
    actor: &Actor,
    server: Option<ServerId>,
    part: Part,
) -> Result<Vec<Notification>, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, Part { limit, offset }) = (actor.zone(services), part.bounded());
    let rows = services.db.read(move |conn| notifications::list(conn, server, limit, offset)).await?;
    Ok(rows.into_iter().map(|row| notification(&zone, row)).collect())
}

fn notification(zone: &Zone, row: notifications::NotificationRow) -> Notification {
    Notification {
        id: row.id,
        server: row.server_id.map(ServerId),
        run: row.backup_id.map(RunId),
        kind: row.kind,
        status: row.status,
        message: row.message,
        sent: moment(zone, row.sent_at.as_deref()),
        created: zone.moment(row.created_at.parse().unwrap_or_default()),
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
