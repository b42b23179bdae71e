//! A message: what happened to one or several jobs.

use crate::{noticing::state::Problem, shorten::shorten, topic::Topic};

/// Jobs that one message lists; the others are counted.
pub const LISTED: usize = 10;
/// Longest text of a message: characters. ntfy turns more than 4,096 bytes into an attachment.
const TEXT: usize = 1_300;
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
        format!("{} / {}", self.server, self.job)
    }

    /// What happened, in a word or two: `"Failed"`, `"Still failed"`.
    pub(super) fn state(&self) -> String {
        let still = if self.is_reminder { "Still " } else { "" };
        let word = match self.topic {
            Topic::Recovered => "Recovered",
            Topic::Check => "Check",
            Topic::Late => "Late",
            Topic::Failed => "Failed",
            Topic::Stuck => "Stuck",
        };
        let word = if self.is_reminder { word.to_lowercase() } else { word.to_owned() };
        format!("{still}{word}")
    }

    fn title(&self) -> String {
        format!("{}: {}", self.state(), self.name())
    }
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
}

impl Message {
    /// The message by which somebody tries a channel.
    #[must_use]
    pub fn test(address: Option<String>, channel: &str) -> Self {
        let item = Item {
            topic: Topic::Recovered,
            is_reminder: false,
            server: "duplistatus".to_owned(),
            job: "test".to_owned(),
            incident: None,
            facts: vec![format!("This is a test of the channel “{channel}”. Nothing is wrong.")],
            path: "/".to_owned(),
        };
        Self { id: 0, items: vec![item], more: 0, address, may_be_repeated: false, mute: None }
    }

    /// The worst that it is about.
    #[must_use]
    pub fn worst(&self) -> Topic {
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
        let title = match self.items.as_slice() {
            _ if self.id == 0 => "duplistatus: test message".to_owned(),
            [item] if self.more == 0 => item.title(),
            items => {
                let count = self.count();
                let place = match items.first() {
                    Some(first) if self.more == 0 && items.iter().all(|item| item.server == first.server) => {
                        format!("jobs of {}", first.server)
                    }
                    _ => "jobs".to_owned(),
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
        if self.may_be_repeated {
            lines.push("You may have received this message before.".to_owned());
        }
        let text = shorten(&lines.join("\n"), TEXT);
        match &self.mute {
            Some(link) => format!("{text}\nAcknowledge or snooze: {link}"),
            None => text,
        }
    }

    /// The same message without its link, for channels that have a button for it, and for what is stored.
    #[must_use]
    pub fn without_mute(&self) -> Self {
        Self { mute: None, ..self.clone() }
    }

    /// The page about it.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        let path = match self.items.as_slice() {
            [item] if self.more == 0 => item.path.as_str(),
            _ => "/incidents",
        };
        self.address.as_ref().map(|address| format!("{address}{path}"))
    }
}

/// A text in one line: names and log lines come from others, and must not make up further lines of a message.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn item(topic: Topic, server: &str, job: &str, fact: &str) -> Item {
        Item {
            topic,
            is_reminder: false,
            server: server.into(),
            job: job.into(),
            facts: vec![fact.into()],
            incident: None,
            path: "/incidents?job=3".into(),
        }
    }

    pub(crate) fn message(items: Vec<Item>) -> Message {
        let address = Some("https://backup.example/status".into());
        Message { id: 7, items, more: 0, address, may_be_repeated: false, mute: None }
    }

    #[test]
    fn one_job_is_named_with_its_facts_and_its_page() {
        let mut one = message(vec![item(Topic::Failed, "nas", "photos", "The run of 02:00 failed.")]);
        assert_eq!(one.title(), "Failed: nas / photos");
        assert_eq!(one.text(), "The run of 02:00 failed.");
        assert_eq!(one.link().as_deref(), Some("https://backup.example/status/incidents?job=3"));
        one.items[0].is_reminder = true;
        assert_eq!(one.title(), "Still failed: nas / photos");
        one.may_be_repeated = true;
        assert!(one.text().ends_with("\nYou may have received this message before."));
    }

    #[test]
    fn several_jobs_are_one_message_that_lists_them() {
        let mut many = message(vec![
            item(Topic::Failed, "nas", "photos", "The disk is full."),
            item(Topic::Late, "nas", "mail", "Expected at 02:00."),
        ]);
        assert_eq!(many.title(), "2 jobs of nas need attention");
        assert_eq!(
            many.text(),
            "Failed: nas / photos\nThe disk is full.\nLate: nas / mail\nExpected at 02:00."
        );
        assert_eq!(many.link().as_deref(), Some("https://backup.example/status/incidents"));
        many.more = 37;
        assert_eq!(many.title(), "39 jobs need attention");
        assert!(many.text().ends_with("\nand 37 more"));
        for item in &mut many.items {
            item.topic = Topic::Recovered;
        }
        assert_eq!(many.title(), "39 jobs recovered");
    }

    #[test]
    fn the_link_of_the_incident_is_the_last_line_and_never_cut() {
        let long = item(Topic::Failed, "nas", "photos", &"ü".repeat(5_000));
        let mut message = message(vec![long]);
        message.mute = Some("https://backup.example/status/snooze/abc".into());
        assert!(
            message.text().ends_with("\nAcknowledge or snooze: https://backup.example/status/snooze/abc")
        );
        assert!(!message.without_mute().text().contains("snooze"));
    }

    #[test]
    fn hostile_names_and_long_texts_stay_in_their_line_and_bounds() {
        let hostile = item(Topic::Late, "nas\r\nBcc: all", "a\u{2028}b", &"ü".repeat(5_000));
        let message = message(vec![hostile.clone(), hostile]);
        assert_eq!(message.items[0].title().lines().count(), 2);
        assert!(message.text().lines().all(|line| !line.starts_with("Bcc")), "{}", message.text());
        assert!(message.text().chars().count() <= TEXT);
        assert_eq!(message.title(), "2 jobs of nas Bcc: all need attention");
    }
}
