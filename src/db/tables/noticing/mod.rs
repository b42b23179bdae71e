//! What is known about each job, its state and its incident, as they are stored.
//!
//! [`Judge`] is the one way in which they change: a report, a live message or a setting changes what is known, and each time the job is
//! judged again ([`crate::noticing::state::evaluate`]), in the same transaction. Time alone changes a state when its `next_change_at`
//! has come: then the evaluator asks for [`Judge::again`]. A state that was changed meanwhile is judged by what is stored now, so that
//! two processes or a restart never change it twice.

pub mod accepted;
pub mod downtimes;
pub mod facts;
pub mod follow;
pub mod groups;
mod history;
pub mod incident_changes;
pub mod incidents;
pub mod pauses;
mod scope;
pub mod settings;
pub mod silent_server;
pub mod states;
pub mod windows;

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, schema::jobs, tables::verifications},
    ids::{JobId, JobRef, RunId},
    noticing::{
        checks::CheckKind,
        facts::Facts,
        incident::Track,
        live::Message,
        run::Report,
        settings::{Settings, Span, StoredSettings},
        state::{self, State},
    },
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};
pub use history::{report_of, reports_since, warned};
use states::{SET_BACK, StateReasons, StateRow};

/// Judges jobs at a time.
#[derive(Debug)]
pub struct Judge {
    /// The site's zone.
    zone: Zone,
    /// The time.
    now: Timestamp,
    /// When this program did not run lately, in ascending order; the last one may have no end yet.
    down: Vec<Span>,
}

impl Judge {
    /// Reads when this program did not run.
    ///
    /// # Errors
    /// Database errors.
    pub fn at(conn: &mut Connection, zone: &Zone, now: Timestamp) -> Result<Self, StoreError> {
        Ok(Self { zone: zone.clone(), now, down: downtimes::with_silence(conn, now)? })
    }

    /// Takes the report of a backup that was not known.
    ///
    /// # Errors
    /// Database errors.
    pub fn report(
        &self,
        conn: &mut Connection,
        job: JobRef,
        run: RunId,
        report: &Report,
    ) -> Result<(), StoreError> {
        self.learn(conn, job, Some(run), |facts, settings| facts.report(report, settings))
    }

    /// Takes a live message about a backup.
    ///
    /// # Errors
    /// Database errors.
    pub fn live(&self, conn: &mut Connection, job: JobRef, message: Message) -> Result<(), StoreError> {
        self.learn(conn, job, None, |facts, _| {
            facts.hear(message);
            true
        })
    }

    /// Takes the report of a verification.
    ///
    /// # Errors
    /// Database errors.
    pub fn verified(&self, conn: &mut Connection, job: JobRef, is_whole: bool) -> Result<(), StoreError> {
        let now = self.now;
        self.learn(conn, job, None, |facts, _| {
            facts.verified(is_whole, now);
            true
        })
    }

    /// Makes everything anew from the history of a job: runs were imported, joined, or changed.
    ///
    /// # Errors
    /// Database errors.
    pub fn rebuild(
        &self,
        conn: &mut Connection,
        job: JobRef,
        told: Option<(RunId, Timestamp)>,
    ) -> Result<(), StoreError> {
        let known = facts::find(conn, job.id)?;
        let told = match told {
            Some(told) => vec![told],
            None if known.is_none() => history::told(conn, job)?,
            None => Vec::new(),
        };
        let reports = history::reports(conn, job, &told)?;
        let count: i64 = jobs::table.find(job.id.0).select(jobs::run_count).first(conn)?;
        if reports.is_empty() && known.is_none() {
            return states::delete(conn, job.id);
        }
        let stored = settings::resolve(conn, job)?;
        let settings = stored.clone().at(self.now, &self.zone);
        let before = known.as_ref().map(|known| &known.facts);
        let mut facts = Facts::rebuilt(before, &reports, u64::try_from(count).unwrap_or(0), &settings);
        if before.is_none()
            && let Some(last) = verifications::of_job(conn, job.id)?
        {
            facts.verified(!last.failed, last.received);
        }
        let mut record = known.unwrap_or_default();
        (record.facts, record.settings) = (facts, stored);
        record.save(conn, job.id)?;
        self.settle(conn, job, &mut record, &settings, None)
    }

