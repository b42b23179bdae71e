//! Which messages rules would have sent about incidents of the past, and about problems of this program. Pure: it routes with the same functions as the queue.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Combined, Standing, about_checks,
    routing::{Recipient, Routing, Rule, Subject, route},
    told,
};
use crate::{
    ids::{ChannelId, ServerId},
    noticing::{
        checks::CheckKind,
        incident::{Closing, Entry, Event},
        state::Problem,
    },
    time::Timestamp,
    topic::Topic,
};

/// An incident of the past, or a problem of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// What it is about.
    pub subject: Subject,
    /// Its timeline, oldest first.
    pub entries: Vec<Entry>,
    /// The checks that were found.
    pub checks: Vec<CheckKind>,
    /// Whether it is a problem of this program.
    pub is_own: bool,
    /// The channel that does not work, and is not told of that.
    pub but: Option<ChannelId>,
}

impl Past {
    /// A problem of this program: when it began, and when it was over.
    #[must_use]
    pub fn own(since: Timestamp, ended: Option<Timestamp>, but: Option<ChannelId>) -> Self {
        let begun = Entry { at: since, event: Event::Opened { problem: Problem::Failed, since } };
        let over = ended.map(|at| Entry { at, event: Event::Closed { why: Closing::Good } });
        let entries = [begun].into_iter().chain(over).collect();
        Self { subject: Subject::default(), entries, checks: Vec::new(), is_own: true, but }
    }

    /// What a message about it is about.
    fn topic(&self, topic: Topic) -> Topic {
        match topic {
            Topic::Recovered => topic,
            _ if self.is_own => Topic::System,
            Topic::Check => about_checks(&self.checks),
            other => other,
        }
    }

    /// Who is told.
    fn routing(&self, rules: &[Rule], recipients: &[Recipient], topic: Topic) -> Routing {
        let mut routing = route(rules, recipients, &self.subject, topic);
        routing.routes.retain(|route| self.but != Some(route.channel));
        routing.escalations.retain(|(channel, _)| self.but != Some(*channel));
        routing
    }
}

/// How many messages each channel would have got from a time until another.
#[must_use]
pub fn rehearse(
    past: &[Past],
    rules: &[Rule],
    recipients: &[Recipient],
    (from, until): (Timestamp, Timestamp),
) -> BTreeMap<ChannelId, i64> {
    let mut sent: BTreeMap<(ChannelId, Combined<ServerId, String>), BTreeSet<Timestamp>> = BTreeMap::new();
    for incident in past {
        let mut replay = Replay::new(incident, rules, recipients);
        incident.entries.iter().for_each(|entry| replay.happen(entry));
        replay.send_until(until);
        for (channel, at) in replay.sent {
            if (from..=until).contains(&at) {
                let combine = recipients.iter().find(|one| one.id == channel).map(|one| one.combine);
                let Subject { server, group, .. } = &incident.subject;
                let same = combine.unwrap_or_default().with(*server, group.clone());
                sent.entry((channel, same)).or_default().insert(at);
            }
        }
    }
    let mut counts = BTreeMap::new();
    for ((channel, _), times) in sent {
        let window = recipients.iter().find(|one| one.id == channel).map_or(0, |one| one.window);
        *counts.entry(channel).or_default() += messages(&times, window);
    }
    counts
}

/// How many messages tell what was due at these times, when what is due within the window after a message is one further one.
fn messages(times: &BTreeSet<Timestamp>, window: i64) -> i64 {
    let (mut count, mut first, mut is_followed) = (0, None::<Timestamp>, false);
    for at in times {
        match first {
            Some(start) if window > 0 && at.since(start) <= window => {
                count += i64::from(!is_followed);
                is_followed = true;
            }
            _ => {
                count += 1;
                (first, is_followed) = (Some(*at), false);
            }
        }
    }
    count
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Event,
    Reminder,
    Escalation,
}

/// An incident while its timeline is walked through.
struct Replay<'p> {
    past: &'p Past,
    rules: &'p [Rule],
    recipients: &'p [Recipient],
    problem: Problem,
    worst: Problem,
    is_open: bool,
    is_acknowledged: bool,
    is_snoozed: bool,
    /// Since when nobody acknowledged or snoozed it.
    begin: Option<Timestamp>,
    waits: Vec<(Timestamp, ChannelId, Purpose)>,
    /// When each channel was told last, and how many reminders there were since something happened.
    told: BTreeMap<ChannelId, (Timestamp, i64)>,
    escalated: BTreeSet<ChannelId>,
    /// Those that were told because nobody acknowledged, ever.
    outsiders: BTreeSet<ChannelId>,
    keys: BTreeSet<(ChannelId, String)>,
    sent: Vec<(ChannelId, Timestamp)>,
}

impl<'p> Replay<'p> {
    fn new(past: &'p Past, rules: &'p [Rule], recipients: &'p [Recipient]) -> Self {
        Self {
            past,
            rules,
            recipients,
            problem: Problem::Check,
            worst: Problem::Check,
            is_open: false,
            is_acknowledged: false,
            is_snoozed: false,
            begin: None,
            waits: Vec::new(),
            told: BTreeMap::new(),
            escalated: BTreeSet::new(),
            outsiders: BTreeSet::new(),
            keys: BTreeSet::new(),
            sent: Vec::new(),
        }
    }

