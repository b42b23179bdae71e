//! Retention of runs: the site's setting, and different rules for servers and jobs.

use std::collections::HashMap;

use serde_json::json;

use crate::{
    access::Permission,
    db::{
        Connection, StoreError, StoreErrorKind,
        tables::{jobs, jobs::JobRecord, retention_rules, retention_rules::RuleRow, servers},
    },
    dto::database::{CleanupRequest, Retention, RetentionRule},
    error::Error,
    ids::{JobId, ServerId},
    service::{
        Actor, Services, audit,
        audit::Entry,
        rows::missing_is_not_found,
        settings::{KEEP_LAST, RETENTION_DAYS, Settings},
    },
};

/// Default age in days for a clean-up without one.
const USUAL_DAYS: i64 = 90;

/// The retention of each job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::service) struct Policy {
    /// Without days, nothing is deleted unless a rule applies.
    site: Retention,
    of_server: HashMap<i64, Retention>,
    of_job: HashMap<i64, Retention>,
}

impl Policy {
    /// Reads settings and rules.
    pub(in crate::service) fn load(conn: &mut Connection) -> Result<Self, StoreError> {
        let settings = Settings::load(conn)?;
        let site = Retention { days: settings.retention_days, keep_last: settings.retention_keep_last };
        let (mut of_server, mut of_job) = (HashMap::new(), HashMap::new());
        for rule in retention_rules::rules(conn)? {
            let retention = Retention { days: rule.keep_days, keep_last: rule.keep_last };
            match rule.job_id {
                Some(job) => of_job.insert(job, retention),
                None => of_server.insert(rule.server_id, retention),
            };
        }
        Ok(Self { site, of_server, of_job })
    }

    /// Applies a request. It replaces the rule of what it names; narrower rules still apply.
    pub(super) fn for_request(
        self,
        request: &CleanupRequest,
        server: Option<ServerId>,
        job: Option<JobId>,
    ) -> Self {
        let known = self.of(server.map_or(0, |id| id.0), job.map_or(0, |id| id.0));
        // A request without an age uses the default age, unless a rule keeps runs forever.
        let has_rule = server.is_some_and(|id| self.of_server.contains_key(&id.0))
            || job.is_some_and(|id| self.of_job.contains_key(&id.0));
        let usual = known.days.or((!has_rule).then_some(USUAL_DAYS));
        let asked = Retention {
            days: request.days.or(usual),
            keep_last: request.keep_last.unwrap_or(known.keep_last),
        };
        self.with(server, job, Some(asked))
    }

    /// Returns the policy with another rule for the site, a server or a job. Without a rule the next wider one applies.
    pub(super) fn with(
        mut self,
        server: Option<ServerId>,
        job: Option<JobId>,
        rule: Option<Retention>,
    ) -> Self {
        match (server, job, rule) {
            (_, Some(job), Some(rule)) => drop(self.of_job.insert(job.0, rule)),
            (_, Some(job), None) => drop(self.of_job.remove(&job.0)),
            (Some(server), None, Some(rule)) => drop(self.of_server.insert(server.0, rule)),
            (Some(server), None, None) => drop(self.of_server.remove(&server.0)),
            (None, None, rule) => self.site = rule.unwrap_or(self.site),
        }
        self
    }

    /// Returns the rule of a job, if it has its own.
    pub(in crate::service) fn of_job(&self, job: i64) -> Option<Retention> {
        self.of_job.get(&job).copied()
    }

    /// Returns the retention of a server's jobs without a rule, and whether the server has a rule.
    pub(in crate::service) fn of_server(&self, server: i64) -> (Retention, bool) {
        let rule = self.of_server.get(&server).copied();
        (rule.unwrap_or(self.site), rule.is_some())
    }

    /// How long runs are kept where no rule says otherwise.
    pub(in crate::service) fn of_site(&self) -> Retention {
        self.site
    }

    /// Returns the retention of a job.
    pub(in crate::service) fn of(&self, server: i64, job: i64) -> Retention {
        *self.of_job.get(&job).or_else(|| self.of_server.get(&server)).unwrap_or(&self.site)
    }
}

