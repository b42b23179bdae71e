//! Which server a report is from: its key's server, else its machine id, else its machine name, else the address.

use crate::{
    db::{
        Connection, StoreError, Tx,
        servers::{self, Sighting},
    },
    ids::ServerId,
    report::Identity,
    time::Timestamp,
};

/// Name of the job when a report names none.
pub(in crate::service) const DEFAULT_JOB: &str = "Backup";

/// Finds the server, makes it if it is new, and notes that it was seen.
pub(super) fn server(
    tx: &mut Tx<'_>,
    identity: &Identity,
    key_server: Option<ServerId>,
    source: &str,
    now: Timestamp,
    versions: (Option<&str>, Option<&str>),
) -> Result<ServerId, StoreError> {
    let mut sighting = Sighting {
        last_seen: Some(now.to_string()),
        duplicati_version: versions.0.map(str::to_owned),
        operating_system: versions.1.map(str::to_owned),
        ..Sighting::default()
    };
    let machine = identity.machine_id.as_deref();
    let known = match machine {
        Some(machine) => servers::find_by_machine(tx.conn, machine)?,
        None => None,
    };
    let server = match (key_server, known) {
        // The key wins, and the page says that the machine is known as somebody else.
        (Some(bound), Some(other)) if other != bound => {
            sighting.mismatch_machine = identity.machine_name.clone().or_else(|| identity.machine_id.clone());
            sighting.mismatch_server_id = Some(other.0);
            sighting.mismatch_at = Some(now.to_string());
            bound
        }
        (Some(bound), _) => bound,
        (None, Some(known)) => known,
        (None, None) => by_name(tx.conn, identity, source, now)?,
    };
    if let Some(machine) = machine {
        servers::see_machine(tx.conn, machine, identity.machine_name.as_deref(), server, now)?;
    }
    servers::see(tx.conn, server, &sighting)?;
    Ok(server)
}

/// A machine that is not known by its id (or sends none).
pub(in crate::service) fn by_name(
    conn: &mut Connection,
    identity: &Identity,
    source: &str,
    now: Timestamp,
) -> Result<ServerId, StoreError> {
    let name = match (&identity.machine_name, &identity.machine_id) {
        (Some(name), _) => name.clone(),
        (None, Some(machine)) => format!("machine {}", machine.chars().take(8).collect::<String>()),
        (None, None) => format!("unknown ({source})"),
    };
    // A new id under a name that another id owns: a second machine, or a reinstalled one. A person decides.
    if identity.machine_id.is_some()
        && let Some(known) = servers::find_by_name(conn, &name)?
        && servers::has_machine(conn, known)?
    {
        return servers::create(conn, &name, now);
    }
    servers::find_or_create(conn, &name, now)
}
