//! Whether the database is in order, and how what is derived gets into order again.

use std::time::Instant;

use crate::{
    access::Permission,
    db::{
        StoreErrorKind,
        care::{derived, invariants, orphans},
        engine::{integrity, schema_check},
        tables::settings,
    },
    dto::database::{Integrity, Orphan},
    error::Error,
    service::{Actor, Services, tasks::housekeeping},
    units::milliseconds,
};

/// Rows that refer to rows which do not exist; there are none as long as all writers obey the constraints.
///
/// # Errors
/// When the actor may not, or the file cannot be read.
pub async fn foreign_keys(services: &Services, actor: &Actor) -> Result<Vec<Orphan>, Error> {
    actor.may(Permission::RunUpkeep)?;
    Ok(services.db.read_apart(orphans::orphans).await?)
}

/// Checks the whole file: pages, indexes and constraints by SQLite, and everything that is derived from the runs by
/// comparing it with them. Reads all of it, beside whoever reads and writes.
///
/// # Errors
/// When the actor may not, or the file cannot be read.
pub async fn integrity(services: &Services, actor: &Actor) -> Result<Integrity, Error> {
    actor.may(Permission::RunUpkeep)?;
    let began = Instant::now();
    let site = services.zone.clone();
    let mut found = services
        .db
        .read_apart(move |conn| {
            let file = match integrity::check(conn) {
                // So damaged that SQLite cannot even go through it: that is what was found.
                Err(error) if error.kind == StoreErrorKind::Corrupt => vec![error.to_string()],
                checked => checked?,
            };
            let mut found = Integrity { file, ..Integrity::default() };
            let mut has_all_tables = true;
            if found.file.is_empty() {
                let differences = schema_check::compare(conn)?;
                has_all_tables = !differences.iter().any(|difference| difference.is_lost_table);
                found.schema = differences.into_iter().map(|difference| difference.what).collect();
            }
            if found.file.is_empty() && has_all_tables {
                found.orphans = orphans::orphans(conn)?;
                (found.damaged, found.damaged_count) = orphans::damaged_values(conn)?;
                let zone = settings::site_zone(conn, &site)?;
                let invariants = invariants::verify(conn, &zone)?;
                found.discrepancies = invariants.discrepancies;
                found.discrepancy_count = invariants.count;
                found.jobs = invariants.jobs;
            }
            Ok(found)
        })
        .await?;
    found.took = milliseconds(began.elapsed());
    Ok(found)
}

/// Makes everything anew that is derived from the runs, a job at a time, so that reports that arrive meanwhile wait for
/// one job at most. Says for how many jobs.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn rebuild(services: &Services, actor: &Actor) -> Result<usize, Error> {
    actor.may(Permission::RunUpkeep)?;
    let site = services.zone.clone();
    let zone = services.db.read(move |conn| settings::site_zone(conn, &site)).await?;
    services.db.write(|tx| derived::prepare(tx.conn)).await?;
    let jobs = services.db.read(derived::jobs_to_rebuild).await?;
    for job in &jobs {
        let (zone, job, now) = (zone.clone(), *job, services.clock.now());
        services.db.write(move |tx| derived::rebuild_job(tx.conn, &zone, job, now)).await?;
    }
    housekeeping::settle_site_days(services).await?;
    Ok(jobs.len())
}