/// Finds a server and a job on it by name.
///
/// # Errors
/// [`StoreErrorKind::NotFound`] if there is none.
pub(super) fn place(
    conn: &mut Connection,
    server: &str,
    job: Option<&str>,
) -> Result<(ServerId, Option<JobId>), StoreError> {
    let missing = |what: &str| StoreError::new(StoreErrorKind::NotFound, what);
    let server = servers::find_by_name(conn, server)?.ok_or_else(|| missing("no such server"))?;
    let Some(name) = job else { return Ok((server, None)) };
    let jobs = jobs::all(conn, Some(server))?;
    let job = jobs.iter().find(|job| job.name == name).ok_or_else(|| missing("no such job"))?;
    Ok((server, Some(job.job_ref().id)))
}

/// Returns the rules that differ from the site's, ordered by server and job.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn rules(services: &Services, actor: &Actor) -> Result<Vec<RetentionRule>, Error> {
    actor.may(Permission::ViewDatabase)?;
    Ok(services
        .db
        .read(|conn| {
            let names: HashMap<i64, String> =
                servers::all(conn)?.into_iter().map(|server| (server.id, server.name)).collect();
            let jobs: Vec<JobRecord> = jobs::all(conn, None)?;
            let named = |rule: &RuleRow| RetentionRule {
                server: names.get(&rule.server_id).cloned().unwrap_or_default(),
                job: rule.job_id.and_then(|id| jobs.iter().find(|job| job.id == id)).map(|j| j.name.clone()),
                retention: Retention { days: rule.keep_days, keep_last: rule.keep_last },
            };
            Ok(retention_rules::rules(conn)?.iter().map(named).collect())
        })
        .await?)
}

/// Sets the rule of a server or a job.
///
/// # Errors
/// [`Error::Invalid`] if a number is out of range; [`Error::NotFound`] if there is no such server or job.
pub async fn set_rule(services: &Services, actor: &Actor, rule: RetentionRule) -> Result<(), Error> {
    check(rule.retention.days, Some(rule.retention.keep_last))?;
    change_rule(services, actor, rule.server, rule.job, Some(rule.retention)).await
}

/// Removes the rule of a server or a job, so that the next wider one applies.
///
/// # Errors
/// [`Error::NotFound`] if there is no such server or job.
pub async fn clear_rule(
    services: &Services,
    actor: &Actor,
    server: String,
    job: Option<String>,
) -> Result<(), Error> {
    change_rule(services, actor, server, job, None).await
}

async fn change_rule(
    services: &Services,
    actor: &Actor,
    server: String,
    job: Option<String>,
    rule: Option<Retention>,
) -> Result<(), Error> {
    actor.may(Permission::ManageDatabase)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let (id, job_id) = place(tx.conn, &server, job.as_deref())?;
            let before = retention_rules::remove_rule(tx.conn, id, job_id)?
                .map(|row| Retention { days: row.keep_days, keep_last: row.keep_last });
            if let Some(Retention { days, keep_last }) = rule {
                let job_id = job_id.map(|id| id.0);
                let row = RuleRow { server_id: id.0, job_id, keep_days: days, keep_last };
                retention_rules::add_rule(tx.conn, row)?;
            }
            if before == rule {
                return Ok(());
            }
            let entry = Entry::new("retention.change");
            let entry = match (job, job_id) {
                (Some(job), Some(job_id)) => entry.on("job", job_id.0, format!("{server}: {job}")),
                _ => entry.on("server", id.0, server),
            };
            let entry = entry.before(told(before)).after(told(rule));
            audit::record(tx, &actor, now, entry)
        })
        .await
        .map_err(missing_is_not_found)
}

/// Returns a rule for the audit log: no days means forever; an empty object means no rule.
pub(in crate::service) fn told(rule: Option<Retention>) -> serde_json::Value {
    rule.map_or_else(|| json!({}), |rule| json!(rule))
}

/// Rejects numbers out of range.
pub(super) fn check(days: Option<i64>, keep_last: Option<i64>) -> Result<(), Error> {
    let invalid = |field: &'static str, range: std::ops::RangeInclusive<i64>| Error::Invalid {
        field,
        hint: format!("use a number from {} to {}", range.start(), range.end()),
    };
    if days.is_some_and(|days| !RETENTION_DAYS.contains(&days)) {
        return Err(invalid("days", RETENTION_DAYS));
    }
    if keep_last.is_some_and(|keep| !KEEP_LAST.contains(&keep)) {
        return Err(invalid("keep_last", KEEP_LAST));
    }
    Ok(())
}
