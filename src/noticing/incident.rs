//! Incidents: one is open per job at most, and everything that happens to it is an entry of its timeline.

use serde::{Deserialize, Serialize};

use super::{
    checks::CheckKind,
    state::{Problem, State, Verdict, open_checks},
};
use crate::time::Timestamp;

/// An incident that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// When it was opened.
    pub opened: Timestamp,
    /// Since when something is wrong: before it was opened, if this program did not run.
    pub since: Timestamp,
    /// What it is about now.
    pub problem: Problem,
    /// What it was at its worst: its name.
    pub worst: Problem,
    /// Whether it was told that a job that failed is silent as well, or late.
    pub silence_told: bool,
    /// The checks that were found while it was open.
    pub checks: Vec<CheckKind>,
    /// Who took note of it; until it grows worse there are no reminders.
    pub acknowledged: Option<String>,
    /// Until when nothing is told.
    pub snoozed_until: Option<Timestamp>,
}

/// What a person closed, so that the same is not opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissed {
    /// What it was at its worst.
    pub worst: Problem,
    /// When it was closed.
    pub at: Timestamp,
}

/// The incident of a job, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// The one that is open.
    pub open: Option<Incident>,
    /// The one that a person closed while something was wrong.
    pub dismissed: Option<Dismissed>,
}

/// An entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What a person can change about what is expected of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Schedule, tolerance, zone, or which checks there are.
    Rules,
    /// It was paused.
    Paused,
    /// It was resumed.
    Resumed,
    /// A maintenance window was added or deleted.
    Maintenance,
    /// A kind of warnings was accepted, or is accepted no longer.
    Warnings,
    /// What a check found is expected.
    Expected,
}

impl Setting {
    /// The lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Maintenance => "maintenance",
            Self::Warnings => "warnings",
            Self::Expected => "expected",
        }
    }
}

/// What can happen to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// It was opened.
    Opened {
        /// What is wrong.
        problem: Problem,
        /// Since when.
        since: Timestamp,
    },
    /// It is about something else: worse, or milder.
    Changed {
        /// What it was.
        from: Problem,
        /// What it is.
        to: Problem,
    },
    /// A job that failed is silent as well.
    Silent {
        /// Since when.
        since: Timestamp,
    },
    /// Another check found something.
    Found {
        /// The check.
        check: CheckKind,
    },
    /// Somebody took note of it.
    Acknowledged {
        /// Who.
        by: String,
        /// What they wrote.
        note: String,
    },
    /// Somebody wrote something about it.
    Noted {
        /// Who.
        by: String,
        /// What they wrote.
        note: String,
    },
    /// Nothing is told until then.
    Snoozed {
        /// Who wanted it.
        by: String,
        /// Until when.
        until: Timestamp,
    },
    /// The time is over, and it is still open: it is told again.
    Woke,
    /// A person changed what is expected of the job.
    Set {
        /// Who.
        by: String,
        /// What was changed.
        what: Setting,
        /// What they wrote.
        note: String,
    },
    /// It was closed.
    Closed {
        /// Why.
        why: Closing,
    },
}

impl Event {
    /// The lower-case word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Changed { .. } => "changed",
            Self::Silent { .. } => "silent",
            Self::Found { .. } => "found",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Noted { .. } => "noted",
            Self::Snoozed { .. } => "snoozed",
            Self::Woke => "woke",
            Self::Set { .. } => "set",
            Self::Closed { .. } => "closed",
        }
    }

    /// Who did it; `None` when nobody did.
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        match self {
            Self::Acknowledged { by, .. }
            | Self::Noted { by, .. }
            | Self::Snoozed { by, .. }
            | Self::Set { by, .. }
            | Self::Closed { why: Closing::Person { by, .. } } => Some(by),
            _ => None,
        }
    }
}

impl Closing {
    /// The lower-case word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Paused => "paused",
            Self::Gone { .. } => "gone",
            Self::Person { .. } => "person",
        }
    }
}

/// Why an incident was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Closing {
    /// The job is good again.
    Good,
    /// The job was paused or archived.
    Paused,
    /// The job was renamed, merged or deleted.
    Gone {
        /// What happened to it.
        what: String,
    },
    /// A person closed it.
    Person {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
}

