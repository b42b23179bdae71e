//! Many jobs that are changed at once, as their page shows them.

use std::collections::{HashMap, HashSet};

use super::{
    preview::{Tried, preview},
    schedules,
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            jobs,
            noticing::{pauses, settings::Scope},
            servers,
        },
    },
    dto::{
        monitoring::RuleForm,
        schedules::{ChosenPage, ChosenQuery, SchedulesQuery},
    },
    error::Error,
    ids::{JobId, ServerId},
    service::{
        Actor, Services, labels,
        monitoring::AT_ONCE,
        rows::{changed_meanwhile, count},
    },
};

/// Jobs that are named.
const NAMED: usize = 20;

/// The jobs that are chosen. Those that are gone meanwhile are left out.
///
/// # Errors
/// [`Error::Invalid`] when they are too many.
pub async fn show(services: &Services, actor: &Actor, query: ChosenQuery) -> Result<ChosenPage, Error> {
    actor.may(Permission::ManageMonitoring)?;
    let chosen = match query.all {
        Some(filter) => schedules::all(services, filter).await?,
        None => query.jobs,
    };
    if chosen.len() > AT_ONCE {
        return Err(too_many());
    }
    let (zone, now) = (actor.zone(services), services.clock.now());
    let read = services.db.read(move |conn| {
        let known = known(conn, chosen)?;
        let mut page = ChosenPage {
            now: zone.moment(now),
            jobs: known.iter().map(|(job, ..)| *job).collect(),
            names: Vec::new(),
            servers: known.iter().map(|(_, server, _)| *server).collect(),
            paused: 0,
            // Everything stays as it is.
            form: RuleForm { every: "1".into(), unit: "D".into(), keep_zone: true, ..RuleForm::default() },
            zone: String::new(),
            preview: None,
            choices: labels::choices(conn)?,
        };
        page.servers.sort_unstable();
        page.servers.dedup();
        for (_, server, name) in known.iter().take(NAMED) {
            page.names.push((servers::find(conn, *server)?.display_name().to_owned(), name.clone()));
        }
        for job in &page.jobs {
            let all = pauses::since(conn, Scope::Job(*job), now)?;
            page.paused += i64::from(all.iter().any(|pause| pause.from_at <= now.to_string()));
        }
        Ok(page)
    });
    let mut page = read.await?;
    page.zone = services.zone.name().to_owned();
    if let Some(form) = query.form.filter(|_| !page.jobs.is_empty()) {
        page.preview = Some(preview(services, actor, Tried::Jobs(page.jobs.clone()), &form).await?);
        page.form = form;
    }
    Ok(page)
}

/// All jobs that the filter of the list lets pass, if they are still so many as a form said.
///
/// # Errors
/// [`Error::Invalid`] when they are others by now, or too many.
pub async fn still(
    services: &Services,
    actor: &Actor,
    filter: SchedulesQuery,
    said: i64,
) -> Result<Vec<JobId>, Error> {
    actor.may(Permission::ManageMonitoring)?;
    let jobs = schedules::all(services, filter).await?;
    if jobs.len() > AT_ONCE {
        return Err(too_many());
    }
    if count(jobs.len()) == said { Ok(jobs) } else { Err(changed_meanwhile("jobs")) }
}

fn too_many() -> Error {
    let hint = format!(
        "these are more than {AT_ONCE} jobs: narrow the filter down, or set it for a server, a group or everything"
    );
    Error::Invalid { field: "jobs", hint }
}

/// Those of the jobs that are there, in their order, each once: with server and name.
fn known(conn: &mut Connection, mut ids: Vec<JobId>) -> Result<Vec<(JobId, ServerId, String)>, StoreError> {
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut found: HashMap<i64, (ServerId, String)> = jobs::of_ids(conn, &numbers)?
        .into_iter()
        .map(|job| (job.id, (ServerId(job.server_id), job.display_name().to_owned())))
        .collect();
    let of = |id: JobId| found.remove(&id.0).map(|(server, name)| (id, server, name));
    Ok(ids.into_iter().filter_map(of).collect())
}
