//! The sentences: what each fact is called, and what to do about it.

use duplistatus::dto::{
    Moment,
    security::{Check, Fact, KeyHome, Share, State},
};

use super::data::Finding;
use crate::{
    format::time::{calendar_time, span_words},
    locale::Locale,
    tr,
};

/// A check in words.
pub fn finding(locale: Locale, check: Check, now: Moment) -> Finding {
    let Check { state, fact } = check;
    let is_ok = state == State::Ok;
    let title = title(locale, &fact, is_ok);
    let text = if is_ok { String::new() } else { advice(locale, &fact, now) };
    let mend = if is_ok { None } else { place(&fact) };
    Finding { state, title, text, mend: mend.map(|place| (place.path().to_owned(), place.words(locale))) }
}

/// Where something is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Account,
    People,
    ApiKeys,
    IngestKeys,
    Settings,
    Audit,
}

impl Place {
    fn path(self) -> &'static str {
        match self {
            Self::Account => "/account",
            Self::People => "/settings/users",
            Self::ApiKeys => "/settings/users#api-keys-title",
            Self::IngestKeys => "/settings/keys",
            Self::Settings => "/settings/security#settings",
            Self::Audit => "/settings/audit",
        }
    }

    fn words(self, locale: Locale) -> String {
        match self {
            Self::Account => tr!(locale, security.places.account),
            Self::People => tr!(locale, security.places.people),
            Self::ApiKeys => tr!(locale, security.places.api_keys),
            Self::IngestKeys => tr!(locale, security.places.ingest_keys),
            Self::Settings => tr!(locale, security.places.settings),
            Self::Audit => tr!(locale, security.places.audit),
        }
    }
}

/// Nothing where options of the program or the things around it have to be changed.
fn place(fact: &Fact) -> Option<Place> {
    match fact {
        // The only administrator is the one who reads this.
        Fact::SecondFactor(Share { of: 1, .. }) => Some(Place::Account),
        Fact::SecondFactor(_) | Fact::Administrators { .. } | Fact::TemporaryPasswords { .. } => {
            Some(Place::People)
        }
        Fact::UnreadableSecrets(_) => Some(Place::People),
        Fact::AdminKeys { .. } | Fact::EndlessKeys(_) | Fact::UnusedApiKeys(_) => Some(Place::ApiKeys),
        Fact::OpenIngest { .. }
        | Fact::SiteKeys(_)
        | Fact::UnusedIngestKeys(_)
        | Fact::ReplacedKeys { .. } => Some(Place::IngestKeys),
        Fact::LocalReadApi { .. } | Fact::PrivateNetworks { .. } | Fact::AuditRetention { .. } => {
            Some(Place::Settings)
        }
        Fact::FailedSignIns { .. } => Some(Place::Audit),
        Fact::Transport { .. }
        | Fact::UnknownProxy { .. }
        | Fact::Listening { .. }
        | Fact::PublicUrl { .. }
        | Fact::SecretKey { .. }
        | Fact::Sessions { .. } => None,
    }
}

