//! Security checks: facts from the database, the options and the request, and their rating.

pub mod hide_secrets;
pub mod public_address;
pub mod secrets;

use super::{
    Actor, Services,
    rows::{count, moment},
    session::totp_place,
    users::account_key,
};
use crate::{
    access::{Permission, Role, Scope},
    db::{
        Connection, StoreError,
        tables::{
            api_keys::{self, ApiKeyRecord},
            audit_repeats,
            ingest_keys::{self, KeyRecord},
            jobs::time,
            login_failures,
            users::{self, UserRecord},
        },
    },
    dto::security::{Check, Fact, KeyHome, Overview, Share, State},
    error::Error,
    ids::UserId,
    time::Timestamp,
    zone::Zone,
};

const DAY: i64 = 86_400;
/// Seconds after which an unused key needs checking.
const UNUSED: i64 = 90 * DAY;
/// Longest sessions without advice: maximum lifetime and maximum idle time in seconds.
const LONG_SESSION: (i64, i64) = (90 * DAY, 30 * DAY);
/// Shortest retention of the audit log without advice, in days. Intrusions are often noticed weeks
/// later.
const SHORT_TRAIL: i64 = 90;
/// Failed sign-ins per day that are usual typing errors.
const FEW_FAILURES: i64 = 9;

/// What a request reveals about the connection to the program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestEnvironment {
    /// Whether the browser uses TLS.
    pub secure: bool,
    /// Whether the request comes from this machine.
    pub local: bool,
    /// Whether a trusted proxy forwarded it.
    pub via_proxy: bool,
    /// The address of an untrusted sender of proxy headers.
    pub unknown_proxy: Option<String>,
    /// URL of the program including the base path.
    pub url: String,
    /// Whether the operator configured this URL; otherwise it is taken from the request.
    pub url_is_fixed: bool,
}

/// Returns all checks, worst first.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators.
pub async fn overview(
    services: &Services,
    actor: &Actor,
    around: &RequestEnvironment,
) -> Result<Overview, Error> {
    actor.may(Permission::ViewSettings)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let stored = services.db.read(move |conn| Stored::load(conn, now)).await?;
    let mut facts = of_way(services, around);
    facts.extend(of_people(services, &stored, now));
    facts.extend(of_api_keys(&stored, now));
    facts.extend(of_ingest_keys(&stored, &zone, now));
    facts.extend(of_program(services));
    let check = |fact| Check { state: judge(&fact), fact };
    let mut checks: Vec<Check> = facts.into_iter().map(check).collect();
    checks.sort_by_key(|check| check.state);
    Ok(Overview { now: zone.moment(now), checks })
}

/// The data from the database.
struct Stored {
    /// Users who may sign in.
    people: Vec<UserRecord>,
    /// Valid keys of users who may sign in.
    api_keys: Vec<ApiKeyRecord>,
    /// Valid keys.
    ingest_keys: Vec<KeyRecord>,
    failures: i64,
    blocked: i64,
}

impl Stored {
    fn load(conn: &mut Connection, now: Timestamp) -> Result<Self, StoreError> {
        let works = |revoked: &Option<String>, expires: &Option<String>| {
            revoked.is_none() && time(expires.as_deref()).is_none_or(|end| end > now)
        };
        let people: Vec<UserRecord> =
            users::all(conn)?.into_iter().filter(|user| user.disabled_at.is_none()).collect();
        let owned = |key: &ApiKeyRecord| people.iter().any(|user| user.id == key.user_id);
        let api_keys = api_keys::list(conn, None)?.into_iter().map(|(key, _)| key);
        let api_keys = api_keys.filter(|key| works(&key.revoked_at, &key.expires_at) && owned(key)).collect();
        let mut ingest_keys = ingest_keys::all(conn)?;
        ingest_keys.retain(|key| works(&key.revoked_at, &key.expires_at));
        let accounts: Vec<String> = people.iter().map(|user| account_key(&user.name)).collect();
        let blocked = count(
            login_failures::blocked(conn, now)?.iter().filter(|account| accounts.contains(account)).count(),
        );
        let failures = audit_repeats::failed_sign_ins(conn, now.plus(-DAY))?;
        Ok(Self { failures, people, api_keys, ingest_keys, blocked })
    }
}

/// Counts the items that meet a condition.
fn share<T>(all: &[T], is_one: impl Fn(&T) -> bool) -> Share {
    Share { some: count(all.iter().filter(|one| is_one(one)).count()), of: count(all.len()) }
}

/// Returns the facts about the connection between browser and program.
fn of_way(services: &Services, around: &RequestEnvironment) -> Vec<Fact> {
    let RequestEnvironment { secure, local, via_proxy, unknown_proxy, url, url_is_fixed } = around.clone();
    let mut facts = vec![
        Fact::OpenIngest { on: services.options.open_ingest },
        Fact::Transport { secure, local },
        Fact::UnknownProxy { address: unknown_proxy },
        Fact::PublicUrl { url, fixed: url_is_fixed, local },
    ];
    facts.extend(services.options.listening.map(|address| Fact::Listening {
        address: address.to_string(),
        beside_proxy: via_proxy && !address.ip().is_loopback(),
    }));
    facts
}

