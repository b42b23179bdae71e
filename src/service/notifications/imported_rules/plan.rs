//! What the settings of the Node application become: channels for further receivers, and rules where a job differs from what would be sent
//! without one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::node::{JobSettings, read};
use crate::{
    db::{
        Connection, StoreError,
        tables::{channels::ChannelRow, jobs, machine_ids, servers},
    },
    dto::channel::ChannelForm,
    ids::{ChannelId, JobId, ServerId},
    notify::{Channel, Config, routing::Place},
    topic::Topic,
};

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Receiver {
    /// A channel that exists.
    Known(ChannelId),
    /// A channel that is created: its number in [`Plan::channels`].
    New(usize),
}

/// A rule that is created; no receivers: nobody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedRule {
    pub place: Place,
    /// The place in words: `"nas / photos"`.
    pub name: String,
    pub topics: Vec<Topic>,
    pub to: Vec<Receiver>,
}

/// What becomes of the settings.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Channels that are created, with what they are.
    pub channels: Vec<(ChannelForm, String)>,
    pub rules: Vec<PlannedRule>,
    /// Jobs that need no rule.
    pub unchanged: usize,
    /// What cannot be taken over, and why.
    pub left_out: Vec<(String, String)>,
}

/// What each receiver is told.
type Wanted = BTreeMap<Receiver, BTreeSet<Topic>>;

/// The settings that the import kept.
pub(super) struct Kept<'a> {
    /// `backup_settings`.
    pub jobs: &'a str,
    /// The forms of ntfy and of e-mail.
    pub forms: &'a [ChannelForm],
    /// The channels that exist.
    pub channels: &'a [ChannelRow],
}

impl Kept<'_> {
    fn form(&self, kind: &str) -> Option<&ChannelForm> {
        self.forms.iter().find(|form| form.kind == kind)
    }

    /// The channel that was created from the kept settings of a kind; something else of it may have been changed.
    fn main(&self, kind: &str) -> Option<ChannelId> {
        let form = self.form(kind)?;
        self.find(form).or_else(|| {
            let target = Channel::new(form).ok()?.config().target();
            let is_it = |config: &Config| config.kind() == kind && config.target() == target;
            self.first(is_it)
        })
    }

    /// The channel of exactly this form.
    fn find(&self, form: &ChannelForm) -> Option<ChannelId> {
        let made = Channel::new(form).ok()?;
        self.first(|config| config.is_same(made.config()))
    }

    fn first(&self, is_it: impl Fn(&Config) -> bool) -> Option<ChannelId> {
        let found = self.channels.iter().find(|row| row.config().is_some_and(|config| is_it(&config)));
        found.map(|row| ChannelId(row.id))
    }

    /// The channels that are told by their own choice.
    pub(super) fn mains(&self) -> Vec<ChannelId> {
        ["ntfy", "email"].into_iter().filter_map(|kind| self.main(kind)).collect()
    }
}

struct Planner<'a> {
    kept: &'a Kept<'a>,
    plan: Plan,
    /// Receivers by kind and address.
    further: BTreeMap<(&'static str, String), Option<Receiver>>,
}

/// Plans.
///
/// # Errors
/// Database errors.
pub(super) fn plan(conn: &mut Connection, kept: &Kept<'_>) -> Result<Plan, StoreError> {
    let mut planner = Planner { kept, plan: Plan::default(), further: BTreeMap::new() };
    type OfServer = (Option<Map<String, Value>>, Vec<(String, Map<String, Value>)>);
    let mut by_server: BTreeMap<String, OfServer> = BTreeMap::new();
    for (server, job, fields) in read(kept.jobs) {
        let of = by_server.entry(server).or_default();
        match job {
            Some(job) => of.1.push((job, fields)),
            None => of.0 = Some(fields),
        }
    }
    for (machine, (defaults, of_jobs)) in by_server {
        let Some(server) = machine_ids::find(conn, &machine)? else {
            let count = of_jobs.len();
            let jobs = if count == 1 { "job" } else { "jobs" };
            let what = format!("{count} {jobs} of the server {machine}");
            planner.leave_out(what, "there is no such server here: import its backups first");
            continue;
        };
        planner.server(conn, server, defaults.as_ref(), &of_jobs)?;
    }
    for (kind, name) in [("ntfy", "ntfy"), ("email", "email")] {
        if kept.form(kind).is_some() && kept.main(kind).is_none() {
            let why = "the rules do not notify it, because it is no channel yet: create it first";
            planner.leave_out(name.to_owned(), why);
        }
    }
    Ok(planner.plan)
}