    fn happen(&mut self, entry: &Entry) {
        self.send_until(entry.at);
        match &entry.event {
            Event::Opened { problem, .. } => {
                (self.problem, self.worst, self.is_open) = (*problem, *problem, true);
            }
            Event::Changed { to, .. } => {
                self.problem = *to;
                if *to > self.worst {
                    (self.worst, self.is_acknowledged, self.is_snoozed) = (*to, false, false);
                }
            }
            Event::Acknowledged { .. } => self.is_acknowledged = true,
            Event::Snoozed { .. } => self.is_snoozed = true,
            Event::Woke => self.is_snoozed = false,
            Event::Closed { .. } => self.is_open = false,
            Event::Silent { .. } | Event::Found { .. } | Event::Noted { .. } | Event::Set { .. } => {}
        }
        match &entry.event {
            Event::Acknowledged { .. } | Event::Snoozed { .. } => {
                self.begin = None;
                self.escalated.clear();
            }
            Event::Noted { .. } | Event::Set { .. } => {}
            _ => self.begin = self.begin.or(Some(entry.at)),
        }
        if matches!(entry.event, Event::Closed { .. } | Event::Snoozed { .. }) {
            self.waits.clear();
        }
        let standing = Standing { problem: self.problem, is_snoozed: self.is_snoozed };
        if let Some((topic, what)) = told(&entry.event, standing, entry.at) {
            let topic = match &entry.event {
                Event::Found { check } => about_checks(&[*check]),
                _ => self.past.topic(topic),
            };
            self.tell(topic, &what, entry.at);
        }
        self.arrange();
    }

    fn recipient(&self, id: ChannelId) -> Option<&'p Recipient> {
        self.recipients.iter().find(|recipient| recipient.id == id)
    }

    fn release(&self, id: ChannelId, topic: Topic, is_reminder: bool, at: Timestamp) -> Timestamp {
        let quiet = self.recipient(id).and_then(|recipient| recipient.quiet.as_ref());
        quiet.map_or(at, |quiet| quiet.release(topic, is_reminder, at))
    }

    fn tell(&mut self, topic: Topic, what: &str, at: Timestamp) {
        let routing = self.past.routing(self.rules, self.recipients, topic);
        if self.past.is_own && topic == Topic::Recovered {
            // Who was told hears that it is over, whatever the rules say of recoveries.
            let told: Vec<ChannelId> = self.told.keys().copied().collect();
            for channel in told {
                self.waits.push((self.release(channel, topic, false, at), channel, Purpose::Event));
            }
            return;
        }
        if routing.is_nobody {
            return;
        }
        let mut routes: Vec<(ChannelId, i64)> =
            routing.routes.iter().map(|route| (route.channel, route.delay)).collect();
        if topic == Topic::Recovered {
            routes.retain(|(channel, _)| self.told.contains_key(channel));
            for outsider in &self.outsiders {
                if routes.iter().all(|(channel, _)| channel != outsider) {
                    routes.push((*outsider, 0));
                }
            }
        }
        for (channel, delay) in routes {
            if self.keys.insert((channel, what.to_owned())) {
                let due = self.release(channel, topic, false, at.plus(delay));
                self.waits.push((due, channel, Purpose::Event));
            }
        }
    }

    fn arrange(&mut self) {
        self.waits.retain(|(.., purpose)| *purpose == Purpose::Event);
        let Some(begin) = self.begin.filter(|_| self.is_open && !self.is_acknowledged && !self.is_snoozed)
        else {
            return;
        };
        let topic = self.past.topic(Topic::from(self.problem));
        let routing = self.past.routing(self.rules, self.recipients, topic);
        let events: Vec<(Timestamp, ChannelId)> = self.waits.iter().map(|(at, id, _)| (*at, *id)).collect();
        for route in routing.routes {
            let waits = events.iter().filter(|(_, id)| *id == route.channel).map(|(at, _)| *at).max();
            let (last, sent) = self.told.get(&route.channel).copied().unwrap_or((begin, 0));
            let (last, sent) = waits.map_or((last.max(begin), sent), |at| (at.max(last), 0));
            if let Some(pause) = route.reminder.pause(sent) {
                let due = self.release(route.channel, topic, true, last.plus(pause));
                self.waits.push((due, route.channel, Purpose::Reminder));
            }
        }
        let first = events.iter().map(|(at, _)| *at).chain(self.sent.iter().map(|(_, at)| *at));
        let first = first.filter(|at| *at >= begin).min().unwrap_or(begin);
        for (channel, after) in routing.escalations {
            if !self.escalated.contains(&channel) {
                let due = self.release(channel, topic, false, first.plus(after));
                self.waits.push((due, channel, Purpose::Escalation));
            }
        }
    }

    fn send_until(&mut self, until: Timestamp) {
        while let Some(index) = self.next_before(until) {
            let (at, channel, purpose) = self.waits.swap_remove(index);
            self.sent.push((channel, at));
            let known = self.told.get(&channel).map_or(0, |(_, sent)| *sent);
            let sent = if purpose == Purpose::Reminder { known + 1 } else { 0 };
            self.told.insert(channel, (at, sent));
            if purpose == Purpose::Escalation {
                self.escalated.insert(channel);
                self.outsiders.insert(channel);
            }
            if purpose != Purpose::Event {
                self.arrange();
            }
        }
    }

    /// What is sent next, if that is before a time.
    fn next_before(&self, until: Timestamp) -> Option<usize> {
        let due = self.waits.iter().enumerate().filter(|(_, (at, ..))| *at < until);
        due.min_by_key(|(_, (at, channel, _))| (*at, *channel)).map(|(index, _)| index)
    }
}

#[cfg(test)]
#[path = "rehearsal_tests.rs"]
mod tests;
