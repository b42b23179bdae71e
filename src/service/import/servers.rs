//! Imports the servers of the Node application: matched by their machine ids, or created.

use super::{
    ImportError,
    fields::{bounded_name, bounded_text, instant},
    write::Import,
};
use crate::{
    db::{StoreError, Tx, node::ServerRow, tables::servers},
    dto::import::{ImportReport, Tally},
    report::Identity,
    service::{
        ingest::{Sender, create_server, find_server, learn_server},
        servers::page_url,
    },
    time::Timestamp,
};

/// Maximum bytes of a note.
const NOTE: usize = 4096;
/// Number of servers in one transaction.
const BATCH: usize = 50;

/// One server, ready to be stored.
#[derive(Debug, Clone)]
struct NewServer {
    identity: Identity,
    alias: Option<String>,
    note: Option<String>,
    /// The page of its Duplicati, where that is an address that can be shown.
    url: Option<String>,
    created: Timestamp,
}

/// Imports the servers. Notes entered here are not replaced.
pub(super) async fn import(
    import: &Import,
    rows: &[ServerRow],
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    report.servers.found = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let now = import.services.clock.now();
    let mut new = Vec::new();
    for row in rows {
        let place = format!("servers, row {}", row.rowid);
        let Some(machine) = bounded_name(&row.id, report) else {
            report.servers.left_out += 1;
            report
                .problem(place, "it has no ID, so its runs cannot be told apart from those of other servers");
            continue;
        };
        let identity = Identity {
            machine_id: Some(machine),
            machine_name: bounded_name(&row.name, report),
            ..Identity::default()
        };
        let created = instant(&row.created_at).map_or(now, Timestamp::from_unix).min(now);
        let (alias, note) = (bounded_name(&row.alias, report), bounded_text(&row.note, NOTE, report));
        let url = row.server_url.text().and_then(|url| page_url(url).ok().flatten());
        new.push(NewServer { identity, alias, note, url, created });
    }
    for batch in new.chunks(BATCH) {
        let batch = batch.to_vec();
        let tally = import
            .services
            .db
            .write(move |tx| {
                let mut tally = Tally::default();
                for server in &batch {
                    store(tx, server, &mut tally)?;
                }
                Ok(tally)
            })
            .await?;
        report.servers.added += tally.added;
        report.servers.completed += tally.completed;
        report.servers.known += tally.known;
    }
    Ok(())
}

fn store(tx: &mut Tx<'_>, new: &NewServer, tally: &mut Tally) -> Result<(), StoreError> {
    let NewServer { identity, alias, note, url, created } = new;
    let sender = Sender::named("import");
    let found = find_server(tx.conn, identity, &sender, *created)?;
    let is_new = found.is_none();
    let id = match found {
        Some(known) => known,
        None => create_server(tx.conn, identity, &sender, *created)?,
    };
    learn_server(tx.conn, identity, &sender, id, *created)?;
    let known = servers::find(tx.conn, id)?;
    let text = |here: &Option<String>, there: &Option<String>| {
        here.clone().filter(|text| !text.trim().is_empty()).or_else(|| there.clone())
    };
    let (alias, notes) = (text(&known.alias, alias), text(&known.notes, note));
    let url = text(&known.duplicati_url, url);
    let changed = alias != known.alias || notes != known.notes || url != known.duplicati_url;
    if changed {
        servers::link(tx.conn, id, url.as_deref())?;
        servers::describe(tx.conn, id, alias.as_deref(), notes.as_deref())?;
    }
    match (is_new, changed) {
        (true, _) => tally.added += 1,
        (false, true) => tally.completed += 1,
        (false, false) => tally.known += 1,
    }
    Ok(())
}
