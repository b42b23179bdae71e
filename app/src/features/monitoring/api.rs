//! What people set: for jobs, a server, a group or everything.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments are the fields of the form: a place is said by one of several"
)]

use duplistatus::{
    dto::{
        monitoring::{RuleForm, WindowForm},
        schedules::SchedulesQuery,
    },
    ids::{GroupId, JobId, ServerId},
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// Sets schedule, tolerance and zone of jobs, a server, a group or everything. Answers with a redirect to the page of what was set.
///
/// # Errors
/// [`ApiError::Invalid`] when a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "set_schedule", output = Wire)]
pub async fn set_schedule(
    #[server(default)] jobs: Vec<JobId>,
    #[server(default)] server: Option<ServerId>,
    #[server(default)] group: Option<GroupId>,
    #[server(default)] site: bool,
    #[server(default)] all: bool,
    #[server(default)] count: i64,
    #[server(default)] filter: Option<SchedulesQuery>,
    #[server(default)] form: RuleForm,
) -> Result<(), ApiError> {
    use duplistatus::service::monitoring;
    let (services, actor) = crate::api::context()?;
    let sent = Sent { jobs, server, group, site, all, count, filter };
    let rules = monitoring::read_rule(&form)?;
    let changed = monitoring::set(&services, &actor, sent.target(&services, &actor).await?, rules).await?;
    sent.lead_back(changed);
    Ok(())
}

/// Pauses jobs, a server, a group or everything: `at` is the end of it by the reader's clock, else `until` is how long it lasts; empty, until it
/// is resumed.
///
/// # Errors
/// [`ApiError::Invalid`] when a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "pause", output = Wire)]
pub async fn pause_jobs(
    #[server(default)] jobs: Vec<JobId>,
    #[server(default)] server: Option<ServerId>,
    #[server(default)] group: Option<GroupId>,
    #[server(default)] site: bool,
    #[server(default)] all: bool,
    #[server(default)] count: i64,
    #[server(default)] filter: Option<SchedulesQuery>,
    until: String,
    #[server(default)] at: String,
    reason: String,
) -> Result<(), ApiError> {
    use duplistatus::service::monitoring;
    let (services, actor) = crate::api::context()?;
    let sent = Sent { jobs, server, group, site, all, count, filter };
    let (end, field) = if at.trim().is_empty() { (until, "until") } else { (at, "at") };
    let named = crate::api::renamed("until", field);
    let end = monitoring::pause_end(&services, &actor, &end).map_err(&named)?;
    let target = sent.target(&services, &actor).await?;
    let changed = monitoring::pause(&services, &actor, target, end, &reason).await.map_err(&named)?;
    sent.lead_back(changed);
    Ok(())
}

/// Resumes jobs, a server, a group or everything.
///
/// # Errors
/// [`ApiError::Invalid`] when none of them is paused by itself.
#[server(prefix = "/api/fn", endpoint = "resume", output = Wire)]
pub async fn resume_jobs(
    #[server(default)] jobs: Vec<JobId>,
    #[server(default)] server: Option<ServerId>,
    #[server(default)] group: Option<GroupId>,
    #[server(default)] site: bool,
    #[server(default)] all: bool,
    #[server(default)] count: i64,
    #[server(default)] filter: Option<SchedulesQuery>,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let sent = Sent { jobs, server, group, site, all, count, filter };
    let target = sent.target(&services, &actor).await?;
    let changed = duplistatus::service::monitoring::resume(&services, &actor, target).await?;
    sent.lead_back(changed);
    Ok(())
}

/// Adds a maintenance window for jobs, a server, a group or everything.
///
/// # Errors
/// [`ApiError::Invalid`] when a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "add_window", output = Wire)]
pub async fn add_window(
    #[server(default)] jobs: Vec<JobId>,
    #[server(default)] server: Option<ServerId>,
    #[server(default)] group: Option<GroupId>,
    #[server(default)] site: bool,
    #[server(default)] all: bool,
    #[server(default)] count: i64,
    #[server(default)] filter: Option<SchedulesQuery>,
    #[server(default)] form: WindowForm,
) -> Result<(), ApiError> {
    use duplistatus::service::monitoring;
    let (services, actor) = crate::api::context()?;
    let sent = Sent { jobs, server, group, site, all, count, filter };
    let window = monitoring::read_window(&services, &actor, &form)?;
    let target = sent.target(&services, &actor).await?;
    let changed = monitoring::add_window(&services, &actor, target, window, &form.name).await?;
    sent.lead_back(changed);
    Ok(())
}

/// Deletes a maintenance window; what lay in it stays excused. Answers with a redirect to the page on which it was shown.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none.
#[server(prefix = "/api/fn", endpoint = "delete_window", output = Wire)]
pub async fn delete_window(
    window: i64,
    #[server(default)] jobs: Vec<JobId>,
    #[server(default)] server: Option<ServerId>,
    #[server(default)] group: Option<GroupId>,
    #[server(default)] site: bool,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::monitoring::end_window(&services, &actor, window).await?;
    Sent { jobs, server, group, site, all: false, count: 0, filter: None }.lead_back(1);
    Ok(())
}

/// Sets which checks there are of a job, a server, a group or everything: all others are switched off.
///
/// # Errors
/// [`ApiError::Invalid`] when there is no such check.
#[server(prefix = "/api/fn", endpoint = "set_checks", output = Wire)]
pub async fn set_checks(
    #[server(default)] job: Option<JobId>,
    #[server(default)] server: Option<ServerId>,
    #[server(default)] group: Option<GroupId>,
    #[server(default)] site: bool,
    #[server(default)] on: Vec<String>,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let jobs = job.into_iter().collect();
    let sent = Sent { jobs, server, group, site, all: false, count: 0, filter: None };
    let target = sent.target(&services, &actor).await?;
    duplistatus::service::monitoring::set_target_checks(&services, &actor, target, &on).await?;
    sent.lead_back(1);
    Ok(())
}

/// For what a form sets something, as it says it ([`super::place::Place`]).
#[cfg(feature = "ssr")]
struct Sent {
    jobs: Vec<JobId>,
    server: Option<ServerId>,
    group: Option<GroupId>,
    site: bool,
    /// Whether all jobs are meant that the filter lets pass: so many, as the form said.
    all: bool,
    count: i64,
    /// What the list showed from which somebody came.
    filter: Option<SchedulesQuery>,
}

#[cfg(feature = "ssr")]
impl Sent {
    async fn target(
        &self,
        services: &duplistatus::service::Services,
        actor: &duplistatus::service::Actor,
    ) -> Result<duplistatus::service::monitoring::Target, ApiError> {
        use duplistatus::service::{monitoring::Target, overview::chosen};
        // A form says one of them.
        let named = [self.server.is_some(), self.group.is_some(), self.site, self.all, !self.jobs.is_empty()];
        if named.iter().filter(|is_named| **is_named).count() > 1 {
            let hint = "name jobs, a server, a group, or everything: one of them".into();
            return Err(ApiError::Invalid { field: "jobs".into(), hint });
        }
        Ok(match (self.server, self.group) {
            (Some(server), _) => Target::Server(server),
            (None, Some(group)) => Target::Group(group),
            (None, None) if self.site => Target::Site,
            (None, None) if self.all => {
                let filter = self.filter.clone().unwrap_or_default();
                Target::Jobs(chosen::still(services, actor, filter, self.count).await?)
            }
            (None, None) => Target::Jobs(self.jobs.clone()),
        })
    }

    /// Leads the browser to the page of it, or to the list from which it came.
    fn lead_back(&self, changed: usize) {
        use duplistatus::dto::schedules::Defaults;
        let path = match (&self.filter, self.server, self.group, self.jobs.as_slice()) {
            (Some(filter), ..) => {
                let done = [("done", changed.to_string())];
                crate::context::url::with_query("/settings/schedules", filter.words().into_iter().chain(done))
            }
            (None, Some(server), ..) => Defaults::Server(server).path(),
            (None, None, Some(group), _) => Defaults::Group(group).path(),
            _ if self.site => Defaults::Site.path(),
            (.., [job, ..]) => format!("/jobs/{job}"),
            _ => "/".to_owned(),
        };
        leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&path));
    }
}
