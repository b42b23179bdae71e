//! Checks the database, and rebuilds derived data.

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

/// Returns rows that refer to missing rows. There are none as long as all writers respect the constraints.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn foreign_keys(services: &Services, actor: &Actor) -> Result<Vec<Orphan>, Error> {
    actor.may(Permission::RunMaintenance)?;
    Ok(services.db.read_unpooled(orphans::orphans).await?)
}

/// Checks the whole file: SQLite checks pages, indexes and constraints, and all data derived from the runs is compared
/// with them. Reads the whole file, while others read and write.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn integrity(services: &Services, actor: &Actor) -> Result<Integrity, Error> {
    actor.may(Permission::RunMaintenance)?;
    let began = Instant::now();
    let site = services.zone.clone();
    let mut found = services
        .db
        .read_unpooled(move |conn| {
            let file = match integrity::check(conn) {
                // If SQLite cannot even read the file, that is the finding.
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

/// Rebuilds all data derived from the runs, one job at a time, so that reports wait for one job at most. Returns the
/// number of jobs.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn rebuild(services: &Services, actor: &Actor) -> Result<usize, Error> {
    actor.may(Permission::RunMaintenance)?;
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
