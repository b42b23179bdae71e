//! What came back from the public address: what it means, and what to do about it.

use duplistatus::dto::{
    Moment,
    public_address::{AddressCheck, Obstacle, Reachability},
    security::State,
};

use super::data::Finding;
use crate::{format::time::calendar_time, locale::Locale, tr};

/// A check in words, and in words when it was made.
pub fn found(locale: Locale, check: &AddressCheck, now: Moment) -> (Finding, String) {
    let AddressCheck { url, at, reach } = check;
    let state = match reach {
        Reachability::Reachable => State::Ok,
        // It was not asked: that says nothing about whether it would answer.
        Reachability::Private { .. } => State::Advice,
        Reachability::Other { .. } | Reachability::Untrusted { .. } | Reachability::Unreachable { .. } => {
            State::Weak
        }
    };
    let (title, text) = words(locale, reach, url);
    let when = tr!(locale, security.reach.checked, url = url.clone(), when = calendar_time(locale, *at, now));
    (Finding { state, title, text, mend: None }, when)
}

fn words(locale: Locale, reach: &Reachability, url: &str) -> (String, String) {
    match reach {
        Reachability::Reachable => (
            tr!(locale, security.reach.itself),
            tr!(locale, security.reach.itself_what, url = url.to_owned()),
        ),
        Reachability::Other { status } => other(locale, *status),
        Reachability::Private { address } if address.is_loopback() => (
            tr!(locale, security.reach.here),
            tr!(locale, security.reach.here_what, address = address.to_string()),
        ),
        Reachability::Private { address } => (
            tr!(locale, security.reach.private),
            tr!(locale, security.reach.private_what, address = address.to_string()),
        ),
        Reachability::Untrusted { reason, sha1 } => {
            let what = tr!(locale, security.reach.certificate_what, reason = reason.clone());
            let own = sha1.clone().map(|sha1| tr!(locale, security.reach.certificate_own, sha1 = sha1));
            (
                tr!(locale, security.reach.certificate),
                [Some(what), own].into_iter().flatten().collect::<Vec<_>>().join(" "),
            )
        }
        Reachability::Unreachable { obstacle, reason } => unreachable(locale, *obstacle, reason.clone()),
    }
}

/// Somebody answered, and it was not this program.
fn other(locale: Locale, status: u16) -> (String, String) {
    match status {
        401 | 403 | 407 => {
            (tr!(locale, security.reach.gate), tr!(locale, security.reach.gate_what, status = status))
        }
        404 | 405 | 410 => {
            (tr!(locale, security.reach.missing), tr!(locale, security.reach.missing_what, status = status))
        }
        502..=504 => {
            (tr!(locale, security.reach.proxy), tr!(locale, security.reach.proxy_what, status = status))
        }
        _ => (tr!(locale, security.reach.other), tr!(locale, security.reach.other_what, status = status)),
    }
}

/// Nobody answered.
fn unreachable(locale: Locale, obstacle: Obstacle, reason: String) -> (String, String) {
    match obstacle {
        Obstacle::Name => {
            (tr!(locale, security.reach.name), tr!(locale, security.reach.name_what, reason = reason))
        }
        Obstacle::Connection => (
            tr!(locale, security.reach.connection),
            tr!(locale, security.reach.connection_what, reason = reason),
        ),
        Obstacle::Time => {
            (tr!(locale, security.reach.time), tr!(locale, security.reach.time_what, reason = reason))
        }
        Obstacle::Redirect => {
            (tr!(locale, security.reach.redirect), tr!(locale, security.reach.redirect_what, reason = reason))
        }
        Obstacle::Other => {
            (tr!(locale, security.reach.broken), tr!(locale, security.reach.broken_what, reason = reason))
        }
    }
}
