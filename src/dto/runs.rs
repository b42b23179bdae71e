//! The list of runs over all servers, as its page shows it.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging, dashboard::Labels, server::RunRow, shown::Shown};
use crate::{ids::ServerId, outcome::RunOutcome, status::Status, time::Day};

/// Column by which the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunsSort {
    /// Start of the run.
    #[default]
    Started,
    /// Duration.
    Duration,
    /// Source size.
    Source,
    /// Size at the destination.
    Stored,
    /// Bytes uploaded.
    Uploaded,
}

impl RunsSort {
    /// Every column.
    pub const ALL: [Self; 5] = [Self::Started, Self::Duration, Self::Source, Self::Stored, Self::Uploaded];

    /// Its word in a URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Duration => "duration",
            Self::Source => "source",
            Self::Stored => "stored",
            Self::Uploaded => "uploaded",
        }
    }

    /// The column of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == word)
    }
}

/// Which runs are wanted. Every part is in the URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RunsQuery {
    /// What became of them; empty is anything.
    #[serde(default)]
    pub outcomes: Vec<RunOutcome>,
    /// What Duplicati said; empty is anything.
    #[serde(default)]
    pub statuses: Vec<Status>,
    /// First day, by the site's calendar.
    #[serde(default)]
    pub from: Option<Day>,
    /// Last day.
    #[serde(default)]
    pub to: Option<Day>,
    /// Occurs in the name or the alias of the server.
    #[serde(default)]
    pub server: String,
    /// Occurs in the name or the alias of the job.
    #[serde(default)]
    pub job: String,
    /// The group of the server.
    #[serde(default)]
    pub group: String,
    /// The tag of the job, or of its server.
    #[serde(default)]
    pub tag: String,
    /// Occurs in the first error or warning.
    #[serde(default)]
    pub text: String,
    /// Column by which they are sorted.
    #[serde(default)]
    pub sort: RunsSort,
    /// Smallest or oldest first.
    #[serde(default)]
    pub ascending: bool,
    /// Page, from 1.
    #[serde(default)]
    pub page: i64,
}

/// Characters of a filter.
const TEXT: usize = 200;

impl RunsQuery {
    /// From the words of a URL; what cannot be read is as if it was not there.
    pub fn from_words(word: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| word(name).unwrap_or_default().trim().chars().take(TEXT).collect::<String>();
        Self {
            outcomes: list(&text("outcome")),
            statuses: list(&text("status")),
            from: text("from").parse().ok(),
            to: text("to").parse().ok(),
            server: text("server"),
            job: text("job"),
            group: text("group"),
            tag: text("tag"),
            text: text("text"),
            sort: RunsSort::from_word(&text("sort")).unwrap_or_default(),
            ascending: text("dir") == "asc",
            page: text("page").parse().unwrap_or(1),
        }
    }

    /// Its words in a URL; what is not asked for is empty.
    pub fn words(&self) -> [(&'static str, String); 12] {
        let Self { outcomes, statuses, from, to, server, job, group, tag, text, sort, ascending, page } =
            self;
        let day = |day: &Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let joined = |words: Vec<&str>| words.join(",");
        [
            ("outcome", joined(outcomes.iter().map(|outcome| outcome.as_str()).collect())),
            ("status", joined(statuses.iter().map(|status| status.as_str()).collect())),
            ("from", day(from)),
            ("to", day(to)),
            ("server", server.clone()),
            ("job", job.clone()),
            ("group", group.clone()),
            ("tag", tag.clone()),
            ("text", text.clone()),
            ("sort", if *sort == RunsSort::Started { String::new() } else { sort.as_str().to_owned() }),
            ("dir", if *ascending { "asc".to_owned() } else { String::new() }),
            ("page", if *page > 1 { page.to_string() } else { String::new() }),
        ]
    }

    /// Whether any run is left out.
    pub fn is_filtered(&self) -> bool {
        let Self { outcomes, statuses, from, to, server, job, group, tag, text, .. } = self;
        !(outcomes.is_empty()
            && statuses.is_empty()
            && server.is_empty()
            && job.is_empty()
            && group.is_empty()
            && tag.is_empty()
            && text.is_empty())
            || from.is_some()
            || to.is_some()
    }
}

/// The words of a list that are understood.
fn list<T: std::str::FromStr>(words: &str) -> Vec<T> {
    words.split(',').filter_map(|word| word.trim().parse().ok()).collect()
}

/// One run, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsRow {
    /// Its server.
    pub server_id: ServerId,
    /// The server's alias, or its name.
    pub server_name: String,
    /// The run.
    pub run: RunRow,
    /// Its first error or warning; hostile text.
    pub headline: Option<String>,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsPage {
    /// When it was asked for.
    pub now: Moment,
    /// The runs.
    pub rows: Vec<RunsRow>,
    /// Which page of how many.
    pub paging: Paging,
    /// How many servers the runs of all pages are of.
    pub servers: i64,
    /// By whose calendar the days of the filter are: an IANA name.
    pub zone: String,
    /// The day it is there.
    pub today: Day,
    /// Groups and tags to choose from.
    pub labels: Labels,
}

impl Shown for RunsPage {
    fn now(&self) -> Moment {
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[(&str, &str)]) -> RunsQuery {
        RunsQuery::from_words(|name| {
            words.iter().find(|(known, _)| *known == name).map(|(_, word)| (*word).to_owned())
        })
    }

    #[test]
    fn every_filter_survives_the_url() {
        let words = [
            ("outcome", "errors,failed"),
            ("status", "error"),
            ("from", "2026-11-01"),
            ("to", "2026-11-23"),
            ("server", "müller & söhne"),
            ("job", "db"),
            ("group", "Müller & Co"),
            ("tag", "off-site"),
            ("text", "100% full"),
            ("sort", "stored"),
            ("dir", "asc"),
            ("page", "3"),
        ];
        assert_eq!(read(&words).words(), words.map(|(name, word)| (name, word.to_owned())));
        assert!(read(&words).is_filtered());
    }

    #[test]
    fn what_cannot_be_read_is_not_there() {
        let query = read(&[
            ("outcome", "splendid,"),
            ("from", "yesterday"),
            ("sort", "x"),
            ("page", "-"),
            ("job", "  "),
        ]);
        assert_eq!(query, RunsQuery { page: 1, ..RunsQuery::default() });
        assert!(query.words().iter().all(|(_, word)| word.is_empty()));
        assert!(!query.is_filtered());
    }
}
