//! Which server a report is from: its key's server, else its machine id, else its machine name, else its key or address.
//!
//! A name alone says who sent a report only together with the key: two keys can both have a machine "nas". A key that
//! replaced another is the same sender, and names of keys that work no more are free for others.

use crate::{
    db::{
        Connection, StoreError,
        tables::{
            ingest_keys::{self, KeyOwner},
            machine_names,
            servers::{self, ReportedServer},
        },
    },
    ids::{KeyId, ServerId},
    report::Identity,
    time::Timestamp,
};

/// Who sends, beyond what the report says.
#[derive(Debug, Clone, Default)]
pub(in crate::service) struct Sender {
    /// The server of the key, when it has one.
    pub key_server: Option<ServerId>,
    /// `ingest_keys.sender`; 0 without a key.
    pub id: i64,
    /// How reports that name no machine are called after it: "key 3f9a2c", or an address.
    pub label: String,
}

impl Sender {
    /// The sender that has this key, or none. `None` when the key is gone: it is looked up again where the report is written,
    /// because its server may be part of another one by now, or be deleted.
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

    /// Somebody without a key.
    pub(in crate::service) fn named(label: &str) -> Self {
        Self { label: label.to_owned(), ..Self::default() }
    }

    /// By which name a machine without an id is looked for.
    fn name_of(&self, identity: &Identity) -> String {
        match (&identity.machine_name, self.id) {
            (Some(name), _) => name.clone(),
            (None, 0) => self.unknown(),
            // All of a key that names no machine.
            (None, _) => String::new(),
        }
    }

    fn unknown(&self) -> String {
        format!("unknown ({})", self.label)
    }
}

/// A machine name, unless Duplicati masked it.
pub(super) fn unmasked(identity: &Identity) -> Identity {
    let is_shown = |name: &String| !is_masked(name);
    Identity { machine_name: identity.machine_name.clone().filter(is_shown), ..identity.clone() }
}

/// Whether Duplicati masked a name: the texts of 2.3.0.4 and later do that to whatever looks like a path.
pub(super) fn is_masked(name: &str) -> bool {
    name.contains("-redacted-")
}

/// The server that a report is from, when it is known.
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
    if let Some(known) = servers::find_by_machine(conn, machine)? {
        return Ok(Some(known));
    }
    // A new id: of a machine that was known by its name only. Under a name that another id owns it is a second machine, or
    // one that was set up anew: a person decides.
    let Some(name) = &identity.machine_name else { return Ok(None) };
    first_named(conn, name, sender, now, |conn, server| Ok(!servers::has_machine(conn, server)?))
}

/// The first server that this sender can mean by a name, and that fits.
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
        // What came from this address before keys were told apart cannot be told from what others sent.
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

/// Makes the server of a report.
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

/// How a machine is called that sends no name.
fn named_after(machine: &str) -> String {
    format!("machine {}", machine.chars().take(8).collect::<String>())
}

/// Notes under which id and name a server reported.
pub(in crate::service) fn learn(
    conn: &mut Connection,
    identity: &Identity,
    sender: &Sender,
    server: ServerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (id, name) = (identity.machine_id.as_deref(), identity.machine_name.as_deref());
    if let Some(machine) = id {
        let known = servers::machine_name(conn, machine)?;
        if let (Some((owner, None)), Some(name)) = (&known, name) {
            servers::rename_from(conn, *owner, &named_after(machine), name)?;
        }
        servers::note_machine(conn, machine, name, server, now)?;
    }
    // Whoever has a key for a server is found by it.
    if sender.key_server.is_none() && (id.is_none() || name.is_some()) {
        machine_names::add(conn, sender.id, &sender.name_of(identity), server)?;
    }
    Ok(())
}

/// Notes that a server was seen, and when its key was used by a machine that is known as somebody else.
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
    // The key wins, and the page says that the machine is known as somebody else.
    if let Some(machine) = machine
        && let Some(other) = servers::find_by_machine(conn, machine)?
        && other != server
    {
        reported.mismatch_machine = identity.machine_name.clone().or_else(|| Some(machine.to_owned()));
        reported.mismatch_server_id = Some(other.0);
        reported.mismatch_at = Some(now.to_string());
    }
    learn(conn, identity, sender, server, now)?;
    servers::note_report(conn, server, &reported)
}
