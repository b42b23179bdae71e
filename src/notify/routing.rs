//! Which channels are told of what. Pure: the queue and the rehearsal ask the same function.
//!
//! Without a rule, a channel is told of the topics that were chosen for it. Of the rules that are about a topic, the most specific place
//! that has one decides: a job before its server, that before its group and tags, those before the site. Several rules of the same place are
//! added up, so that a rule which tells nobody never takes a message away that another one of its place sends.

use super::{Combine, Quiet, Reminder};
use crate::{
    ids::{ChannelId, JobId, ServerId},
    topic::Topic,
};

/// For what a rule is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Place {
    /// Everything.
    #[default]
    Site,
    /// The servers of a group; its name in lower case.
    Group(String),
    /// What has a tag; its name in lower case.
    Tag(String),
    /// A server, with all of its jobs.
    Server(ServerId),
    /// A job.
    Job(JobId),
}

impl Place {
    /// The higher, the more specific.
    const fn level(&self) -> u8 {
        match self {
            Self::Site => 0,
            Self::Group(_) | Self::Tag(_) => 1,
            Self::Server(_) => 2,
            Self::Job(_) => 3,
        }
    }
}

/// Further channels that are told if nobody acknowledges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// After so many seconds.
    pub after: i64,
    /// The channels.
    pub to: Vec<ChannelId>,
}

/// A rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// For what it is.
    pub place: Place,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Who is told.
    pub tells: Vec<ChannelId>,
    /// That nobody is told.
    pub is_nobody: bool,
    /// How long a message waits: seconds. `None`: as each channel says.
    pub delay: Option<i64>,
    /// Whether it is told again; `None`: as each channel says.
    pub reminder: Option<Reminder>,
    /// Who is told if nobody acknowledges.
    pub escalation: Option<Escalation>,
}

/// A channel, with what was chosen for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The channel.
    pub id: ChannelId,
    /// What it is told of without a rule.
    pub topics: Vec<Topic>,
    /// How long a message waits: seconds.
    pub delay: i64,
    /// Whether it is told again of what stays open.
    pub reminder: Reminder,
    /// When it is told only what is urgent.
    pub quiet: Option<Quiet>,
    /// Whether anything is sent to it.
    pub is_enabled: bool,
    /// Which of its messages are combined.
    pub combine: Combine,
    /// For how long after a message others are collected for the next one: seconds.
    pub window: i64,
}

/// What an event is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The job; `None` when it was deleted.
    pub job: Option<JobId>,
    /// The server; `None` when it was deleted.
    pub server: Option<ServerId>,
    /// The server's group; its name in lower case.
    pub group: Option<String>,
    /// The tags of the job and of its server; their names in lower case.
    pub tags: Vec<String>,
}

impl Subject {
    fn is_in(&self, place: &Place) -> bool {
        match place {
            Place::Site => true,
            Place::Group(name) => self.group.as_ref() == Some(name),
            Place::Tag(name) => self.tags.contains(name),
            Place::Server(server) => self.server == Some(*server),
            Place::Job(job) => self.job == Some(*job),
        }
    }
}

/// A channel that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The channel.
    pub channel: ChannelId,
    /// How long the message waits: seconds.
    pub delay: i64,
    /// Whether it is told again.
    pub reminder: Reminder,
}

/// Who is told of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routing {
    /// Who is told.
    pub routes: Vec<Route>,
    /// Who is told after so many seconds if nobody acknowledges.
    pub escalations: Vec<(ChannelId, i64)>,
    /// Whether a rule says that nobody is told.
    pub is_nobody: bool,
}

/// Who is told of an event.
#[must_use]
pub fn route(rules: &[Rule], recipients: &[Recipient], subject: &Subject, topic: Topic) -> Routing {
    let known = |id: &ChannelId| recipients.iter().find(|recipient| recipient.id == *id);
    // A rule whose channels were all deleted says nothing.
    let applies = |rule: &&Rule| {
        topic.is_in(&rule.topics)
            && subject.is_in(&rule.place)
            && (rule.is_nobody || rule.tells.iter().any(|id| known(id).is_some()))
    };
    let level = rules.iter().filter(applies).map(|rule| rule.place.level()).max();
    let Some(level) = level else {
        let chosen = recipients.iter().filter(|one| one.is_enabled && topic.is_in(&one.topics));
        let routes = chosen.map(|one| Route { channel: one.id, delay: one.delay, reminder: one.reminder });
        return Routing { routes: routes.collect(), ..Routing::default() };
    };
    let mut routing = Routing::default();
    for rule in rules.iter().filter(applies).filter(|rule| rule.place.level() == level) {
        for one in rule.tells.iter().filter_map(known).filter(|one| one.is_enabled && !rule.is_nobody) {
            let (delay, reminder) = (rule.delay.unwrap_or(one.delay), rule.reminder.unwrap_or(one.reminder));
            match routing.routes.iter_mut().find(|route| route.channel == one.id) {
                Some(route) => {
                    route.delay = route.delay.min(delay);
                    route.reminder = route.reminder.max(reminder);
                }
                None => routing.routes.push(Route { channel: one.id, delay, reminder }),
            }
        }
        for escalation in rule.escalation.iter().filter(|_| !rule.is_nobody) {
            for one in escalation.to.iter().filter_map(known).filter(|one| one.is_enabled) {
                match routing.escalations.iter_mut().find(|(id, _)| *id == one.id) {
                    Some((_, after)) => *after = escalation.after.min(*after),
                    None => routing.escalations.push((one.id, escalation.after)),
                }
            }
        }
        routing.is_nobody |= rule.is_nobody;
    }
    routing.is_nobody &= routing.routes.is_empty();
    routing
}

#[cfg(test)]
#[path = "routing_tests.rs"]
mod tests;
