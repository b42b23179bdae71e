//! Checks of the clock and the configuration.

use duplistatus::{
    dto::health::{Check, State},
    time::Timestamp,
};

use super::check;
use crate::{cli::GlobalOptions, config::PublicUrl};

/// 2026-01-01: this program is newer, so an earlier time is wrong.
const PROGRAM_IS_YOUNGER: i64 = 1_767_225_600;
/// Seconds a run may be ahead of the clock, because senders may have other time zones set.
const AHEAD: i64 = 86_400;

pub(super) fn checks(options: &GlobalOptions, now: Timestamp, newest: Option<Timestamp>) -> Vec<Check> {
    vec![
        clock(now, newest),
        public_url(options.public_url.as_ref()),
        proxies(options.public_url.as_ref(), options.trusted_proxies.is_empty()),
    ]
}

fn clock(now: Timestamp, newest: Option<Timestamp>) -> Check {
    let advice = "Set the clock and synchronise it with a time server. Verdicts and sign-ins depend on it.";
    if now.unix() < PROGRAM_IS_YOUNGER {
        return check(
            "clock",
            State::Failing,
            format!("{now} is earlier than the release of this program"),
            advice,
        );
    }
    match newest {
        Some(newest) if newest.since(now) > AHEAD => check(
            "clock",
            State::Warning,
            format!("{now} is more than a day before the newest run, {newest}"),
            "The clock of this machine or of the reporting machine is wrong. Synchronise both with a time server.",
        ),
        _ => check("clock", State::Ok, now.to_string(), ""),
    }
}

fn public_url(url: Option<&PublicUrl>) -> Check {
    match url {
        None => check(
            "public_url",
            State::Note,
            "not set, taken from each request",
            "Set --public-url if the server is behind a proxy or has its own host name.",
        ),
        Some(url) if url.is_secure() => check("public_url", State::Ok, url.as_str(), ""),
        Some(url) => check(
            "public_url",
            State::Warning,
            format!("{url}, without TLS"),
            "Passwords and keys can be read in transit. Put a proxy with TLS in front of duplistatus (docs/PROXY.md).",
        ),
    }
}

/// This program does not speak TLS: a public URL with https implies a proxy, which must be trusted.
fn proxies(url: Option<&PublicUrl>, are_none: bool) -> Check {
    match (are_none, url.is_some_and(PublicUrl::is_secure)) {
        (false, _) => check("proxies", State::Ok, "set", ""),
        (true, false) => check("proxies", State::Ok, "none", ""),
        (true, true) => check(
            "proxies",
            State::Warning,
            "none, though the public URL is https",
            "Add the proxy to --trusted-proxies. Otherwise all clients share its address in the audit log and in rate limits.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_right_or_wrong() {
        let now = Timestamp::from_unix(PROGRAM_IS_YOUNGER);
        assert_eq!(clock(now.plus(-1), None).state, State::Failing);
        assert_eq!(clock(now, None).state, State::Ok);
        assert_eq!(clock(now, Some(now.plus(AHEAD))).state, State::Ok);
        assert_eq!(clock(now, Some(now.plus(AHEAD + 1))).state, State::Warning);
    }

    #[test]
    fn a_url_needs_tls_and_tls_needs_a_proxy() -> Result<(), Box<dyn std::error::Error>> {
        let (plain, secure): (PublicUrl, PublicUrl) =
            ("http://nas:9666".parse()?, "https://x.example".parse()?);
        let states = [None, Some(&plain), Some(&secure)].map(|url| public_url(url).state);
        assert_eq!(states, [State::Note, State::Warning, State::Ok]);
        let states = [(None, true), (Some(&plain), true), (Some(&secure), true), (Some(&secure), false)]
            .map(|(url, are_none)| proxies(url, are_none).state);
        assert_eq!(states, [State::Ok, State::Ok, State::Warning, State::Ok]);
        Ok(())
    }
}
