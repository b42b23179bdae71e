//! One job: what is shown of it, and what people set.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::{
        job::{JobPage, JobQuery},
        monitoring::{RuleForm, WindowForm},
    },
    ids::{JobId, ServerId},
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One view of a job.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such job.
#[server(prefix = "/api/fn", endpoint = "job", input = Wire, output = Wire)]
pub async fn show_job(query: JobQuery) -> Result<JobPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::job::show(&services, &actor, query).await?)
}

/// Sets schedule, tolerance and zone of jobs, or of a server. Answers with a redirect to the page of what was set.
///
/// # Errors
/// [`ApiError::Invalid`] when a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "set_schedule", output = Wire)]
pub async fn set_schedule(
    #[server(default)] jobs: Vec<JobId>,
    #[server(default)] server: Option<ServerId>,
    #[server(default)] form: RuleForm,
) -> Result<(), ApiError> {
    use duplistatus::service::monitoring;
    let (services, actor) = crate::api::context()?;
    let place = Place::of(jobs, server);
    monitoring::set(&services, &actor, place.target(), monitoring::read_rule(&form)?).await?;
    place.lead_back();
    Ok(())
}

/// Pauses jobs or a server: `at` is the end of it by the reader's clock, else `until` is how long it lasts; empty, until it is resumed.
///
/// # Errors
/// [`ApiError::Invalid`] when a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "pause", output = Wire)]
pub async fn pause_jobs(
    #[server(default)] jobs: Vec<JobId>,
    #[server(default)] server: Option<ServerId>,
    until: String,
    #[server(default)] at: String,
    reason: String,
) -> Result<(), ApiError> {
    use duplistatus::service::monitoring;
    let (services, actor) = crate::api::context()?;
    let place = Place::of(jobs, server);
    let end = if at.trim().is_empty() { until } else { at };
    let end = monitoring::pause_end(&services, &actor, &end)?;
    monitoring::pause(&services, &actor, place.target(), end, &reason).await?;
    place.lead_back();
    Ok(())
}

/// Resumes jobs or a server.
///
/// # Errors
/// [`ApiError::Invalid`] when none of them is paused by itself.
#[server(prefix = "/api/fn", endpoint = "resume", output = Wire)]
pub async fn resume_jobs(
    #[server(default)] jobs: Vec<JobId>,
    #[server(default)] server: Option<ServerId>,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let place = Place::of(jobs, server);
    duplistatus::service::monitoring::resume(&services, &actor, place.target()).await?;
    place.lead_back();
    Ok(())
}

/// Adds a maintenance window for jobs or a server.
///
/// # Errors
/// [`ApiError::Invalid`] when a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "add_window", output = Wire)]
pub async fn add_window(
    #[server(default)] jobs: Vec<JobId>,
    #[server(default)] server: Option<ServerId>,
    #[server(default)] form: WindowForm,
) -> Result<(), ApiError> {
    use duplistatus::service::monitoring;
    let (services, actor) = crate::api::context()?;
    let place = Place::of(jobs, server);
    let window = monitoring::read_window(&services, &actor, &form)?;
    monitoring::add_window(&services, &actor, place.target(), window, &form.name).await?;
    place.lead_back();
    Ok(())
}

/// Deletes a maintenance window; what lay in it stays excused. Answers with a redirect to the page of a job.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none.
#[server(prefix = "/api/fn", endpoint = "delete_window", output = Wire)]
pub async fn delete_window(window: i64, job: JobId) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::monitoring::end_window(&services, &actor, window).await?;
    Place::of(vec![job], None).lead_back();
    Ok(())
}

/// Accepts a kind of warnings of a job, or everywhere, for so many days, or for good when that is empty.
///
/// # Errors
/// [`ApiError::Invalid`] when a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "accept_warning", output = Wire)]
pub async fn accept_warning(
    job: JobId,
    kind: String,
    days: String,
    #[server(default)] everywhere: bool,
) -> Result<(), ApiError> {
    use duplistatus::service::monitoring;
    let (services, actor) = crate::api::context()?;
    let until = match days.trim() {
        "" => None,
        days => {
            let hint = || ApiError::Invalid { field: "days".into(), hint: "write a number of days".into() };
            let days: i64 = days.parse().map_err(|_| hint())?;
            Some(services.clock().now().plus(days.saturating_mul(86_400)))
        }
    };
    let of = (!everywhere).then_some(job);
    monitoring::accept_warning(&services, &actor, of, &kind, until).await?;
    Place::of(vec![job], None).lead_back();
    Ok(())
}

/// Accepts a kind of warnings no longer.
///
/// # Errors
/// [`ApiError::NotFound`] when it is not accepted.
#[server(prefix = "/api/fn", endpoint = "withdraw_warning", output = Wire)]
pub async fn withdraw_warning(
    job: JobId,
    kind: String,
    #[server(default)] everywhere: bool,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let of = (!everywhere).then_some(job);
    duplistatus::service::monitoring::withdraw_warning(&services, &actor, of, &kind).await?;
    Place::of(vec![job], None).lead_back();
    Ok(())
}

/// Marks what a check found about a job as expected.
///
/// # Errors
/// [`ApiError::Invalid`] when it found nothing that is open.
#[server(prefix = "/api/fn", endpoint = "expect_check", output = Wire)]
pub async fn expect_check(job: JobId, check: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::monitoring::expect_word(&services, &actor, job, &check).await?;
    Place::of(vec![job], None).lead_back();
    Ok(())
}

/// Sets which checks there are of a job: all others are switched off.
///
/// # Errors
/// [`ApiError::Invalid`] when there is no such check.
#[server(prefix = "/api/fn", endpoint = "set_checks", output = Wire)]
pub async fn set_checks(job: JobId, #[server(default)] on: Vec<String>) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::monitoring::set_checks(&services, &actor, job, &on).await?;
    Place::of(vec![job], None).lead_back();
    Ok(())
}

/// For what a form sets something.
#[cfg(feature = "ssr")]
struct Place {
    jobs: Vec<JobId>,
    server: Option<ServerId>,
}

#[cfg(feature = "ssr")]
impl Place {
    fn of(jobs: Vec<JobId>, server: Option<ServerId>) -> Self {
        Self { jobs, server }
    }

    fn target(&self) -> duplistatus::service::monitoring::Target {
        use duplistatus::service::monitoring::Target;
        self.server.map_or_else(|| Target::Jobs(self.jobs.clone()), Target::Server)
    }

    /// Leads the browser to the page of it.
    fn lead_back(&self) {
        let path = match (self.server, self.jobs.as_slice()) {
            (Some(server), _) => format!("/servers/{server}"),
            (None, [job, ..]) => format!("/jobs/{job}"),
            (None, []) => "/".to_owned(),
        };
        leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&path));
    }
}