fn of_people(services: &Services, stored: &Stored, now: Timestamp) -> Vec<Fact> {
    let people = &stored.people;
    let administrators: Vec<&UserRecord> =
        people.iter().filter(|user| user.role() == Role::Administrator).collect();
    let is_old = |user: &&UserRecord| {
        let since = time(user.password_changed_at.as_deref());
        user.password_temporary && since.is_none_or(|since| now.since(since) > DAY)
    };
    let sealed: Vec<(UserId, &str)> =
        people.iter().filter_map(|user| Some((user.id(), user.totp_secret.as_deref()?))).collect();
    let is_unreadable =
        |(id, sealed): &(UserId, &str)| services.secrets.open(totp_place(*id), sealed).is_err();
    vec![
        Fact::SecondFactor(share(&administrators, |user| !user.has_second_factor())),
        Fact::Administrators { count: count(administrators.len()) },
        Fact::TemporaryPasswords { count: count(people.iter().filter(is_old).count()) },
        Fact::FailedSignIns { failures: stored.failures, blocked: stored.blocked },
        Fact::UnreadableSecrets(share(&sealed, is_unreadable)),
    ]
}

fn of_api_keys(stored: &Stored, now: Timestamp) -> Vec<Fact> {
    let is_admin = |key: &&ApiKeyRecord| Scope::from_word(&key.scope) == Some(Scope::Admin);
    let (admin, others): (Vec<&ApiKeyRecord>, Vec<&ApiKeyRecord>) =
        stored.api_keys.iter().partition(is_admin);
    let endless = |key: &&ApiKeyRecord| key.expires_at.is_none();
    let unused = |key: &ApiKeyRecord| is_unused(&key.created_at, key.last_used_at.as_deref(), now);
    let admin = share(&admin, endless);
    vec![
        Fact::AdminKeys { count: admin.of, endless: admin.some },
        Fact::EndlessKeys(share(&others, endless)),
        Fact::UnusedApiKeys(share(&stored.api_keys, unused)),
    ]
}

fn of_ingest_keys(stored: &Stored, zone: &Zone, now: Timestamp) -> Vec<Fact> {
    let all = &stored.ingest_keys;
    let ends = all.iter().filter_map(|key| moment(zone, key.expires_at.as_deref()));
    let until = ends.clone().max_by_key(|end| end.at);
    vec![
        Fact::SiteKeys(share(all, |key| key.server_id.is_none())),
        Fact::UnusedIngestKeys(share(all, |key| {
            is_unused(&key.created_at, key.last_used_at.as_deref(), now)
        })),
        Fact::ReplacedKeys { count: count(ends.count()), until },
    ]
}

/// Returns the facts about options and settings.
fn of_program(services: &Services) -> Vec<Fact> {
    let settings = services.settings();
    let keys = services.secrets.keys();
    let home = match keys.current() {
        None => KeyHome::Missing,
        Some(_) if keys.is_from_environment() => KeyHome::Environment,
        Some(_) => KeyHome::File,
    };
    vec![
        Fact::SecretKey { home },
        Fact::LocalReadApi { on: settings.local_read_api },
        Fact::PrivateNetworks { allowed: settings.private_networks },
        Fact::Sessions { lasts: services.options.session_lasts, idle: services.options.session_idle },
        Fact::AuditRetention { days: settings.audit_days },
    ]
}

/// Returns whether a key was not used for too long. The time since its creation counts as well.
fn is_unused(created: &str, last_used: Option<&str>, now: Timestamp) -> bool {
    time(last_used.or(Some(created))).is_some_and(|last| now.since(last) > UNUSED)
}

/// Returns the rating of a fact.
fn judge(fact: &Fact) -> State {
    let weak = |is_weak: bool| if is_weak { State::Weak } else { State::Ok };
    let advice = |is_advice: bool| if is_advice { State::Advice } else { State::Ok };
    match fact {
        Fact::OpenIngest { on } => weak(*on),
        Fact::Transport { secure, local } => weak(!secure && !local),
        Fact::SecondFactor(share) | Fact::UnreadableSecrets(share) => weak(share.some > 0),
        Fact::TemporaryPasswords { count } => weak(*count > 0),
        Fact::AdminKeys { endless: 1.., .. } | Fact::SecretKey { home: KeyHome::Missing } => State::Weak,
        Fact::AdminKeys { count, .. } | Fact::ReplacedKeys { count, .. } => advice(*count > 0),
        Fact::SecretKey { home } => advice(*home == KeyHome::File),
        Fact::UnknownProxy { address } => advice(address.is_some()),
        Fact::Listening { beside_proxy, .. } => advice(*beside_proxy),
        // When the program is tried on the local machine, no fixed URL is needed.
        Fact::PublicUrl { fixed, local, .. } => advice(!fixed && !local),
        Fact::Administrators { count } => advice(*count < 2),
        Fact::EndlessKeys(share)
        | Fact::UnusedApiKeys(share)
        | Fact::SiteKeys(share)
        | Fact::UnusedIngestKeys(share) => advice(share.some > 0),
        Fact::LocalReadApi { on: is_open } | Fact::PrivateNetworks { allowed: is_open } => advice(*is_open),
        Fact::Sessions { lasts, idle } => advice(*lasts > LONG_SESSION.0 || *idle > LONG_SESSION.1),
        Fact::AuditRetention { days } => advice(*days < SHORT_TRAIL),
        Fact::FailedSignIns { failures, blocked } => advice(*failures > FEW_FAILURES || *blocked > 0),
    }
}

#[cfg(test)]
mod tests;
