//! What is set about jobs: schedules and tolerances, pauses, maintenance windows.

use axum::{Json, response::IntoResponse as _};
use duplistatus::{
    dto::monitoring::{RuleForm, WindowForm},
    error::Error,
    ids::{GroupId, JobId, ServerId},
    service::{
        monitoring::{self, Target},
        programs::lists::monitoring as lists,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    access::no_content,
    changes::Changed,
    list::{List, Page, PageParams},
    params::{Answer, Context},
    words::{Time, time},
};
use crate::http::{id_path::IdPath, json_body::JsonBody, query::invalid};

/// For what something is set: exactly one of its fields.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct For {
    /// Ids of 1 to 1,000 jobs.
    jobs: Option<Vec<i64>>,
    /// Id of a server, with all of its jobs.
    server: Option<i64>,
    /// Id of a group, with all of its servers.
    group: Option<i64>,
    /// `true`: everything.
    site: Option<bool>,
}

impl For {
    fn target(self) -> Result<Target, Error> {
        match (self.jobs, self.server, self.group, self.site.unwrap_or_default()) {
            (Some(jobs), None, None, false) => Ok(Target::Jobs(jobs.into_iter().map(JobId).collect())),
            (None, Some(server), None, false) => Ok(Target::Server(ServerId(server))),
            (None, None, Some(group), false) => Ok(Target::Group(GroupId(group))),
            (None, None, None, true) => Ok(Target::Site),
            _ => Err(invalid("target", "say one of `jobs`, `server`, `group` and `\"site\": true`")),
        }
    }
}

/// When jobs are expected to run, and how long a good run may be missing. What is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// For what it is set.
    target: For,
    /// `every`, `cron`, `never` or `inherit`.
    schedule: Option<String>,
    /// With `every`: how many of the unit.
    every: Option<i64>,
    /// With `every`: `m` (minutes), `h` (hours), `D` (days), `W` (weeks) or `M` (months).
    unit: Option<String>,
    /// With `every`: the time of the day, such as `02:00`; missing: that of the runs.
    at: Option<String>,
    /// With `every`: weekdays, such as `mon`; missing: all of them.
    #[serde(default)]
    weekdays: Vec<String>,
    /// With `cron`: the expression.
    cron: Option<String>,
    /// The IANA time zone; empty: the inherited one.
    time_zone: Option<String>,
    /// `server`, `desktop`, `laptop`, `archive`, `span` or `inherit`.
    tolerance: Option<String>,
    /// With `span`: the time, such as `4h`.
    span: Option<String>,
}

/// A pause to begin: nothing is expected until it ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPause {
    /// What is paused.
    target: For,
    /// Until when; missing: until someone resumes it.
    until: Option<Time>,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// A pause.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pause {
    /// Its id.
    id: i64,
    /// Id of the job that is paused.
    job: Option<i64>,
    /// Id of the server that is paused.
    server: Option<i64>,
    /// Id of the group that is paused. Without job, server and group everything is paused.
    group: Option<i64>,
    /// When it begins; null if that cannot be read.
    from: Option<Time>,
    /// When it ends or ended; null: when someone resumes it.
    until: Option<Time>,
    /// Why.
    reason: String,
    /// Who began it.
    by: String,
}

/// What is resumed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// What was paused by itself.
    target: For,
}

/// A maintenance window to add: no run is expected in it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWindow {
    /// For what it is.
    target: For,
    /// Its name.
    #[serde(default)]
    name: String,
    /// `once`, `weekly` or `monthly`.
    kind: String,
    /// With `once`: when it begins.
    from: Option<Time>,
    /// With `once`: when it ends.
    until: Option<Time>,
    /// With `weekly` and `monthly`: the time of the day, such as `22:00`, by the clock of the job.
    at: Option<String>,
    /// With `weekly` and `monthly`: how long it lasts, such as `4h`.
    length: Option<String>,
    /// With `weekly`: weekdays, such as `sun`.
    #[serde(default)]
    weekdays: Vec<String>,
    /// With `monthly`: the day of the month.
    day: Option<i64>,
}

/// A maintenance window.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaintenanceWindow {
    /// Its id.
    id: i64,
    /// Its name.
    name: String,
    /// Id of the job that it is for.
    job: Option<i64>,
    /// Id of the server that it is for.
    server: Option<i64>,
    /// Id of the group that it is for. Without job, server and group it is for everything.
    group: Option<i64>,
    /// When it is: `once` with `from` and `until`, or `repeated` with `begins`, and `length` in seconds.
    #[schema(value_type = Object)]
    times: Value,
    /// Who added it.
    by: String,
}

/// Sets schedule, tolerance and time zone.
#[utoipa::path(post, path = "/api/v1/schedules", tag = "schedules", request_body = Rule,
    responses((status = 200, body = Changed)))]
