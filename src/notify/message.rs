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
        Message { id: 7, items, more: 0, address, may_be_repeated: false, mute: None, written: None }
    }

    #[test]
    fn one_job_is_named_with_its_facts_and_its_page() {
        let mut one = message(vec![item(Topic::Failed, "nas", "photos", "The run of 02:00 failed.")]);
        assert_eq!(one.title(), "Failed: nas / photos");
        assert_eq!(one.text(), "The run of 02:00 failed.");
        assert_eq!(one.link().as_deref(), Some("https://backup.example/status/incidents?job=3"));
        one.items[0].is_reminder = true;
        let own = Item { is_reminder: true, ..item(Topic::System, "duplistatus", "disk space", "x") };
        assert_eq!(own.event(), "Still a problem");
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
            "Failed: nas / photos\nThe disk is full.\nOverdue: nas / mail\nExpected at 02:00."
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
    fn problems_of_the_program_itself_are_not_called_jobs() {
        let own = |name: &str| Item {
            path: "/settings/health".into(),
            ..item(Topic::System, "duplistatus", name, "The disk is full.")
        };
        let one = message(vec![own("disk space")]);
        assert_eq!((one.title().as_str(), one.event()), ("Problem: duplistatus / disk space", "system"));
        let two = message(vec![own("disk space"), own("database backup")]);
        assert_eq!(two.title(), "2 problems of duplistatus need attention");
        assert_eq!(two.link().as_deref(), Some("https://backup.example/status/settings/health"));
        let mixed = message(vec![own("disk space"), item(Topic::Failed, "nas", "photos", "x")]);
        assert_eq!(mixed.title(), "2 problems need attention");
        assert_eq!(mixed.link().as_deref(), Some("https://backup.example/status/incidents"));
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

    pub(crate) fn digest(text: &str, is_well: bool) -> Message {
        let about = About::Digest { path: "/report?from=2026-11-23&to=2026-11-30".into(), is_well };
        let title = "Weekly summary: all 12 jobs are OK".into();
        let written = Some(Written { title, text: text.into(), about });
        Message { written, ..message(Vec::new()) }
    }

    #[test]
    fn a_digest_has_its_own_text_and_page_and_is_no_alarm() {
        let mut well = digest("All 12 jobs are OK.\n\n24 runs were good.", true);
        assert_eq!(well.title(), "Weekly summary: all 12 jobs are OK");
        assert_eq!(well.text(), "All 12 jobs are OK.\n\n24 runs were good.");
        assert_eq!((well.event(), well.worst(), well.items().len()), ("digest", Topic::Recovered, 0));
        let page = "https://backup.example/status/report?from=2026-11-23&to=2026-11-30";
        assert_eq!(well.link().as_deref(), Some(page));
        well.may_be_repeated = true;
        assert!(well.text().ends_with("good.\nYou may have received this message before."));
        assert_eq!(digest("", false).worst(), Topic::Check);
    }

    #[test]
    fn a_test_is_about_no_job_and_is_no_alarm() {
        let test = Message::test(Some("https://backup.example".into()), "family");
        assert_eq!((test.event(), test.worst(), test.items().len()), ("test", Topic::Recovered, 0));
        assert_eq!(test.title(), "duplistatus: test message");
        assert_eq!(test.text(), "This is a test of the channel “family”. Nothing is wrong.");
        assert_eq!(test.link().as_deref(), Some("https://backup.example/"));
    }

    #[test]
    fn a_text_is_bounded_in_bytes_and_keeps_its_last_sentence() {
        for text in ["a".repeat(9_000), "ü".repeat(9_000), "\u{1F389}".repeat(9_000), "漢\n".repeat(9_000)]
        {
            let mut long = digest(&text, true);
            long.may_be_repeated = true;
            let sent = long.text();
            assert!(sent.len() <= TEXT_BYTES && sent.chars().count() <= TEXT, "{}", sent.len());
            assert!(sent.ends_with("…\nYou may have received this message before."), "{sent}");
        }
    }

    #[test]
    fn a_template_writes_title_and_text_and_the_page_stays() {
        let text = "photos\r\n\u{2028}is wrong\n".to_owned();
        let written = Written { title: "A\nB".into(), text, about: About::Jobs };
        let one = item(Topic::Failed, "nas", "photos", "The run of 02:00 failed.");
        let message = Message { written: Some(written), ..message(vec![one]) };
        assert_eq!((message.title().as_str(), message.text().as_str()), ("A B", "photos\nis wrong"));
        assert_eq!((message.event(), message.worst()), ("failed", Topic::Failed));
        assert!(message.link().is_some_and(|link| link.ends_with("/incidents?job=3")));
    }
}
