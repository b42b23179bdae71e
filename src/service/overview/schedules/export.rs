//! The schedules that pass the filter of the list, on all of its pages, as a file.

use std::io::{BufWriter, Write};

use serde::Serialize;

use super::{
    super::{
        choice::Choice,
        list_file::{self, ListFile, number},
    },
    Rows, wanted,
};
use crate::{
    access::Permission,
    db::{Connection, StoreError, StoreErrorKind, care::export::escape_formula, tables::schedule_list},
    dto::{
        Moment,
        export::ExportFormat,
        job::{Origin, Profile, Rhythm, ScheduleSource},
        schedules::{ScheduleRow, SchedulesQuery},
    },
    error::Error,
    service::{Actor, Services, audit, audit::Entry},
    time::Timestamp,
    zone::Zone,
};

/// Bytes that are written at once.
const PIECE: usize = 64 * 1024;
/// Jobs that are read at once.
const STEP: i64 = 500;

/// A list that can be written.
#[derive(Debug, Clone)]
pub struct SchedulesFile {
    query: SchedulesQuery,
    format: ExportFormat,
}

/// What is asked for.
///
/// # Errors
/// When the actor may not.
pub fn select(actor: &Actor, query: SchedulesQuery, format: ExportFormat) -> Result<SchedulesFile, Error> {
    actor.may(Permission::ViewBackups)?;
    Ok(SchedulesFile { query, format })
}

/// Writes the list as it is at this moment. How many jobs.
///
/// # Errors
/// When the database cannot be read, or the text cannot be written.
pub async fn write_out(
    services: &Services,
    actor: &Actor,
    file: SchedulesFile,
    out: impl Write + Send + 'static,
) -> Result<u64, Error> {
    let (zone, site, now) = (actor.zone(services), services.zone.clone(), services.clock.now());
    let filter = file.query.words().into_iter().filter(|(name, word)| *name != "page" && !word.is_empty());
    let mut facts: serde_json::Map<String, serde_json::Value> =
        filter.map(|(name, word)| (name.to_owned(), word.into())).collect();
    facts.insert("format".into(), file.format.as_str().into());
    let jobs = services
        .db
        .read_unpooled(move |conn| {
            let mut out = BufWriter::with_capacity(PIECE, out);
            // That the text could not be written says nothing about the database.
            Ok(write(conn, (&zone, &site, now), &file, &mut out)?.and_then(|jobs| out.flush().map(|()| jobs)))
        })
        .await?
        .map_err(|error| StoreError::new(StoreErrorKind::Io, error.to_string()))?;
    facts.insert("jobs".into(), jobs.into());
    let entry = Entry::new("schedules.export").after(facts.into());
    if let Err(error) = audit::note(services, actor, entry).await {
        tracing::warn!(%error, "the export of schedules could not be recorded in the audit log");
    }
    Ok(jobs)
}

/// The outer result is the database's, the inner one the file's.
fn write(
    conn: &mut Connection,
    (zone, site, now): (&Zone, &Zone, Timestamp),
    file: &SchedulesFile,
    out: &mut dyn Write,
) -> Result<std::io::Result<u64>, StoreError> {
    let mut list = match ListFile::begin::<Line<'_>>(out, file.format) {
        Ok(list) => list,
        Err(error) => return Ok(Err(error)),
    };
    let choice = Choice::of(conn, &file.query.group, &file.query.tag)?;
    let (filter, order) = wanted(&file.query, &choice);
    let mut rows = Rows::new(zone, site, now);
    let mut written = Ok(());
    schedule_list::each(conn, &filter, order, STEP, |conn, ids| {
        for row in rows.of(conn, &ids)? {
            written = list.add(&Line::of(&row));
            if written.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    })?;
    Ok(written.and_then(|()| list.end()))
}

