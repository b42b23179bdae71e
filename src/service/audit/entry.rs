//! Entries of the audit log, before they are written.

use serde_json::{Map, Value};

use crate::{
    db::tables::audit::AuditRecord,
    service::{Actor, Proof},
    time::Timestamp,
};

/// Maximum characters of a name.
pub(super) const NAME: usize = 200;

/// Failures per hour of one address for one user that are written individually. All unknown names count as the user
/// [`NO_SUCH_USER`].
const FAILURES: i64 = 5;

/// The same limit for unknown names.
const FAILURES_AT_NOBODY: i64 = 1;

/// Sign-ins, and changes of the own account, per user and hour that are written individually.
const OWN_DOINGS: i64 = 50;

/// Written in place of an unknown name, because the user may have typed a password.
pub(in crate::service) const NO_SUCH_USER: &str = "(unknown user)";

/// An action to be recorded.
#[derive(Debug, Clone)]
pub struct Entry {
    action: &'static str,
    target: Option<(&'static str, Option<i64>, String)>,
    success: bool,
    before: Option<Value>,
    after: Option<Value>,
    by: Option<String>,
}

impl Entry {
    /// Creates the entry of a successful action. Actions are named `noun.verb`: `user.create`.
    pub fn new(action: &'static str) -> Self {
        Self { action, target: None, success: true, before: None, after: None, by: None }
    }

    /// Sets the target: `("user", id, "jo")`.
    pub fn on(mut self, kind: &'static str, id: impl Into<Option<i64>>, name: impl Into<String>) -> Self {
        self.target = Some((kind, id.into(), name.into()));
        self
    }

    /// Sets the values before. Never include a secret: write "set" or "changed" instead.
    pub fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    /// Sets the values after. Never include a secret.
    pub fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }

    /// Names who did it, where the actor has no name: a link, for example.
    pub fn by(mut self, name: impl Into<String>) -> Self {
        self.by = Some(name.into());
        self
    }

    /// Marks the action as failed.
    pub fn failed(mut self) -> Self {
        self.success = false;
        self
    }

    /// Returns how many such entries are written per hour; `None` for no limit. Actions that an actor can repeat at will
    /// must not fill the disk, and nobody reads a thousand equal entries: those above the limit are only counted.
    pub(super) fn most(&self, actor: &Actor) -> Option<i64> {
        match actor {
            Actor::CommandLine | Actor::System => None,
            _ if !self.success => Some(match &self.target {
                Some((_, _, name)) if name == NO_SUCH_USER => FAILURES_AT_NOBODY,
                _ => FAILURES,
            }),
            _ if ["session.", "account."].iter().any(|start| self.action.starts_with(start)) => {
                Some(OWN_DOINGS)
            }
            _ => None,
        }
    }

    pub(super) fn record(self, actor: &Actor, now: Timestamp) -> AuditRecord {
        let who = EntryOrigin::of(actor);
        let (target_kind, target_id, target_name) = match self.target {
            Some((kind, id, name)) => (Some(kind.to_owned()), id, Some(name.chars().take(NAME).collect())),
            None => (None, None, None),
        };
        // Only the differences are stored.
        let (before, after) = differences(self.before, self.after);
        AuditRecord {
            at: now.to_string(),
            actor_kind: who.kind.into(),
            actor_id: who.id,
            actor_name: self.by.unwrap_or(who.name),
            address: who.address,
            action: self.action.into(),
            target_kind,
            target_id,
            target_name,
            success: self.success,
            before: before.map(|value| value.to_string()),
            after: after.map(|value| value.to_string()),
        }
    }
}

/// Returns the name of an actor in the audit log.
pub(in crate::service) fn name_of(actor: &Actor) -> String {
    EntryOrigin::of(actor).name
}

/// Removes from two objects the members that are equal in both.
pub(super) fn differences(before: Option<Value>, after: Option<Value>) -> (Option<Value>, Option<Value>) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let keep = |of: &Map<String, Value>, other: &Map<String, Value>| -> Value {
                of.iter()
                    .filter(|(key, value)| other.get(*key) != Some(*value))
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect()
            };
            (Some(keep(&before, &after)), Some(keep(&after, &before)))
        }
        both => both,
    }
}

struct EntryOrigin {
    kind: &'static str,
    id: Option<i64>,
    name: String,
    address: Option<String>,
}

impl EntryOrigin {
    fn of(actor: &Actor) -> Self {
        let nameless = |kind: &'static str, name: &str, address: Option<&String>| Self {
            kind,
            id: None,
            name: name.to_owned(),
            address: address.cloned(),
        };
        match actor {
            Actor::User(identity) => {
                let (kind, id, name) = match &identity.proof {
                    Proof::Session(_) => ("user", identity.user.0, identity.name.clone()),
                    Proof::ApiKey { id, name } => ("api_key", id.0, format!("{} ({name})", identity.name)),
                };
                Self { kind, id: Some(id), name, address: Some(identity.address.clone()) }
            }
            Actor::Anonymous { address } => nameless("anonymous", "anonymous", Some(address)),
            Actor::Guest { address } => nameless("anonymous", "guest", Some(address)),
            Actor::Sender { key, .. } => {
                Self { id: key.map(|key| key.0), ..nameless("ingest_key", "ingest key", None) }
            }
            Actor::CommandLine => nameless("command_line", "command line", None),
            Actor::System => nameless("system", "duplistatus", None),
        }
    }
}
