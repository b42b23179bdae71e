//! Housekeeping: what runs periodically, and once at start.

use std::time::Duration;

use crate::{
    db::tables::{days, login_failures, noticing::states, raw_reports, sessions, settings},
    error::Error,
    service::{
        Services, audit,
        noticing::evaluator,
        notifications::{dispatcher, heartbeat, own_problems},
        security::hide_secrets,
    },
    time::Timestamp,
};

/// Raw reports deleted in one transaction; limits how long uploads wait.
const BATCH: i64 = 200;
/// Days recomputed in one transaction; limits how long uploads wait.
const DAYS: usize = 30;
/// How long failed sign-ins are stored, in seconds.
const FAILURES_LAST: i64 = 2 * 86_400;

/// Recomputes the per-day totals when the site's time zone is not the one they were made by, and lets the states of jobs be judged
/// again, whose slots are by its clock.
///
/// # Errors
/// Database errors.
pub async fn follow_time_zone(services: &Services) -> Result<(), Error> {
    let name = services.zone.name().to_owned();
    let known = services.db.read(|conn| settings::get(conn, settings::SITE_TIME_ZONE)).await?;
    if known.as_deref() == Some(&name) {
        return Ok(());
    }
    let (zone, now) = (services.zone.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            if known.is_some() {
                days::rebuild(tx.conn, &zone)?;
                states::distrust(tx.conn, now)?;
            }
            settings::set(tx.conn, settings::SITE_TIME_ZONE, &name, now)
        })
        .await?;
    Ok(())
}

/// Deletes raw reports past their retention. Returns how many.
///
/// # Errors
///
/// Database errors.
pub async fn expire_raw_reports(services: &Services) -> Result<usize, Error> {
    let before = raw_reports_since(services);
    let mut deleted = 0;
    loop {
        let batch = services.db.write(move |tx| raw_reports::expire(tx.conn, before, BATCH)).await?;
        deleted += batch;
        if batch == 0 {
            return Ok(deleted);
        }
    }
}

/// Returns how many raw reports [`expire_raw_reports`] would delete now.
///
/// # Errors
///
/// Database errors.
pub async fn expiring_raw_reports(services: &Services) -> Result<i64, Error> {
    let before = raw_reports_since(services);
    Ok(services.db.read(move |conn| raw_reports::count_before(conn, before)).await?)
}

fn raw_reports_since(services: &Services) -> Timestamp {
    services.clock.now().plus(services.options.raw_report_days.saturating_mul(-86_400))
}

/// Recomputes the site totals of days that reports have changed.
///
/// # Errors
///
/// Database errors.
pub async fn settle_site_days(services: &Services) -> Result<(), Error> {
    let stale = services.db.read(days::stale_site_days).await?;
    // Nothing is written if nothing has changed. Many days, as after deleting a server, are split into several writes.
    for some in stale.chunks(DAYS) {
        let some = some.to_vec();
        services.db.write(move |tx| days::settle(tx.conn, &some)).await?;
    }
    Ok(())
}

/// Runs all housekeeping for as long as the future is polled. Recomputing the site totals each minute is not a task: nobody needs
/// its last run, and storing it would cost a write each minute.
pub async fn run(services: Services) {
    tokio::join!(
        super::run_due(&services),
        evaluator::run(&services),
        dispatcher::run(&services),
        heartbeat::run(&services),
        own_problems::run(&services),
        run_every_minute(&services),
        hide_secrets_when_needed(&services)
    );
}

/// Masks secrets once, and again after a restore.
async fn hide_secrets_when_needed(services: &Services) {
    loop {
        if services.db.read_only_cause().is_none()
            && let Err(error) = hide_secrets::run(services).await
        {
            tracing::warn!(%error, "keys that older reports quote could not be hidden; it is tried again");
        }
        tokio::time::sleep(Duration::from_secs(600)).await;
    }
}

async fn run_every_minute(services: &Services) {
    loop {
        if services.db.read_only_cause().is_none()
            && let Err(error) = settle_site_days(services).await
        {
            tracing::warn!(%error, "the totals of the site's days could not be stored");
        }
        if services.db.read_only_cause().is_none()
            && let Err(error) = audit::settle_repeats(services).await
        {
            tracing::warn!(%error, "counted events could not be written to the audit log");
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

/// Deletes expired sessions and old failed sign-ins, and lets live streams check their access, because sessions and keys expire.
/// Returns the number of sessions.
///
/// # Errors
///
/// Database errors.
pub async fn expire_sessions(services: &Services) -> Result<usize, Error> {
    let now = services.clock.now();
    let idle_since = now.plus(-services.options.session_idle);
    let ended = services
        .db
        .write_unseen(move |tx| {
            login_failures::expire(tx.conn, now.plus(-FAILURES_LAST))?;
            sessions::expire(tx.conn, now, idle_since)
        })
        .await?;
    services.access_changed();
    Ok(ended)
}