    /// Makes everything anew from the history of jobs that have no state: of a database that was written before there were any.
    ///
    /// # Errors
    /// Database errors.
    pub fn complete(&self, conn: &mut Connection, most: usize) -> Result<(), StoreError> {
        let without = states::missing(conn, most)?;
        without.into_iter().try_for_each(|job| self.rebuild(conn, job, None))
    }

    /// Judges a job again, by what is known: time has passed, or a setting was changed.
    ///
    /// # Errors
    /// Database errors.
    pub fn again(&self, conn: &mut Connection, job: JobRef) -> Result<(), StoreError> {
        if states::is_outdated(conn, job.id)? {
            return self.reset(conn, job);
        }
        // What is known was damaged, or repaired by deleting it.
        let Some(mut record) = facts::find(conn, job.id)? else { return self.rebuild(conn, job, None) };
        let settings = record.settings.clone().at(self.now, &self.zone);
        if record.facts.follow_zone(&settings) {
            record.save(conn, job.id)?;
        }
        self.settle(conn, job, &mut record, &settings, None)
    }

    /// The same after what is set for a job, its server, its group or the site was changed.
    ///
    /// # Errors
    /// Database errors.
    pub fn reset(&self, conn: &mut Connection, job: JobRef) -> Result<(), StoreError> {
        let Some(mut record) = facts::find(conn, job.id)? else { return Ok(()) };
        record.settings = settings::resolve(conn, job)?;
        let settings = record.settings.clone().at(self.now, &self.zone);
        record.facts.follow_zone(&settings);
        record.save(conn, job.id)?;
        self.settle(conn, job, &mut record, &settings, None)
    }

    /// A person expects what a check found about a job: `noted` is done before the job is judged. Returns whether it had found anything.
    ///
    /// # Errors
    /// Database errors.
    pub fn expect(
        &self,
        conn: &mut Connection,
        job: JobRef,
        check: CheckKind,
        noted: impl FnOnce(&mut Connection) -> Result<(), StoreError>,
    ) -> Result<bool, StoreError> {
        let Some(mut record) = facts::find(conn, job.id)? else { return Ok(false) };
        let before = record.facts.clone();
        record.facts.expect(check);
        if record.facts == before {
            return Ok(false);
        }
        noted(conn)?;
        record.save(conn, job.id)?;
        let settings = record.settings.clone().at(self.now, &self.zone);
        self.settle(conn, job, &mut record, &settings, None)?;
        Ok(true)
    }

    /// Changes what is known of a job, and judges it.
    fn learn(
        &self,
        conn: &mut Connection,
        job: JobRef,
        run: Option<RunId>,
        change: impl FnOnce(&mut Facts, &Settings) -> bool,
    ) -> Result<(), StoreError> {
        let known = facts::find(conn, job.id)?;
        let mut record = match known {
            Some(known) => known,
            None => facts::Record { settings: settings::resolve(conn, job)?, ..facts::Record::default() },
        };
        let settings = record.settings.clone().at(self.now, &self.zone);
        let is_moved = record.facts.follow_zone(&settings);
        let before = record.facts.clone();
        let is_changed = change(&mut record.facts, &settings);
        if !is_changed {
            record.facts = before;
        }
        if is_changed || is_moved {
            record.save(conn, job.id)?;
        }
        self.settle(conn, job, &mut record, &settings, run)
    }

    /// Judges a job, and stores what follows.
    fn settle(
        &self,
        conn: &mut Connection,
        job: JobRef,
        record: &mut facts::Record,
        settings: &Settings,
        run: Option<RunId>,
    ) -> Result<(), StoreError> {
        let was = states::find(conn, job.id)?;
        let now = self.time_after(was.as_ref());
        let state = state::evaluate(&record.facts, settings, &downtimes::known_at(&self.down, now), now);
        let incident = match &was {
            Some(was) => was.incident_id,
            None => incidents::open_of(conn, job.id)?,
        };
        let incident = self.follow(conn, job, record, &state, incident, (now, run))?;
        let snoozed = snoozed_until(conn, incident)?;
        let verdict = Verdict::from(state.verdict);
        let since = match (state.worst(), &was) {
            (Some(worst), _) => worst.since,
            (None, Some(was)) if was.verdict() == verdict => was.since(),
            (None, _) => now,
        };
        let row = row(job.id, state, record, settings, (since, now), (incident, snoozed));
        row.save(conn, was.as_ref())
    }