impl Planner<'_> {
    fn leave_out(&mut self, what: String, why: &str) {
        self.plan.left_out.push((what, why.to_owned()));
    }

    fn server(
        &mut self,
        conn: &mut Connection,
        server: ServerId,
        defaults: Option<&Map<String, Value>>,
        of_jobs: &[(String, Map<String, Value>)],
    ) -> Result<(), StoreError> {
        let name = servers::find(conn, server)?.display_name().to_owned();
        let mut usual = self.without_rule();
        // What the server's defaults say is for jobs that are not there yet, too.
        if let Some(defaults) = defaults {
            let settings = JobSettings::of(None, Some(defaults));
            let wanted = self.wanted(&settings, &name);
            if wanted != usual {
                self.rules(&Place::Server(server), &name, &wanted);
                usual = wanted;
            }
        }
        let known = jobs::all(conn, Some(server))?;
        for (job, fields) in of_jobs {
            let place = format!("{name} / {job}");
            let Some(found) = known.iter().find(|one| one.name == *job) else {
                self.leave_out(place, "there is no such job here");
                continue;
            };
            let settings = JobSettings::of(Some(fields), defaults);
            if settings.tells_good_runs() {
                let why = "good runs are not notified one by one: create a digest to hear that all is well";
                self.leave_out(place.clone(), why);
            }
            let wanted = self.wanted(&settings, &place);
            if wanted == usual {
                self.plan.unchanged += 1;
            } else {
                self.rules(&Place::Job(JobId(found.id)), &place, &wanted);
            }
        }
        Ok(())
    }

    /// What is told without a rule: each channel has its own choice.
    fn without_rule(&self) -> Wanted {
        let chosen = self.kept.channels.iter().filter(|row| row.takes_messages()).map(|row| {
            let topics = row.topics().into_iter().filter(|topic| *topic != Topic::System);
            (Receiver::Known(ChannelId(row.id)), topics.collect::<BTreeSet<_>>())
        });
        chosen.filter(|(_, topics)| !topics.is_empty()).collect()
    }

    /// What the settings of a job want. Channels that the Node application did not have are told what they chose.
    fn wanted(&mut self, settings: &JobSettings, place: &str) -> Wanted {
        let mut wanted = self.without_rule();
        for (kind, is_told) in [("ntfy", settings.ntfy), ("email", settings.email)] {
            if let Some(main) = self.kept.main(kind) {
                let topics = if is_told { settings.topics() } else { BTreeSet::new() };
                wanted.insert(Receiver::Known(main), topics);
            }
        }
        for (kind, to) in [("email", &settings.emails), ("ntfy", &settings.topic)] {
            let topics = settings.further_topics();
            if !to.is_empty()
                && !topics.is_empty()
                && let Some(receiver) = self.further(kind, to, place)
            {
                wanted.entry(receiver).or_default().extend(topics);
            }
        }
        wanted.retain(|_, topics| !topics.is_empty());
        wanted
    }

    /// A further receiver: a channel that leads there, or else a new one.
    fn further(&mut self, kind: &'static str, to: &str, place: &str) -> Option<Receiver> {
        if let Some(known) = self.further.get(&(kind, to.to_owned())) {
            return known.clone();
        }
        let receiver = match self.kept.form(kind) {
            None => {
                self.leave_out(format!("{to} ({place})"), "the server by which it was sent is not known");
                None
            }
            Some(form) => {
                let form = ChannelForm {
                    name: called(kind, to),
                    to: to.to_owned(),
                    topics: Vec::new(),
                    ..form.clone()
                };
                match Channel::new(&form) {
                    Err(error) => {
                        self.leave_out(format!("{to} ({place})"), &error.to_string());
                        None
                    }
                    Ok(channel) => Some(match self.kept.find(&form) {
                        Some(id) => Receiver::Known(id),
                        None => {
                            self.plan.channels.push((form, channel.config().target()));
                            Receiver::New(self.plan.channels.len() - 1)
                        }
                    }),
                }
            }
        };
        self.further.insert((kind, to.to_owned()), receiver.clone());
        receiver
    }

    /// Rules that make it so: one for all topics that the same receivers are told.
    fn rules(&mut self, place: &Place, name: &str, wanted: &Wanted) {
        let mut by_receivers: BTreeMap<Vec<Receiver>, Vec<Topic>> = BTreeMap::new();
        for topic in Topic::OF_JOBS.into_iter().chain(Topic::PARTS) {
            let to = wanted.iter().filter(|(_, topics)| topics.contains(&topic));
            let to: Vec<Receiver> = to.map(|(receiver, _)| receiver.clone()).collect();
            // The whole decides about a part that nobody chose.
            if !to.is_empty() || topic.whole() == topic {
                by_receivers.entry(to).or_default().push(topic);
            }
        }
        let rules = by_receivers.into_iter().rev().map(|(to, topics)| PlannedRule {
            place: place.clone(),
            name: name.to_owned(),
            topics,
            to,
        });
        self.plan.rules.extend(rules);
    }
}

/// What a channel for a further receiver is called.
fn called(kind: &str, to: &str) -> String {
    /// Longest name: characters.
    const NAME: usize = 50;
    let kind = if kind == "email" { "E-mail" } else { "ntfy" };
    let to: String = to.chars().filter(|letter| !letter.is_control()).collect();
    crate::shorten::shorten(&format!("{kind} {to}"), NAME)
}