pub async fn set(Context(services, actor): Context, JsonBody(rule): JsonBody<Rule>) -> Answer {
    let form = RuleForm {
        schedule: rule.schedule.unwrap_or_default(),
        every: rule.every.map(|number| number.to_string()).unwrap_or_default(),
        unit: rule.unit.unwrap_or_default(),
        at: rule.at.unwrap_or_default(),
        weekdays: rule.weekdays,
        cron: rule.cron.unwrap_or_default(),
        zone: rule.time_zone,
        keep_zone: false,
        tolerance: rule.tolerance.unwrap_or_default(),
        span: rule.span.unwrap_or_default(),
    };
    let changed =
        monitoring::set(&services, &actor, rule.target.target()?, monitoring::read_rule(&form)?).await?;
    Ok(Json(Changed { changed }).into_response())
}

/// Lists pauses, by id, with those that ended.
#[utoipa::path(get, path = "/api/v1/pauses", tag = "schedules", params(PageParams),
    responses((status = 200, body = List<Pause>)))]
pub async fn pauses(Context(services, actor): Context, page: Page) -> Answer {
    let listed = lists::pauses(&services, &actor, page.part()?).await?;
    page.answer(listed.map(|pause| Pause {
        id: pause.id,
        job: pause.job.map(|id| id.0),
        server: pause.server.map(|id| id.0),
        group: pause.group.map(|id| id.0),
        from: time(pause.span.map(|span| span.from)),
        until: time(pause.span.and_then(|span| span.until)),
        reason: pause.reason,
        by: pause.by,
    }))
}

/// Pauses jobs, a server, a group or everything.
#[utoipa::path(post, path = "/api/v1/pauses", tag = "schedules", request_body = NewPause,
    responses((status = 200, body = Changed)))]
pub async fn pause(Context(services, actor): Context, JsonBody(pause): JsonBody<NewPause>) -> Answer {
    let NewPause { target, until, reason } = pause;
    let until = until.map(|until| until.0);
    let changed = monitoring::pause(&services, &actor, target.target()?, until, &reason).await?;
    Ok(Json(Changed { changed }).into_response())
}

/// Ends pauses.
#[utoipa::path(post, path = "/api/v1/pauses/end", tag = "schedules", request_body = Resume,
    responses((status = 200, body = Changed)))]
pub async fn resume(
    Context(services, actor): Context,
    JsonBody(Resume { target }): JsonBody<Resume>,
) -> Answer {
    let changed = monitoring::resume(&services, &actor, target.target()?).await?;
    Ok(Json(Changed { changed }).into_response())
}

/// Lists maintenance windows, by id.
#[utoipa::path(get, path = "/api/v1/maintenance-windows", tag = "schedules", params(PageParams),
    responses((status = 200, body = List<MaintenanceWindow>)))]
pub async fn windows(Context(services, actor): Context, page: Page) -> Answer {
    let listed = lists::windows(&services, &actor, page.part()?).await?;
    page.answer(listed.map(|window| MaintenanceWindow {
        id: window.id,
        name: window.name,
        job: window.job.map(|id| id.0),
        server: window.server.map(|id| id.0),
        group: window.group.map(|id| id.0),
        times: serde_json::to_value(&window.times).unwrap_or_default(),
        by: window.by,
    }))
}

/// Adds a maintenance window.
#[utoipa::path(post, path = "/api/v1/maintenance-windows", tag = "schedules", request_body = NewWindow,
    responses((status = 200, body = Changed)))]
pub async fn add_window(Context(services, actor): Context, JsonBody(new): JsonBody<NewWindow>) -> Answer {
    let window = match (new.kind.as_str(), new.from, new.until) {
        ("once", Some(from), Some(until)) => monitoring::once(from.0, until.0),
        ("once", None, _) => return Err(invalid("from", "say when it begins").into()),
        ("once", _, None) => return Err(invalid("until", "say when it ends").into()),
        _ => {
            let form = WindowForm {
                kind: new.kind,
                name: String::new(),
                from: String::new(),
                until: String::new(),
                at: new.at.unwrap_or_default(),
                length: new.length.unwrap_or_default(),
                weekdays: new.weekdays,
                day: new.day.map(|day| day.to_string()).unwrap_or_default(),
            };
            monitoring::read_window(&services, &actor, &form)?
        }
    };
    let changed = monitoring::add_window(&services, &actor, new.target.target()?, window, &new.name).await?;
    Ok(Json(Changed { changed }).into_response())
}

/// Deletes a maintenance window. What lay in it stays excused.
#[utoipa::path(delete, path = "/api/v1/maintenance-windows/{window}", tag = "schedules",
    responses((status = 204)))]
pub async fn end_window(Context(services, actor): Context, IdPath(id): IdPath) -> Answer {
    monitoring::end_window(&services, &actor, id).await?;
    Ok(no_content())
}
