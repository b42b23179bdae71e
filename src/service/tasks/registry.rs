//! The registry of tasks. A new one is an entry here, and a function that returns a sentence about what it did.

use std::{future::Future, pin::Pin};

use super::Schedule;
use crate::{
    db::{
        Connection,
        engine::copy::Form,
        tables::{api_keys, ingest_keys},
    },
    error::Error,
    service::{Actor, Services, audit, database, database::Target, tasks::housekeeping},
    units::thousands,
};

/// The function of a task; its result is shown unchanged.
pub type Work = for<'a> fn(&'a Services) -> Running<'a>;
/// The future of a running task.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<String, Error>> + Send + 'a>>;

/// A scheduled task.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// Its name, in the table and on the command line.
    pub name: &'static str,
    /// Its default schedule.
    pub usual: Schedule,
    /// Its function.
    pub work: Work,
    /// What it permanently deletes, which requires a confirmation when a user starts it.
    pub deletes: Option<Deletion>,
}

/// What a task deletes.
#[derive(Debug, Clone, Copy)]
pub struct Deletion {
    /// Description that follows a number.
    pub what: &'static str,
    /// Counts what it would delete now.
    pub count: Counting,
}

/// Counts what a task would delete.
pub type Counting = for<'a> fn(&'a Services) -> Counted<'a>;
/// The future of the count.
pub type Counted<'a> = Pin<Box<dyn Future<Output = Result<i64, Error>> + Send + 'a>>;

/// All tasks. They run one by one; daily ones at night, some minutes apart.
pub const TASKS: &[Task] = &[
    Task {
        name: "audit",
        usual: Schedule::Daily(2, 50),
        work: |services| Box::pin(expire_audit(services)),
        deletes: Some(Deletion {
            what: "entries of the audit log",
            count: |services| Box::pin(count_audit(services)),
        }),
    },
    Task {
        name: "backup",
        usual: Schedule::Daily(2, 30),
        work: |services| Box::pin(back_up(services)),
        deletes: None,
    },
    Task {
        name: "integrity",
        usual: Schedule::Daily(3, 50),
        work: |services| Box::pin(check(services)),
        deletes: None,
    },
    Task {
        name: "keys",
        usual: Schedule::Daily(2, 55),
        work: |services| Box::pin(forget_keys(services)),
        deletes: Some(Deletion {
            what: "keys that ended 90 days ago",
            count: |services| Box::pin(count_keys(services)),
        }),
    },
    Task {
        name: "optimize",
        usual: Schedule::Daily(4, 20),
        work: |services| Box::pin(optimize(services)),
        deletes: None,
    },
    Task {
        name: "raw-reports",
        usual: Schedule::Every(3600),
        work: |services| Box::pin(expire_raw(services)),
        deletes: Some(Deletion {
            what: "raw reports",
            count: |services| Box::pin(housekeeping::expiring_raw_reports(services)),
        }),
    },
    Task {
        name: "retention",
        usual: Schedule::Daily(3, 20),
        work: |services| Box::pin(clean_up(services)),
        deletes: Some(Deletion {
            what: "old runs and other operations",
            count: |services| Box::pin(count_runs(services)),
        }),
    },
    Task {
        name: "sessions",
        usual: Schedule::Every(3600),
        work: |services| Box::pin(end_sessions(services)),
        // Expired keys and sessions have no value.
        deletes: None,
    },
];

/// How long invalid keys are listed, in seconds.
const DEAD_KEYS_LAST: i64 = 90 * 86_400;

async fn expire_audit(services: &Services) -> Result<String, Error> {
    Ok(format!("{} entries deleted", audit::expire(services).await?))
}

async fn count_audit(services: &Services) -> Result<i64, Error> {
    audit::expiring(services, services.settings().audit_days).await
}

async fn back_up(services: &Services) -> Result<String, Error> {
    let form = Form { verify: true, compress: true };
    let report = database::backup(services, &Actor::System, Target::Folder, form).await?;
    database::sweep(services).await;
    Ok(format!("{} written: {} bytes", report.path, report.size))
}

async fn check(services: &Services) -> Result<String, Error> {
    let found = database::check_integrity(services, &Actor::System).await?;
    if found.is_in_order() {
        return Ok(format!("no problems found; {} jobs were compared with their runs", found.jobs));
    }
    // Not a failure of the task, which would repeat the check within the hour: the health page shows the problems.
    Ok(format!("{} problems found: see `duplistatus db integrity`", found.problems()))
}

async fn optimize(services: &Services) -> Result<String, Error> {
    let done = database::optimize(services, &Actor::System).await?;
    Ok(format!("statistics updated in {} ms", done.took))
}

async fn forget_keys(services: &Services) -> Result<String, Error> {
    let before = services.clock.now().plus(-DEAD_KEYS_LAST);
    let deleted = services
        .db
        .write_unseen(move |tx| {
            Ok(api_keys::delete_expired(tx.conn, before)? + ingest_keys::delete_expired(tx.conn, before)?)
        })
        .await?;
    Ok(format!(
        "{} keys deleted that ended 90 days ago",
        thousands(i64::try_from(deleted).unwrap_or(i64::MAX))
    ))
}

async fn count_keys(services: &Services) -> Result<i64, Error> {
    let before = services.clock.now().plus(-DEAD_KEYS_LAST);
    let count = move |conn: &mut Connection| {
        Ok(api_keys::count_expired(conn, before)? + ingest_keys::count_expired(conn, before)?)
    };
    Ok(services.db.read(count).await?)
}

async fn expire_raw(services: &Services) -> Result<String, Error> {
    Ok(format!("{} raw reports deleted", housekeeping::expire_raw_reports(services).await?))
}

async fn clean_up(services: &Services) -> Result<String, Error> {
    let report = database::clean_up_by_rules(services, &Actor::System).await?;
    Ok(format!("{} runs and {} other operations deleted", report.runs, report.operations))
}

async fn count_runs(services: &Services) -> Result<i64, Error> {
    Ok(database::preview_rule(services, &Actor::System, (None, None), None).await?.now)
}

async fn end_sessions(services: &Services) -> Result<String, Error> {
    Ok(format!("{} sessions ended", housekeeping::expire_sessions(services).await?))
}
