//! Entries of the audit log, before they are written.

use serde_json::{Map, Value};

use crate::{
    db::tables::audit::AuditRecord,
    service::{Actor, Proof},
    time::Timestamp,
};

/// Characters of a name that are kept.
pub(super) const NAME: usize = 200;

/// Failures of one address at one person in an hour that are written one by one: [`NO_SUCH_PERSON`] is one person.
const FAILURES: i64 = 5;

/// The same of names that nobody has.
const FAILURES_AT_NOBODY: i64 = 1;

/// Sign-ins, and changes of the own account, of one person in an hour that are written one by one.
const OWN_DOINGS: i64 = 50;

/// Stands in the trail for a name that nobody has: what was typed may be a password.
pub(in crate::service) const NO_SUCH_PERSON: &str = "(unknown user)";

/// What was done, ready to be recorded.
#[derive(Debug, Clone)]
pub struct Entry {
    action: &'static str,
    target: Option<(&'static str, Option<i64>, String)>,
    success: bool,
    before: Option<Value>,
    after: Option<Value>,
}

impl Entry {
    /// Something that worked. Actions are `noun.verb`: `user.create`.
    pub fn new(action: &'static str) -> Self {
        Self { action, target: None, success: true, before: None, after: None }
    }

    /// To what it was done: `("user", id, "jo")`.
    pub fn on(mut self, kind: &'static str, id: impl Into<Option<i64>>, name: impl Into<String>) -> Self {
        self.target = Some((kind, id.into(), name.into()));
        self
    }

    /// What it was like before. Never a secret: say "set" or "changed" instead.
    pub fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    /// What it is like now. Never a secret.
    pub fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }

    /// It was tried, and did not work.
    pub fn failed(mut self) -> Self {
        self.success = false;
        self
    }

    /// How many like this are written in an hour; none where each is. What an actor can repeat at will must not fill the
    /// disk, and nobody reads a thousand equal entries: those beyond are counted.
    pub(super) fn most(&self, actor: &Actor) -> Option<i64> {
        match actor {
            Actor::CommandLine | Actor::System => None,
            _ if !self.success => Some(match &self.target {
                Some((_, _, name)) if name == NO_SUCH_PERSON => FAILURES_AT_NOBODY,
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
        // Only what differs says something.
        let (before, after) = differences(self.before, self.after);
        AuditRecord {
            at: now.to_string(),
            actor_kind: who.kind.into(),
            actor_id: who.id,
            actor_name: who.name,
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

/// What the audit log calls an actor.
pub(in crate::service) fn name_of(actor: &Actor) -> String {
    EntryOrigin::of(actor).name
}

/// Leaves of two objects what is not the same in both.
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
