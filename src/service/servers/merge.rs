//! Two servers become one: a machine that was reinstalled, or reported under two names.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use serde_json::json;

use super::{
    super::{
        Actor, Services, audit,
        audit::Entry,
        database::{retention::told, step_size::StepSize, steps},
        monitoring::regrouped,
        rows::{changed_meanwhile, is_still, missing_is_not_found},
        tasks::housekeeping,
    },
    retention,
};
use crate::{
    access::Permission,
    db::{
        Tx,
        tables::{
            merge_servers::adopt,
            noticing::{Judge, follow},
            references, server_changes, settings,
        },
    },
    dto::servers::ServersMerged,
    error::Error,
    ids::{JobRef, ServerId},
    zone::Zone,
};

/// Rounds after which a server that goes on getting reports by its name is left as it is: merging it again takes the rest.
const ROUNDS: usize = 10;

/// Puts everything of one server under another one, and removes the first ([`crate::db::tables::references`] says what becomes of
/// what). New reports go to the other one from the first step on. Jobs of the same name become one, and so do their runs
/// that began at the same second; no run is kept shorter than before. What was moved stays moved when this is interrupted;
/// merging again takes the rest.
///
/// # Errors
/// [`Error::NotFound`] when one of them does not exist, or is being deleted; [`Error::Invalid`] when they are the same.
pub async fn merge(
    services: &Services,
    actor: &Actor,
    from: ServerId,
    into: ServerId,
) -> Result<ServersMerged, Error> {
    merge_named(services, actor, (from, ""), (into, "")).await
}

/// The same, if both servers are still called as a preview said.
///
/// # Errors
/// As [`merge`]; [`Error::Invalid`] when one of them is another one by now.
pub async fn merge_named(
    services: &Services,
    actor: &Actor,
    (from, from_name): (ServerId, &str),
    (into, into_name): (ServerId, &str),
) -> Result<ServersMerged, Error> {
    actor.may(Permission::ManageDatabase)?;
    if from == into {
        return Err(Error::Invalid { field: "into", hint: "choose two different servers".into() });
    }
    let (by, now, site) = (actor.clone(), services.clock.now(), services.zone.clone());
    let names = [from_name.to_owned(), into_name.to_owned()];
    services
        .db
        .write(move |tx| {
            let source = server_changes::find_lasting(tx.conn, from)?;
            let target = server_changes::find_lasting(tx.conn, into)?;
            let [from_name, into_name] = &names;
            if !is_still(from_name, &source.name) || !is_still(into_name, &target.name) {
                return Ok(Err(changed_meanwhile("name")));
            }
            let concerned = adopt(tx.conn, from, into, now)?;
            regrouped(tx.conn, &site, &concerned, (&by, ""), now)?;
            if let Some((before, after)) = retention::of_server(tx.conn, from, into)? {
                let entry = Entry::new("retention.change").on("server", into.0, target.name.clone());
                audit::record(tx, &by, now, entry.before(told(before)).after(told(Some(after))))?;
            }
            let entry = Entry::new("server.merge").on("server", into.0, target.name);
            let gone = json!({ "alias": source.alias, "notes": source.notes });
            audit::record(tx, &by, now, entry.before(gone).after(json!({ "merged": source.name })))?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)??;
    let site = services.zone.clone();
    let zone = services.db.read(move |conn| settings::site_zone(conn, &site)).await?;
    let mut merged = ServersMerged::default();
    let mut step_size = steps::of_runs();
    for _ in 0..ROUNDS {
        for job in services.db.read(move |conn| server_changes::jobs_of(conn, from)).await? {
            move_job(services, &zone, job, into, &mut merged, &mut step_size).await?;
        }
        let is_gone = services
            .db
            .write(move |tx| {
                let is_empty = server_changes::jobs_of(tx.conn, from)?.is_empty();
                if is_empty {
                    // What it got meanwhile: a machine that was seen, a key that was made.
                    references::move_all(tx.conn, from, into)?;
                    server_changes::delete(tx.conn, from)?;
                }
                Ok(is_empty)
            })
            .await?;
        if is_gone {
            break;
        }
    }
    housekeeping::settle_site_days(services).await?;
    Ok(merged)
}

async fn move_job(
    services: &Services,
    zone: &Zone,
    job: JobRef,
    into: ServerId,
    merged: &mut ServersMerged,
    step_size: &mut StepSize,
) -> Result<(), Error> {
    let to = services
        .db
        .write(move |tx| {
            // The other one may have been deleted meanwhile, or be about to go.
            server_changes::find_lasting(tx.conn, into)?;
            let (to, is_new) = server_changes::counterpart(tx.conn, job, into)?;
            retention::of_job(tx.conn, job, to, is_new)?;
            Ok(to)
        })
        .await
        .map_err(missing_is_not_found)?;
    let duplicates = Arc::new(AtomicI64::new(0));
    let (zone, counter) = (zone.clone(), Arc::clone(&duplicates));
    let step = move |tx: &mut Tx<'_>, limit: i64| {
        let (moved, known) = server_changes::move_runs(tx, &zone, job, to, limit, StepSize::deadline())?;
        counter.fetch_add(known, Ordering::Relaxed);
        Ok(moved)
    };
    merged.runs += steps::in_steps(services, step_size, step).await?;
    merged.duplicates += duplicates.load(Ordering::Relaxed);
    let step = move |tx: &mut Tx<'_>, limit: i64| {
        server_changes::move_operations(tx, job, to, limit, StepSize::deadline())
    };
    merged.operations += steps::in_steps(services, step_size, step).await?;
    let (site, now) = (services.zone.clone(), services.clock.now());
    let is_gone = services
        .db
        .write(move |tx| {
            follow::job(tx.conn, job, to, now)?;
            let is_gone = server_changes::delete_empty_job(tx.conn, job)?;
            Judge::at(tx.conn, &site, now)?.rebuild(tx.conn, to, None)?;
            Ok(is_gone)
        })
        .await?;
    merged.jobs += i64::from(is_gone);
    Ok(())
}
