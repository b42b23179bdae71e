//! A message: what happened to one or several jobs.

use crate::{noticing::state::Problem, shorten::shorten, topic::Topic};

/// Jobs that one message lists; the others are counted.
pub const LISTED: usize = 10;
/// Longest text of a message: characters. ntfy turns more than 4,096 bytes into an attachment.
const TEXT: usize = 1_300;
/// The same in bytes: an emoji has four.
const TEXT_BYTES: usize = 3_900;
/// Longest title: characters.
const TITLE: usize = 200;
/// Longest fact: characters.
const FACT: usize = 300;

impl From<Problem> for Topic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Check => Self::Check,
            Problem::Stale | Problem::Late => Self::Late,
            Problem::Failed => Self::Failed,
            Problem::Stuck => Self::Stuck,
        }
    }
}

/// What happened, as titles say it.
pub(super) const fn word(topic: Topic) -> &'static str {
    match topic {
        Topic::Recovered => "Recovered",
        Topic::NewWarning => "New warning",
        Topic::Quota => "Low space",
        Topic::Check => "Check",
        Topic::Late => "Overdue",
        Topic::Silent => "All jobs overdue",
        Topic::Failed => "Failed",
        Topic::Stuck => "Stuck",
        Topic::System => "Problem",
    }
}

/// What happened to one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What happened.
    pub topic: Topic,
    /// Whether it was told before and is still so.
    pub is_reminder: bool,
    /// Name of the server.
    pub server: String,
    /// Name of the job.
    pub job: String,
    /// Sentences: since when, why, what was expected.
    pub facts: Vec<String>,
    /// The incident; `None` when it is about none.
    pub incident: Option<i64>,
    /// Path of the page about it, without the base path: `"/incidents?job=3"`.
    pub path: String,
}

impl Item {
    fn name(&self) -> String {
        match self.topic {
            Topic::Silent => self.server.clone(),
            _ => format!("{} / {}", self.server, self.job),
        }
    }

    fn title(&self) -> String {
        format!("{}: {}", self.event(), self.name())
    }

    /// What happened: `"Failed"`, `"Still failed"`.
    #[must_use]
    pub fn event(&self) -> String {
        let word = word(self.topic);
        match (self.is_reminder, self.topic) {
            (false, _) => word.to_owned(),
            (true, Topic::System) => "Still a problem".to_owned(),
            (true, Topic::Silent) => "All jobs still overdue".to_owned(),
            (true, Topic::Quota | Topic::NewWarning) => "Still check".to_owned(),
            (true, _) => format!("Still {}", word.to_lowercase()),
        }
    }
}

/// A title and a text that are already written. Both are plain text: each channel escapes them as it does any other text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// What it is.
    pub about: About,
}

/// What a text that is already written is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The jobs of its message: a template wrote it.
    Jobs,
    /// Nothing: somebody tries a channel.
    Test,
    /// A digest.
    Digest {
        /// Path of the page with the whole of it, without the base path.
        path: String,
        /// Whether everything is known to be well.
        is_well: bool,
    },
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id: the same when it is sent again.
    pub id: i64,
    /// The jobs that it lists, worst first; at most [`LISTED`].
    pub items: Vec<Item>,
    /// Further jobs that it does not list.
    pub more: usize,
    /// Address of the program with its base path, without a slash at the end; `None` if nobody set it.
    pub address: Option<String>,
    /// Whether the program was stopped while it sent this, so that the receiver may have it already.
    pub may_be_repeated: bool,
    /// Where its incident is acknowledged or snoozed without signing in: a secret, which is in no log and not stored.
    pub mute: Option<String>,
    /// Title and text, if they are already written.
    pub written: Option<Written>,
}

impl Message {
    /// The message by which somebody tries a channel.
    #[must_use]
    pub fn test(address: Option<String>, channel: &str) -> Self {
        let written = Written {
            title: "duplistatus: test message".to_owned(),
            text: format!("This is a test of the channel “{channel}”. Nothing is wrong."),
            about: About::Test,
        };
        Self {
            id: 0,
            items: Vec::new(),
            more: 0,
            address,
            may_be_repeated: false,
            mute: None,
            written: Some(written),
        }
    }

    /// Whether somebody tries a channel with it.
    #[must_use]
    pub fn is_test(&self) -> bool {
        matches!(&self.written, Some(Written { about: About::Test, .. }))
    }

