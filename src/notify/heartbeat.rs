//! Signs of life of this program to whoever watches it: Healthchecks (<https://healthchecks.io/docs/http_api/>), a push monitor of
//! Uptime Kuma, or any other URL.

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::{InvalidChannel, Request};

/// Who is told that the program lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watcher {
    /// A check of Healthchecks, by its ping URL.
    Healthchecks,
    /// A push monitor of Uptime Kuma.
    UptimeKuma,
    /// A URL that is fetched while all is well.
    Other,
}

impl Watcher {
    pub(super) fn from_word(word: &str) -> Result<Self, InvalidChannel> {
        match word.trim() {
            "" | "healthchecks" => Ok(Self::Healthchecks),
            "uptime_kuma" => Ok(Self::UptimeKuma),
            "other" => Ok(Self::Other),
            _ => Err(InvalidChannel { field: "watcher", hint: "use healthchecks, uptime_kuma or other" }),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Healthchecks => "healthchecks",
            Self::UptimeKuma => "uptime_kuma",
            Self::Other => "other",
        }
    }
}

/// What is told to a watcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse<'a> {
    /// The states of jobs were judged and stored.
    Well,
    /// They are not, and why.
    Ill(&'a str),
}

/// How many minutes are between two pings.
pub(super) fn minutes(text: &str) -> Result<i64, InvalidChannel> {
    let text = text.trim();
    let minutes = if text.is_empty() { Some(5) } else { text.parse().ok() };
    minutes
        .filter(|minutes| (1..=1440).contains(minutes))
        .ok_or(InvalidChannel { field: "minutes", hint: "use 1 to 1,440 minutes" })
}

/// The ping; `None` when the watcher has none for this.
pub(super) fn request(url: &str, watcher: Watcher, pulse: Pulse<'_>) -> Option<Request> {
    let mut url = Url::parse(url).ok()?;
    match (watcher, pulse) {
        (Watcher::Healthchecks | Watcher::Other, Pulse::Well) => Some(Request::get(url.into())),
        (Watcher::Other, Pulse::Ill(_)) => None,
        (Watcher::Healthchecks, Pulse::Ill(why)) => {
            url.path_segments_mut().ok()?.pop_if_empty().push("fail");
            // The body is shown with the event.
            Some(Request::text(url.into(), why))
        }
        (Watcher::UptimeKuma, pulse) => {
            let (status, text) = match pulse {
                Pulse::Well => ("up", "OK"),
                Pulse::Ill(why) => ("down", why),
            };
            // The URL that it shows ends with an example of these.
            url.set_query(None);
            url.query_pairs_mut().append_pair("status", status).append_pair("msg", text);
            Some(Request::get(url.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::Method;

    const CHECK: &str = "https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";

    #[test]
    fn healthchecks_learns_of_life_and_of_failure() {
        let well = request(CHECK, Watcher::Healthchecks, Pulse::Well).unwrap();
        assert_eq!((well.method, well.url.as_str()), (Method::Get, CHECK));
        let ill = request(CHECK, Watcher::Healthchecks, Pulse::Ill("the disk is full")).unwrap();
        assert_eq!((ill.method, ill.url), (Method::Post, format!("{CHECK}/fail")));
        assert_eq!(ill.body, b"the disk is full");
        // A slug of an own server, with a slash at the end.
        let ill = request(
            "https://hc.example/ping/key/duplistatus/?create=1",
            Watcher::Healthchecks,
            Pulse::Ill("x"),
        );
        assert_eq!(ill.unwrap().url, "https://hc.example/ping/key/duplistatus/fail?create=1");
    }

    #[test]
    fn uptime_kuma_learns_the_status_in_the_query() {
        let url = "https://kuma.example/api/push/a1b2c3?status=up&msg=OK&ping=";
        let well = request(url, Watcher::UptimeKuma, Pulse::Well).unwrap();
        assert_eq!(well.url, "https://kuma.example/api/push/a1b2c3?status=up&msg=OK");
        let ill = request(url, Watcher::UptimeKuma, Pulse::Ill("read & only")).unwrap();
        assert_eq!(ill.url, "https://kuma.example/api/push/a1b2c3?status=down&msg=read+%26+only");
        assert!(request(CHECK, Watcher::Other, Pulse::Ill("x")).is_none());
    }

    #[test]
    fn the_time_between_pings_is_bounded() {
        assert_eq!((minutes(""), minutes("1")), (Ok(5), Ok(1)));
        for wrong in ["0", "1441", "-5", "x", "1.5"] {
            assert_eq!(minutes(wrong).unwrap_err().field, "minutes", "{wrong}");
        }
    }
}