impl Track {
    /// Brings the incident up to date with the state of its job, and returns what happened.
    pub fn follow(&mut self, state: &State, now: Timestamp) -> Vec<Entry> {
        let events = match state.verdict {
            Verdict::Wrong(_) => self.wrong(state, now),
            Verdict::Paused => self.close(Closing::Paused),
            Verdict::Ok | Verdict::New => self.close(Closing::Good),
        };
        events.into_iter().map(|event| Entry { at: now, event }).collect()
    }

    fn wrong(&mut self, state: &State, now: Timestamp) -> Vec<Event> {
        let Some(worst) = state.worst() else { return Vec::new() };
        let (problem, checks) = (worst.problem, open_checks(state));
        let Some(open) = &mut self.open else {
            let is_known = |dismissed: Dismissed| problem <= dismissed.worst && worst.since <= dismissed.at;
            if self.dismissed.is_some_and(is_known) {
                return Vec::new();
            }
            self.dismissed = None;
            let silent = state.silent_since.filter(|_| problem != Problem::Late);
            self.open = Some(Incident {
                opened: now,
                since: worst.since,
                problem,
                worst: problem,
                silence_told: problem == Problem::Late || silent.is_some(),
                checks,
                acknowledged: None,
                snoozed_until: None,
            });
            let opened = Event::Opened { problem, since: worst.since };
            return std::iter::once(opened).chain(silent.map(|since| Event::Silent { since })).collect();
        };
        let mut events = Vec::new();
        if open.problem != problem {
            events.push(Event::Changed { from: open.problem, to: problem });
            if problem > open.worst {
                // Who took note of less has to be told.
                open.worst = problem;
                open.acknowledged = None;
                open.snoozed_until = None;
            }
            open.problem = problem;
            open.silence_told |= problem == Problem::Late;
        }
        for check in checks {
            if !open.checks.contains(&check) {
                open.checks.push(check);
                events.push(Event::Found { check });
            }
        }
        if let Some(since) = state.silent_since.filter(|_| !open.silence_told) {
            open.silence_told = true;
            events.push(Event::Silent { since });
        }
        if open.snoozed_until.is_some_and(|until| now >= until) {
            open.snoozed_until = None;
            events.push(Event::Woke);
        }
        events
    }

    fn close(&mut self, why: Closing) -> Vec<Event> {
        self.dismissed = None;
        self.open.take().map(|_| Event::Closed { why }).into_iter().collect()
    }

    /// The job was renamed, merged or deleted.
    pub fn gone(&mut self, what: String, now: Timestamp) -> Option<Entry> {
        let event = self.close(Closing::Gone { what }).pop()?;
        Some(Entry { at: now, event })
    }

    /// A person closes it. The same is not opened again; what is worse, or begins later, is.
    pub fn dismiss(&mut self, by: String, reason: String, now: Timestamp) -> Option<Entry> {
        let open = self.open.take()?;
        self.dismissed = Some(Dismissed { worst: open.worst, at: now });
        Some(Entry { at: now, event: Event::Closed { why: Closing::Person { by, reason } } })
    }

    /// A person takes note of it.
    pub fn acknowledge(&mut self, by: String, note: String, now: Timestamp) -> Option<Entry> {
        let open = self.open.as_mut()?;
        open.acknowledged = Some(by.clone());
        Some(Entry { at: now, event: Event::Acknowledged { by, note } })
    }

    /// A person writes something about it, and changes nothing.
    pub fn note(&self, by: String, note: String, now: Timestamp) -> Option<Entry> {
        self.open.as_ref().map(|_| Entry { at: now, event: Event::Noted { by, note } })
    }

    /// A person wants to hear nothing of it until a time.
    pub fn snooze(&mut self, by: String, until: Timestamp, now: Timestamp) -> Option<Entry> {
        let open = self.open.as_mut()?;
        open.snoozed_until = Some(until);
        Some(Entry { at: now, event: Event::Snoozed { by, until } })
    }
}

#[cfg(test)]
#[path = "incident_tests.rs"]
mod tests;