    /// The jobs that it lists, worst first: none in a digest and in a test.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// What it is, in a word: `"digest"`, `"test"`, or what happened.
    #[must_use]
    pub fn event(&self) -> &'static str {
        match &self.written {
            Some(Written { about: About::Digest { .. }, .. }) => "digest",
            Some(Written { about: About::Test, .. }) => "test",
            _ => self.worst().as_str(),
        }
    }

    /// The worst that it is about. A digest is no alarm, whatever it lists.
    #[must_use]
    pub fn worst(&self) -> Topic {
        if let Some(Written { about: About::Digest { is_well, .. }, .. }) = &self.written {
            return if *is_well { Topic::Recovered } else { Topic::Check };
        }
        self.items.iter().map(|item| item.topic).max().unwrap_or(Topic::Recovered)
    }

    /// How many jobs it is about.
    #[must_use]
    pub fn count(&self) -> usize {
        self.items.len().saturating_add(self.more)
    }

    /// One line: `"Failed: nas / photos"`, `"4 jobs of nas need attention"`.
    #[must_use]
    pub fn title(&self) -> String {
        let title = match (&self.written, self.items.as_slice()) {
            (Some(written), _) => written.title.clone(),
            (None, [item]) if self.more == 0 => item.title(),
            (None, items) => {
                let count = self.count();
                let is_own = |item: &Item| item.topic == Topic::System;
                let of = if items.iter().any(is_own) { "problems" } else { "jobs" };
                let place = match items.first() {
                    Some(first) if self.more == 0 && items.iter().all(|item| item.server == first.server) => {
                        format!("{of} of {}", first.server)
                    }
                    _ => of.to_owned(),
                };
                let what = if self.worst() == Topic::Recovered { "recovered" } else { "need attention" };
                format!("{count} {place} {what}")
            }
        };
        shorten(&one_line(&title), TITLE)
    }

    /// The text below the title, without markup; lines end with `\n`, the last one has no end.
    #[must_use]
    pub fn text(&self) -> String {
        let text = match &self.written {
            Some(written) => lines(&written.text),
            None => self.listed(),
        };
        let repeated = if self.may_be_repeated { "\nYou may have received this message before." } else { "" };
        let mute =
            self.mute.as_ref().map(|link| format!("\nAcknowledge or snooze: {link}")).unwrap_or_default();
        // The link does not count as text, but has to fit.
        let (characters, bytes) =
            (TEXT - repeated.len(), TEXT_BYTES.saturating_sub(repeated.len() + mute.len()));
        format!("{}{repeated}{mute}", bounded(&text, characters, bytes)).trim_start().to_owned()
    }

    /// What there is to say about its jobs.
    fn listed(&self) -> String {
        let mut lines = Vec::new();
        let is_list = self.count() > 1;
        for item in &self.items {
            if is_list {
                lines.push(one_line(&item.title()));
            }
            // In a list, the first sentence of each has to do.
            let facts = item.facts.iter().take(if is_list { 1 } else { usize::MAX });
            lines.extend(facts.map(|fact| shorten(&one_line(fact), FACT)));
        }
        if self.more > 0 {
            lines.push(format!("and {} more", self.more));
        }
        lines.join("\n")
    }

    /// The same message without its link, for channels that have a button for it, and for what is stored.
    #[must_use]
    pub fn without_mute(&self) -> Self {
        Self { mute: None, ..self.clone() }
    }

    /// The page about it.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        self.address.as_ref().map(|address| format!("{address}{}", self.path()))
    }

    /// Path of the page about it, without the base path.
    #[must_use]
    pub fn path(&self) -> &str {
        match (&self.written, self.items.as_slice()) {
            (Some(Written { about: About::Digest { path, .. }, .. }), _) => path.as_str(),
            (Some(Written { about: About::Test, .. }), _) => "/",
            (_, [item]) if self.more == 0 => item.path.as_str(),
            (_, [first, rest @ ..])
                if first.topic == Topic::System && rest.iter().all(|item| item.path == first.path) =>
            {
                first.path.as_str()
            }
            _ => "/incidents",
        }
    }
}

/// A text in one line: names and log lines come from others, and must not make up further lines of a message.
pub(super) fn one_line(text: &str) -> String {
    text.split(is_break).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text whose lines were made on purpose, without other control characters.
fn lines(text: &str) -> String {
    text.trim_end().split('\n').map(one_line).collect::<Vec<_>>().join("\n")
}

fn is_break(c: char) -> bool {
    c.is_control() || c == '\u{2028}' || c == '\u{2029}'
}

/// A text of so many characters and bytes at most.
fn bounded(text: &str, characters: usize, bytes: usize) -> String {
    let mut most = characters;
    let mut short = shorten(text, most);
    while short.len() > bytes && most > 1 {
        most = (most * bytes / short.len()).max(1);
        short = shorten(text, most);
    }
    short
}

#[cfg(test)]
#[path = "message_tests.rs"]
pub(super) mod tests;
