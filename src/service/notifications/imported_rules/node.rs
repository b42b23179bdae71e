//! `backup_settings` of the Node application: what each job sends, and to whom.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::topic::Topic;

/// The name of a server's defaults in place of that of a job.
const DEFAULTS: &str = "__default__";

/// Which runs were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// Each run.
    All,
    /// Those that were not good.
    Warnings,
    /// Those that failed.
    Errors,
    /// None.
    Off,
}

impl Event {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "all" => Some(Self::All),
            "warnings" => Some(Self::Warnings),
            "errors" => Some(Self::Errors),
            "off" => Some(Self::Off),
            _ => None,
        }
    }

    /// The topics that come closest. That a job is good again was not told there; a message without an end would be worse.
    fn topics(self, tells_overdue: bool) -> BTreeSet<Topic> {
        let mut topics: BTreeSet<Topic> = match self {
            Self::All | Self::Warnings => [Topic::Check, Topic::Failed, Topic::Stuck].into(),
            Self::Errors => [Topic::Failed, Topic::Stuck].into(),
            Self::Off => BTreeSet::new(),
        };
        if tells_overdue {
            topics.insert(Topic::Late);
        }
        if !topics.is_empty() {
            topics.insert(Topic::Recovered);
        }
        topics
    }
}

/// What one job sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JobSettings {
    /// Which runs.
    pub event: Event,
    /// Whether it is told that a run is overdue.
    tells_overdue: bool,
    /// Whether the topic of ntfy is told.
    pub ntfy: bool,
    /// Whether the address of the e-mails is told.
    pub email: bool,
    /// Which runs are told to further receivers.
    further_event: Event,
    /// Further addresses, separated by commas; empty for none.
    pub emails: String,
    /// A further topic of ntfy; empty for none.
    pub topic: String,
}

impl JobSettings {
    /// What was set for a job, or else for its server, or else by default.
    pub(super) fn of(job: Option<&Map<String, Value>>, server: Option<&Map<String, Value>>) -> Self {
        let own = |name: &str| job.and_then(|job| job.get(name));
        let either = |name: &str| own(name).or_else(|| server.and_then(|server| server.get(name)));
        let event = |value: Option<&Value>| value.and_then(Value::as_str).and_then(Event::from_word);
        let flag = |name: &str| own(name).and_then(Value::as_bool).unwrap_or(true);
        let text = |name: &str| either(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let main = event(own("notificationEvent")).unwrap_or(Event::Warnings);
        Self {
            event: main,
            tells_overdue: flag("overdueBackupCheckEnabled"),
            ntfy: flag("ntfyEnabled"),
            email: flag("emailEnabled"),
            further_event: event(either("additionalNotificationEvent")).unwrap_or(main),
            emails: text("additionalEmails"),
            topic: text("additionalNtfyTopic"),
        }
    }

    /// What its first receivers are told.
    pub(super) fn topics(&self) -> BTreeSet<Topic> {
        self.event.topics(self.tells_overdue)
    }

    /// What its further receivers are told: nothing at all when their event is off.
    pub(super) fn further_topics(&self) -> BTreeSet<Topic> {
        self.further_event.topics(self.tells_overdue && self.further_event != Event::Off)
    }

    /// Whether it sent each good run, too.
    pub(super) fn tells_good_runs(&self) -> bool {
        self.event == Event::All
            || (self.further_event == Event::All && !(self.emails.is_empty() && self.topic.is_empty()))
    }
}

/// The settings by server (its machine id) and job; the defaults of a server have no job.
pub(super) fn read(text: &str) -> Vec<(String, Option<String>, Map<String, Value>)> {
    let Ok(Value::Object(all)) = serde_json::from_str(text) else { return Vec::new() };
    all.into_iter()
        .filter_map(|(key, value)| {
            let (server, job) = key.split_once(':')?;
            let Value::Object(fields) = value else { return None };
            Some((server.to_owned(), (job != DEFAULTS).then(|| job.to_owned()), fields))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(text: &str, server: &str) -> JobSettings {
        let read = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap();
        JobSettings::of(Some(&read(text)), Some(&read(server)))
    }

    #[test]
    fn settings_become_the_topics_that_come_closest() {
        let topics = |text: &str| {
            let all: Vec<_> = job(text, "{}").topics().iter().map(|topic| topic.as_str()).collect();
            all.join(" ")
        };
        assert_eq!(topics("{}"), "recovered check late failed stuck");
        assert_eq!(topics(r#"{"notificationEvent":"errors"}"#), "recovered late failed stuck");
        assert_eq!(
            topics(r#"{"notificationEvent":"errors","overdueBackupCheckEnabled":false}"#),
            "recovered failed stuck"
        );
        assert_eq!(topics(r#"{"notificationEvent":"off"}"#), "recovered late");
        assert_eq!(topics(r#"{"notificationEvent":"off","overdueBackupCheckEnabled":false}"#), "");
        assert_eq!(topics(r#"{"notificationEvent":7}"#), "recovered check late failed stuck");
        assert!(job(r#"{"notificationEvent":"all"}"#, "{}").tells_good_runs());
    }

    #[test]
    fn further_receivers_are_those_of_the_job_or_else_of_its_server() {
        let server = r#"{"additionalNotificationEvent":"errors","additionalEmails":"a@example.org"}"#;
        let inherited = job(r#"{"notificationEvent":"off"}"#, server);
        assert_eq!(inherited.emails, "a@example.org");
        assert!(inherited.further_topics().contains(&Topic::Failed));
        assert!(!inherited.further_topics().contains(&Topic::Check));
        let none = job(r#"{"additionalEmails":""}"#, server);
        assert_eq!(none.emails, "", "an empty text is a choice");
        let off = job(r#"{"additionalNotificationEvent":"off"}"#, server);
        assert!(off.further_topics().is_empty(), "nor is it told that a run is overdue");
    }

    #[test]
    fn what_is_not_as_it_should_be_is_left_out() {
        assert!(read("not json {").is_empty() && read("[]").is_empty());
        let read = read(r#"{"m1:photos":{},"m1:__default__":{},"nocolon":{},"m1:a:b":{},"m2:x":7}"#);
        let keys: Vec<_> = read.iter().map(|(server, job, _)| (server.as_str(), job.as_deref())).collect();
        assert_eq!(keys, [("m1", None), ("m1", Some("a:b")), ("m1", Some("photos"))]);
    }
}
