//! Finds the server of a report: by the key's server, the machine id, the machine name, or the key or address.
//!
//! A name identifies a server only together with the key: two keys may both have a machine "nas". A key and its replacement
//! are the same sender. Names used by keys that are no longer valid are free for others.

use crate::{
    db::{
        Connection, StoreError,
        tables::{
            ingest_keys::{self, KeyOwner},
            machine_ids, machine_names,
            servers::{self, ReportedServer},
        },
    },
    ids::{KeyId, ServerId},
    report::Identity,
    time::Timestamp,
};

/// The sender, beyond what the report says.
#[derive(Debug, Clone, Default)]
pub(in crate::service) struct Sender {
    /// The server that the key is bound to, if any.
    pub key_server: Option<ServerId>,
    /// `ingest_keys.sender`; 0 without a key.
    pub id: i64,
    /// Name for reports that name no machine: "key 3f9a2c", or an address.
    pub label: String,
}

impl Sender {
    /// Returns the sender with this key, or the one without a key. `None` if the key no longer exists: it is looked up again
    /// in the write, because its server may have been merged or deleted meanwhile.
    pub(super) fn find(
        conn: &mut Connection,
        key: Option<KeyId>,
        key_server: Option<ServerId>,
        source: &str,
    ) -> Result<Option<Self>, StoreError> {
        let Some(key) = key else {
            return Ok(Some(Self { key_server, id: 0, label: source.to_owned() }));
        };
        let owner = ingest_keys::owner(conn, key)?;
        Ok(owner.map(|KeyOwner { sender, prefix, server }| Self {
            key_server: server,
            id: sender,
            label: format!("key {prefix}"),
        }))
    }

    /// Creates a sender without a key.
    pub(in crate::service) fn named(label: &str) -> Self {
        Self { label: label.to_owned(), ..Self::default() }
    }

    /// Returns the name by which a machine without an id is found.
    fn name_of(&self, identity: &Identity) -> String {
        match (&identity.machine_name, self.id) {
            (Some(name), _) => name.clone(),
            (None, 0) => self.unknown(),
            // All machines of a key that send no name share one entry.
            (None, _) => String::new(),
        }
    }

    fn unknown(&self) -> String {
        format!("unknown ({})", self.label)
    }
}

/// Removes a machine name that Duplicati masked.
pub(super) fn unmasked(identity: &Identity) -> Identity {
    let is_shown = |name: &String| !is_masked(name);
    Identity { machine_name: identity.machine_name.clone().filter(is_shown), ..identity.clone() }
}

/// Returns whether Duplicati masked a name: texts from 2.3.0.4 on mask everything that looks like a path.
pub(super) fn is_masked(name: &str) -> bool {
    name.contains("-redacted-")
}

/// Returns the server of a report, if it is known.
pub(in crate::service) fn find(
    conn: &mut Connection,
    identity: &Identity,
    sender: &Sender,
    now: Timestamp,
) -> Result<Option<ServerId>, StoreError> {
    if sender.key_server.is_some() {
        return Ok(sender.key_server);
    }
    let Some(machine) = identity.machine_id.as_deref() else {
        return first_named(conn, &sender.name_of(identity), sender, now, |_, _| Ok(true));
    };
    if let Some(known) = machine_ids::find(conn, machine)? {
        return Ok(Some(known));
    }
    // A new machine id, which may belong to a machine known only by its name. If another id has that name, it is a second
    // machine, or a reinstalled one: a user has to decide.
    let Some(name) = &identity.machine_name else { return Ok(None) };
    first_named(conn, name, sender, now, |conn, server| Ok(!machine_ids::has_any(conn, server)?))
}

/// Returns the first server that a name may stand for with this sender and that meets the condition.
fn first_named(
    conn: &mut Connection,
    name: &str,
    sender: &Sender,
    now: Timestamp,
    fits: impl Fn(&mut Connection, ServerId) -> Result<bool, StoreError>,
) -> Result<Option<ServerId>, StoreError> {
    if let Some(known) = machine_names::find(conn, sender.id, name)? {
        return Ok(fits(conn, known)?.then_some(known));
    }
    let named = |conn: &mut Connection, name: &str| servers::find_by_name(conn, name);
    let mut candidates = Vec::new();
    if sender.id == 0 {
        candidates.extend(named(conn, name)?);
        candidates.extend(machine_names::find_any(conn, name)?);
    } else if name.is_empty() {
        // Reports from before keys were told apart cannot be distinguished from those of other senders.
        return Ok(None);
    } else {
        candidates.extend(machine_names::find_free(conn, name, now)?);
        candidates.extend(named(conn, name)?);
    }
    for server in candidates {
        let is_free = sender.id == 0 || !machine_names::is_taken(conn, server, name, sender.id, now)?;
        if is_free && fits(conn, server)? {
            return Ok(Some(server));
        }
    }
    Ok(None)
}

/// Creates the server of a report.
pub(in crate::service) fn create(
    conn: &mut Connection,
    identity: &Identity,
    sender: &Sender,
    now: Timestamp,
) -> Result<ServerId, StoreError> {
    let name = match (&identity.machine_name, &identity.machine_id) {
        (Some(name), _) => name.clone(),
        (None, Some(machine)) => named_after(machine),
        (None, None) => sender.unknown(),
    };
    servers::create(conn, &name, now)
}

/// Returns the name for a machine that sends none.
fn named_after(machine: &str) -> String {
    format!("machine {}", machine.chars().take(8).collect::<String>())
}

/// Records the id and name under which a server reported.
pub(in crate::service) fn learn(
    conn: &mut Connection,
    identity: &Identity,
    sender: &Sender,
    server: ServerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (id, name) = (identity.machine_id.as_deref(), identity.machine_name.as_deref());
    if let Some(machine) = id {
        let known = machine_ids::find_named(conn, machine)?;
        if let (Some((owner, None)), Some(name)) = (&known, name) {
            servers::rename_from(conn, *owner, &named_after(machine), name)?;
        }
        machine_ids::note(conn, machine, name, server, now)?;
    }
    // Senders with a server-bound key are found by the key.
    if sender.key_server.is_none() && (id.is_none() || name.is_some()) {
        machine_names::add(conn, sender.id, &sender.name_of(identity), server)?;
    }
    Ok(())
}

/// Records that a server reported, and whether its key was used by a machine known as another server.
pub(super) fn see(
    conn: &mut Connection,
    identity: &Identity,
    sender: &Sender,
    server: ServerId,
    now: Timestamp,
    (duplicati_version, operating_system): (Option<&str>, Option<&str>),
) -> Result<(), StoreError> {
    let mut reported = ReportedServer {
        last_seen: Some(now.to_string()),
        duplicati_version: duplicati_version.map(str::to_owned),
        operating_system: operating_system.map(str::to_owned),
        ..ReportedServer::default()
    };
    let machine = identity.machine_id.as_deref().filter(|_| sender.key_server.is_some());
    // The key takes precedence; the page shows that the machine is known as another server.
    if let Some(machine) = machine
        && let Some(other) = machine_ids::find(conn, machine)?
        && other != server
    {
        reported.mismatch_machine = identity.machine_name.clone().or_else(|| Some(machine.to_owned()));
        reported.mismatch_server_id = Some(other.0);
        reported.mismatch_at = Some(now.to_string());
    }
    learn(conn, identity, sender, server, now)?;
    servers::note_report(conn, server, &reported)
}