/// The fact with its figures.
fn title(locale: Locale, fact: &Fact, is_ok: bool) -> String {
    match fact {
        Fact::OpenIngest { on: true } => tr!(locale, security.open_ingest.on),
        Fact::OpenIngest { on: false } => tr!(locale, security.open_ingest.off),
        Fact::Transport { secure: true, .. } => tr!(locale, security.transport.secure),
        Fact::Transport { local: true, .. } => tr!(locale, security.transport.local),
        Fact::Transport { .. } => tr!(locale, security.transport.plain),
        Fact::UnknownProxy { address: Some(address) } => {
            tr!(locale, security.unknown_proxy.seen, address = address.clone())
        }
        Fact::UnknownProxy { address: None } => tr!(locale, security.unknown_proxy.none),
        Fact::Listening { address, beside_proxy: false } => {
            tr!(locale, security.listening.at, address = address.clone())
        }
        Fact::Listening { .. } => tr!(locale, security.listening.beside),
        Fact::PublicUrl { fixed: true, url, .. } => tr!(locale, security.public_url.fixed, url = url.clone()),
        Fact::PublicUrl { local: true, url, .. } => tr!(locale, security.public_url.local, url = url.clone()),
        Fact::PublicUrl { .. } => tr!(locale, security.public_url.none),
        Fact::Administrators { count } if is_ok => tr!(locale, security.administrators.some, count = *count),
        Fact::Administrators { .. } => tr!(locale, security.administrators.alone),
        Fact::SecondFactor(_) if is_ok => tr!(locale, security.second_factor.all),
        Fact::SecondFactor(Share { of: 1, .. }) => tr!(locale, security.second_factor.alone),
        Fact::SecondFactor(Share { some, of }) => {
            tr!(locale, security.second_factor.missing, count = *some, of = *of)
        }
        Fact::TemporaryPasswords { .. } if is_ok => tr!(locale, security.temporary.none),
        Fact::TemporaryPasswords { count } => tr!(locale, security.temporary.old, count = *count),
        Fact::AdminKeys { endless: endless @ 1.., .. } => {
            tr!(locale, security.admin_keys.endless, count = *endless)
        }
        Fact::AdminKeys { count: 0, .. } => tr!(locale, security.admin_keys.none),
        Fact::AdminKeys { count, .. } => tr!(locale, security.admin_keys.some, count = *count),
        Fact::EndlessKeys(_) if is_ok => tr!(locale, security.endless_keys.none),
        Fact::EndlessKeys(Share { some, of }) => {
            tr!(locale, security.endless_keys.some, count = *some, of = *of)
        }
        Fact::UnusedApiKeys(_) if is_ok => tr!(locale, security.unused_api_keys.none),
        Fact::UnusedApiKeys(Share { some, of }) => {
            tr!(locale, security.unused_api_keys.some, count = *some, of = *of)
        }
        Fact::SiteKeys(_) if is_ok => tr!(locale, security.site_keys.none),
        Fact::SiteKeys(Share { some, of }) => tr!(locale, security.site_keys.some, count = *some, of = *of),
        Fact::UnusedIngestKeys(_) if is_ok => tr!(locale, security.unused_ingest_keys.none),
        Fact::UnusedIngestKeys(Share { some, of }) => {
            tr!(locale, security.unused_ingest_keys.some, count = *some, of = *of)
        }
        Fact::ReplacedKeys { .. } if is_ok => tr!(locale, security.replaced_keys.none),
        Fact::ReplacedKeys { count, .. } => tr!(locale, security.replaced_keys.some, count = *count),
        Fact::LocalReadApi { on: true } => tr!(locale, security.read_api.open),
        Fact::LocalReadApi { on: false } => tr!(locale, security.read_api.closed),
        Fact::PrivateNetworks { allowed: true } => tr!(locale, security.private_networks.allowed),
        Fact::PrivateNetworks { allowed: false } => tr!(locale, security.private_networks.refused),
        Fact::SecretKey { home: KeyHome::Missing } => tr!(locale, security.secret_key.missing),
        Fact::SecretKey { home: KeyHome::File } => tr!(locale, security.secret_key.file),
        Fact::SecretKey { home: KeyHome::Environment } => tr!(locale, security.secret_key.environment),
        Fact::UnreadableSecrets(_) if is_ok => tr!(locale, security.unreadable.none),
        Fact::UnreadableSecrets(Share { some, of }) => {
            tr!(locale, security.unreadable.some, count = *some, of = *of)
        }
        Fact::Sessions { lasts, idle } => tr!(
            locale,
            security.sessions.last,
            lasts = span_words(locale, *lasts),
            idle = span_words(locale, *idle)
        ),
        Fact::AuditRetention { days } => tr!(locale, security.audit.kept, count = *days),
        Fact::FailedSignIns { failures, blocked: 0 } => {
            tr!(locale, security.failed.some, count = *failures)
        }
        Fact::FailedSignIns { failures, blocked } => tr!(
            locale,
            security.failed.blocked,
            count = *blocked,
            failures = tr!(locale, security.failed.some, count = *failures)
        ),
    }
}

/// Why it matters and what to do, where it is not as it should be.
fn advice(locale: Locale, fact: &Fact, now: Moment) -> String {
    match fact {
        Fact::OpenIngest { .. } => tr!(locale, security.open_ingest.advice),
        Fact::Transport { .. } => tr!(locale, security.transport.advice),
        Fact::UnknownProxy { .. } => tr!(locale, security.unknown_proxy.advice),
        Fact::Listening { address, .. } => tr!(locale, security.listening.advice, address = address.clone()),
        Fact::PublicUrl { url, .. } => tr!(locale, security.public_url.advice, url = url.clone()),
        Fact::Administrators { .. } => tr!(locale, security.administrators.advice),
        Fact::SecondFactor(Share { of: 1, .. }) => tr!(locale, security.second_factor.advice_alone),
        Fact::SecondFactor(_) => tr!(locale, security.second_factor.advice),
        Fact::TemporaryPasswords { .. } => tr!(locale, security.temporary.advice),
        Fact::AdminKeys { .. } => tr!(locale, security.admin_keys.advice),
        Fact::EndlessKeys(_) => tr!(locale, security.endless_keys.advice),
        Fact::UnusedApiKeys(_) => tr!(locale, security.unused_api_keys.advice),
        Fact::SiteKeys(_) => tr!(locale, security.site_keys.advice),
        Fact::UnusedIngestKeys(_) => tr!(locale, security.unused_ingest_keys.advice),
        Fact::ReplacedKeys { until, .. } => {
            let until = until.map_or_else(String::new, |until| calendar_time(locale, until, now));
            tr!(locale, security.replaced_keys.advice, until = until)
        }
        Fact::LocalReadApi { .. } => tr!(locale, security.read_api.advice),
        Fact::PrivateNetworks { .. } => tr!(locale, security.private_networks.advice),
        Fact::SecretKey { home: KeyHome::Missing } => tr!(locale, security.secret_key.advice_missing),
        Fact::SecretKey { .. } => tr!(locale, security.secret_key.advice),
        Fact::UnreadableSecrets(_) => tr!(locale, security.unreadable.advice),
        Fact::Sessions { .. } => tr!(locale, security.sessions.advice),
        Fact::AuditRetention { .. } => tr!(locale, security.audit.advice),
        Fact::FailedSignIns { .. } => tr!(locale, security.failed.advice),
    }
}
