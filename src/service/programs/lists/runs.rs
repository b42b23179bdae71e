//! Runs of all jobs.

use super::{Listed, Part, Position};
use crate::{
    access::Permission,
    db::tables::{
        jobs,
        run_search::{self, After, Order, RunFilter},
    },
    dto::{
        run::LogFilter,
        runs::{RunsRow, RunsSort},
    },
    error::Error,
    ids::{GroupId, JobId, RunId, ServerId, TagId},
    outcome::RunOutcome,
    report::LogLine,
    service::{
        Actor, Services,
        overview::{run, runs::row},
        rows::missing_is_not_found,
    },
    status::Status,
    time::Timestamp,
};

/// Which runs are wanted; what is not said narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this server.
    pub server: Option<ServerId>,
    /// Of this job.
    pub job: Option<JobId>,
    /// Of servers in this group.
    pub group: Option<GroupId>,
    /// Of jobs with this tag, or of servers that have it.
    pub tag: Option<TagId>,
    /// With one of these statuses.
    pub statuses: Vec<Status>,
    /// With one of these outcomes.
    pub outcomes: Vec<RunOutcome>,
    /// That began at this time or later.
    pub from: Option<Timestamp>,
    /// That began before this time.
    pub until: Option<Timestamp>,
    /// In whose first error or warning this occurs.
    pub text: Option<String>,
}

/// A part of the runs: by begin, newest first, or in another order. Of a job that does not exist there are none.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn list(
    services: &Services,
    actor: &Actor,
    filter: Filter,
    (sort, ascending): (RunsSort, bool),
    part: Part,
) -> Result<Listed<RunsRow>, Error> {
    actor.may(Permission::ViewBackups)?;
    let zone = services.zone.clone();
    let order = Order { sort, ascending };
    let is_by_time = sort == RunsSort::Started;
    let Filter { server, job, group, tag, statuses, outcomes, from, until, text } = filter;
    let mut wanted = RunFilter {
        outcomes,
        statuses,
        from,
        until,
        text,
        group,
        tag,
        server_id: server,
        job_id: job,
        ..RunFilter::default()
    };
    if let Some(Position { at: Some(started), id }) = part.after.filter(|_| is_by_time) {
        wanted.after = Some(After { started, job: JobId(id), ascending });
    }
    let found = services.db.read(move |conn| {
        if let Some(job) = job {
            // The index by which runs are found begins with the server.
            let of = jobs::find(conn, job)?.server_id;
            if server.is_some_and(|server| server.0 != of) {
                return Ok(Vec::new());
            }
            wanted.server_id = Some(ServerId(of));
        }
        let skipped = if is_by_time { 0 } else { part.skipped() };
        run_search::list(conn, &wanted, order, part.read(), skipped)
    });
    let found = match found.await.map_err(missing_is_not_found) {
        Err(Error::NotFound) => Vec::new(),
        found => found?,
    };
    let listed = Listed::of(part, found, |found| match is_by_time {
        true => Position { at: found.run.start_time.parse().ok(), id: found.run.job_id },
        false => part.counted(),
    });
    Ok(listed.map(|found| row(&zone, found)))
}

/// A part of the log lines of a run that are kept, in their order.
///
/// # Errors
/// [`Error::NotFound`] if there is no such run; when the actor may not view backups.
pub async fn log(
    services: &Services,
    actor: &Actor,
    of: RunId,
    filter: LogFilter,
    part: Part,
) -> Result<Listed<LogLine>, Error> {
    let lines = run::lines(services, actor, of, filter).await?;
    let skipped = usize::try_from(part.skipped()).unwrap_or(usize::MAX);
    let rest: Vec<LogLine> = lines.into_iter().skip(skipped).collect();
    Ok(Listed::of(part, rest, |_| part.counted()))
}