/// One job in a file: what the list shows of it.
#[derive(Debug, Serialize)]
struct Line<'r> {
    server_id: i64,
    server: &'r str,
    job_id: i64,
    job: &'r str,
    state: &'static str,
    source: &'static str,
    set_for: Option<&'static str>,
    schedule: Option<String>,
    zone: &'r str,
    next: Option<String>,
    overdue_from: Option<String>,
    tolerance: Option<i64>,
    tolerance_profile: &'static str,
    paused: bool,
    paused_until: Option<String>,
    last_good: Option<String>,
    runs: i64,
}

const fn place(origin: Origin) -> &'static str {
    match origin {
        Origin::Job => "job",
        Origin::Server => "server",
        Origin::Group => "group",
        Origin::Site => "all",
    }
}

/// A rhythm as programs read it: `every 1 days at 02:00 on 1,2`; weekdays count from 1, Monday.
fn rhythm(rhythm: &Rhythm) -> String {
    let on = |days: &[i64]| match days {
        [] => String::new(),
        days => {
            let days: Vec<String> = days.iter().map(|day| (day + 1).to_string()).collect();
            format!(" on {}", days.join(","))
        }
    };
    let at = |second: i64| format!(" at {:02}:{:02}", second / 3600, second % 3600 / 60);
    match rhythm {
        Rhythm::Elapsed(seconds, days) => format!("every {seconds} seconds{}", on(days)),
        Rhythm::Days(every, second, days) => format!("every {every} days{}{}", at(*second), on(days)),
        Rhythm::Weeks(every, second, days) => format!("every {every} weeks{}{}", at(*second), on(days)),
        Rhythm::Months(every, second, day) => format!("every {every} months{} on day {day}", at(*second)),
        Rhythm::Cron(expression) => format!("cron {expression}"),
    }
}

impl<'r> Line<'r> {
    fn of(row: &'r ScheduleRow) -> Self {
        let (source, set_for) = match row.schedule.source {
            ScheduleSource::Set(origin) => ("set", Some(place(origin))),
            ScheduleSource::Never(origin) => ("never", Some(place(origin))),
            ScheduleSource::Told => ("told", None),
            ScheduleSource::Learnt(..) => ("learned", None),
            ScheduleSource::None => ("none", None),
        };
        let time = |at: Option<&Moment>| at.map(|at| at.at.to_string());
        Self {
            server_id: row.server.0,
            server: &row.server_name,
            job_id: row.job.0,
            job: &row.job_name,
            state: row.verdict.as_str(),
            source,
            set_for,
            schedule: row.schedule.rhythm.as_ref().map(rhythm),
            zone: &row.schedule.zone,
            next: time(row.schedule.next.first()),
            overdue_from: time(row.due.as_ref()),
            tolerance: row.tolerance.seconds,
            tolerance_profile: match row.tolerance.profile {
                Profile::Server => "server",
                Profile::Desktop => "desktop",
                Profile::Laptop => "laptop",
                Profile::Archive => "archive",
                Profile::Span => "span",
            },
            paused: row.is_paused,
            paused_until: time(row.paused_until.as_ref()),
            last_good: time(row.last_good.as_ref()),
            runs: row.runs,
        }
    }
}

impl list_file::Line for Line<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "server_id",
        "server",
        "job_id",
        "job",
        "state",
        "source",
        "set_for",
        "schedule",
        "zone",
        "next",
        "overdue_from",
        "tolerance",
        "tolerance_profile",
        "paused",
        "paused_until",
        "last_good",
        "runs",
    ];

    fn cells(&self) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.server_id.to_string(),
            escape_formula(self.server),
            self.job_id.to_string(),
            escape_formula(self.job),
            self.state.to_owned(),
            self.source.to_owned(),
            self.set_for.unwrap_or_default().to_owned(),
            escape_formula(&text(&self.schedule)),
            escape_formula(self.zone),
            text(&self.next),
            text(&self.overdue_from),
            number(self.tolerance),
            self.tolerance_profile.to_owned(),
            self.paused.to_string(),
            text(&self.paused_until),
            text(&self.last_good),
            self.runs.to_string(),
        ]
    }
}