    /// What the state of a job should be, by what is known of it at the time at which it was judged. `None` when nothing is known.
    ///
    /// # Errors
    /// Database errors.
    pub fn expected(&self, conn: &mut Connection, was: &StateRow) -> Result<Option<StateRow>, StoreError> {
        let Some(record) = facts::find(conn, JobId(was.job_id))? else { return Ok(None) };
        let now = was.evaluated_at();
        let settings = record.settings.clone().at(now, &self.zone);
        let state = state::evaluate(&record.facts, &settings, &downtimes::known_at(&self.down, now), now);
        let since = state.worst().map_or_else(|| was.since(), |worst| worst.since);
        let incident = (was.incident_id, snoozed_until(conn, was.incident_id)?);
        Ok(Some(row(JobId(was.job_id), state, &record, &settings, (since, now), incident)))
    }

    /// Now; but a clock that was set back a little does not undo what was judged.
    fn time_after(&self, was: Option<&StateRow>) -> Timestamp {
        let judged = was.map_or(self.now, StateRow::evaluated_at);
        if judged.since(self.now) < SET_BACK { judged.max(self.now) } else { self.now }
    }

    /// Brings the incident of a job up to date. The one that is open then.
    fn follow(
        &self,
        conn: &mut Connection,
        job: JobRef,
        record: &mut facts::Record,
        state: &State,
        open: Option<i64>,
        (now, run): (Timestamp, Option<RunId>),
    ) -> Result<Option<i64>, StoreError> {
        if open.is_none() && state.wrong.is_empty() {
            if record.dismissed.take().is_some() {
                record.save(conn, job.id)?;
            }
            return Ok(None);
        }
        let known = open.map(|id| incidents::open(conn, id)).transpose()?.flatten();
        let before = record.dismissed;
        let open = open.filter(|_| known.is_some());
        let mut track = Track { open: known, dismissed: before };
        let entries = track.follow(state, now);
        if track.dismissed != before {
            record.dismissed = track.dismissed;
            record.save(conn, job.id)?;
        }
        incident_changes::save(conn, job, (open, track.open.as_ref()), &entries, run)
    }
}

/// Until when the open incident of a job is snoozed: then it is told again.
fn snoozed_until(conn: &mut Connection, incident: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    let open = incident.map(|id| incidents::open(conn, id)).transpose()?.flatten();
    Ok(open.and_then(|open| open.snoozed_until))
}

/// A state as it is stored.
fn row(
    job: JobId,
    state: State,
    record: &facts::Record,
    settings: &Settings,
    (since, now): (Timestamp, Timestamp),
    (incident, snoozed): (Option<i64>, Option<Timestamp>),
) -> StateRow {
    let plan = record.facts.plan(settings);
    let at = |time: Option<Timestamp>| time.map(|time| time.to_string());
    StateRow {
        job_id: job.0,
        verdict: Verdict::from(state.verdict).as_str().to_owned(),
        since: since.to_string(),
        evaluated_at: now.to_string(),
        next_change_at: at(next_change(&state, &record.settings, snoozed, now)),
        slot: at(state.slot),
        due: at(state.due),
        interval: plan.as_ref().map(|plan| plan.interval),
        incident_id: incident,
        source: states::source(plan.as_ref(), settings).as_str().to_owned(),
        state: StateReasons::of(state, plan, settings).to_json(),
    }
}

/// When a state changes although nothing arrives.
fn next_change(
    state: &State,
    settings: &StoredSettings,
    snoozed: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    let expiries = settings.accepted.iter().filter_map(|accepted| accepted.until);
    let others = expiries.chain(snoozed).filter(|at| *at > now);
    state.next_change_at.into_iter().chain(others).min()
}
