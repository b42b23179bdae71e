//! Schedules.

use duplistatus::{
    dto::{
        job::{Rhythm, ScheduleSource as Source},
        schedules::{ScheduleFrom, ScheduleRow, SchedulesQuery},
    },
    service::programs::lists::schedules,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{List, Page, PageParams},
    params::{Answer, Context, Params},
    words::{ScheduleOrder, ScheduleSource, Time, Verdict, time},
};

/// When a job is expected to run, and how long a good run may be missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Schedule {
    /// Id of the job.
    job: i64,
    /// Id of the server.
    server: i64,
    /// Alias or name of the job.
    job_name: String,
    /// Alias or name of the server.
    server_name: String,
    /// The verdict of the job.
    verdict: Verdict,
    /// Where the schedule comes from.
    source: ScheduleSource,
    /// When it runs.
    times: Option<Times>,
    /// The IANA time zone by whose clock that is.
    time_zone: String,
    /// When the next run is expected.
    next: Option<Time>,
    /// When it is overdue.
    due: Option<Time>,
    /// Seconds after its usual end for which a run may be missing.
    tolerance: Option<i64>,
    /// Whether it is paused or archived.
    is_paused: bool,
    /// Until when it is paused.
    paused_until: Option<Time>,
    /// Start of the last good run.
    last_success: Option<Time>,
    /// Number of runs.
    runs: i64,
}

/// When a job runs: every so many units, or by a cron expression.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Times {
    /// `seconds`, `days`, `weeks`, `months` or `cron`.
    unit: &'static str,
    /// Every so many units; null with `cron`.
    every: Option<i64>,
    /// Seconds after midnight.
    second_of_day: Option<i64>,
    /// Weekdays, 0 for Monday to 6 for Sunday; all of them if it is empty.
    weekdays: Vec<i64>,
    /// Day of the month.
    day_of_month: Option<i64>,
    /// The cron expression.
    cron: Option<String>,
}

impl From<Rhythm> for Times {
    fn from(rhythm: Rhythm) -> Self {
        let usual = Self::default();
        match rhythm {
            Rhythm::Elapsed(every, weekdays) => {
                Self { unit: "seconds", every: Some(every), weekdays, ..usual }
            }
            Rhythm::Days(every, second, weekdays) => {
                Self { unit: "days", every: Some(every), second_of_day: Some(second), weekdays, ..usual }
            }
            Rhythm::Weeks(every, second, weekdays) => {
                Self { unit: "weeks", every: Some(every), second_of_day: Some(second), weekdays, ..usual }
            }
            Rhythm::Months(every, second, day) => {
                let (second_of_day, day_of_month) = (Some(second), Some(day));
                Self { unit: "months", every: Some(every), second_of_day, day_of_month, ..usual }
            }
            Rhythm::Cron(expression) => Self { unit: "cron", cron: Some(expression), ..usual },
        }
    }
}

impl From<ScheduleRow> for Schedule {
    fn from(row: ScheduleRow) -> Self {
        let source = match row.schedule.source {
            Source::Set(_) => ScheduleFrom::Set,
            Source::Never(_) => ScheduleFrom::Never,
            Source::Told => ScheduleFrom::Told,
            Source::Learnt(..) => ScheduleFrom::Learned,
            Source::None => ScheduleFrom::None,
        };
        Self {
            job: row.job.0,
            server: row.server.0,
            job_name: row.job_name,
            server_name: row.server_name,
            verdict: Verdict(row.verdict),
            source: ScheduleSource(source),
            times: row.schedule.rhythm.map(Times::from),
            time_zone: row.schedule.zone,
            next: time(row.schedule.next.first().copied()),
            due: time(row.due),
            tolerance: row.tolerance.seconds,
            is_paused: row.is_paused,
            paused_until: time(row.paused_until),
            last_success: time(row.last_good),
            runs: row.runs,
        }
    }
}

/// Filters of schedules.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// What the name or the alias of the job or its server contains.
    text: Option<String>,
    /// The verdict of the job.
    verdict: Option<Verdict>,
    /// Where the schedule comes from.
    source: Option<ScheduleSource>,
    /// Name of the group.
    group: Option<String>,
    /// Name of a tag.
    tag: Option<String>,
    /// The order.
    #[serde(default)]
    #[param(value_type = Option<ScheduleOrder>)]
    sort: ScheduleOrder,
}

/// Lists schedules, those of the worst jobs first.
#[utoipa::path(get, path = "/api/v1/schedules", tag = "schedules", params(Filter, PageParams),
    responses((status = 200, body = List<Schedule>)))]
pub async fn list(Context(services, actor): Context, page: Page, Params(filter): Params<Filter>) -> Answer {
    let Filter { text, verdict, source, group, tag, sort: ScheduleOrder(sort) } = filter;
    let query = SchedulesQuery {
        text: text.unwrap_or_default(),
        state: verdict.map(|verdict| verdict.0),
        source: source.map(|source| source.0),
        group: group.unwrap_or_default(),
        tag: tag.unwrap_or_default(),
        sort: sort.by,
        descending: sort.descending,
        page: 1,
    };
    let page = page.ordered(sort.as_str());
    let listed = schedules::list(&services, &actor, query, page.part()?).await?;
    page.answer(listed.map(Schedule::from))
}
