//! What is set for a job, and what is known of it, as its page says it.

use std::collections::HashMap;

use super::rule_form;
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::{JobRecord, time},
            noticing::{
                downtimes, facts,
                pauses::{self as pause_rows, PauseRow},
                settings::{self, Rule, Scope},
                states::StateRow,
                windows::{self as window_rows, WindowRow},
            },
        },
    },
    dto::{
        Moment,
        job::{
            CheckView, JobState, Origin, PauseView, Profile, Reason, Rhythm, Schedule, ScheduleSource,
            ToleranceView, WindowTimes, WindowView,
        },
        monitoring::RuleForm,
    },
    ids::JobRef,
    noticing::{
        checks::{CheckKind, Finding},
        facts::Facts,
        lateness::Overdue,
        schedule::{Pattern, Plan, Source, Weekdays},
        settings::{Settings, Span, Tolerance, Window},
        state::{Reason as Why, Wrong},
    },
    outcome::RunOutcome,
    service::{
        noticing::rehearse::NEXT,
        rows::{count, moment},
    },
    time::Timestamp,
    zone::Zone,
};

/// What is set for a job, and what is known of it.
pub(super) struct Setup {
    /// What its reports say.
    pub facts: Facts,
    /// What is set, with what is inherited.
    pub settings: Settings,
    /// Its schedule.
    pub plan: Option<Plan>,
    /// When this program did not run.
    pub down: Vec<Span>,
    /// What is set for the job, and for what is wider, the narrowest first.
    rules: Vec<(Origin, Rule)>,
}

impl Setup {
    pub(super) fn load(
        conn: &mut Connection,
        job: JobRef,
        site: &Zone,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let facts = facts::find(conn, job.id)?.unwrap_or_default().facts;
        let settings = settings::resolve(conn, job)?.at(now, site);
        let plan = facts.plan(&settings);
        let mut rules = Vec::new();
        for scope in Scope::chain(conn, job)? {
            rules.push((origin(scope), settings::rule(conn, scope)?));
        }
        Ok(Self { facts, settings, plan, down: downtimes::lately(conn, now)?, rules })
    }

    /// The same for a row of a list, without what only the page of a job shows: `rules` remembers what other rows had.
    pub(super) fn listed(
        conn: &mut Connection,
        rules: &mut KnownRules,
        job: &JobRecord,
        site: &Zone,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let place = job.job_ref();
        let known = facts::find(conn, place.id)?;
        let is_outdated = job.state.as_ref().is_none_or(StateRow::is_outdated);
        let (facts, stored) = match known {
            Some(record) if !is_outdated => (record.facts, record.settings),
            record => (record.unwrap_or_default().facts, settings::resolve(conn, place)?),
        };
        let settings = stored.at(now, site);
        let plan = facts.plan(&settings);
        Ok(Self { facts, settings, plan, down: Vec::new(), rules: rules.of(conn, place)? })
    }

    /// Where something is set.
    fn origin(&self, is_set: impl Fn(&Rule) -> bool) -> Option<Origin> {
        self.rules.iter().find(|(_, rule)| is_set(rule)).map(|(origin, _)| *origin)
    }
}

/// For what something is set, as pages say it.
pub(super) const fn origin(scope: Scope) -> Origin {
    match scope {
        Scope::Job(_) => Origin::Job,
        Scope::Server(_) => Origin::Server,
        Scope::Group(_) => Origin::Group,
        Scope::Site => Origin::Site,
    }
}

/// What is set for what the jobs of a list share.
#[derive(Debug, Default)]
pub(super) struct KnownRules(HashMap<Scope, Rule>);

impl KnownRules {
    fn of(&mut self, conn: &mut Connection, job: JobRef) -> Result<Vec<(Origin, Rule)>, StoreError> {
        let mut all = Vec::new();
        for scope in Scope::chain(conn, job)? {
            let rule = match (scope, self.0.get(&scope)) {
                (_, Some(known)) => known.clone(),
                (Scope::Job(_), None) => settings::rule(conn, scope)?,
                (_, None) => {
                    let rule = settings::rule(conn, scope)?;
                    self.0.insert(scope, rule.clone());
                    rule
                }
            };
            all.push((origin(scope), rule));
        }
        Ok(all)
    }
}

/// Why a job is as it is.
pub(super) fn state(zone: &Zone, job: &JobRecord) -> JobState {
    let why = job.why();
    let at = |at: Timestamp| zone.moment(at);
    let reason = |wrong: Wrong| match wrong.reason {
        Why::Found(finding) => Reason::Found(finding.shown(), outcome(&finding)),
        Why::Silent { last } => Reason::Silent(at(last)),
        Why::Overdue { overdue: Overdue::Late, .. } => Reason::Late(at(wrong.since)),
        Why::Overdue { overdue: Overdue::NoReport, .. } => Reason::NoReport(at(wrong.since)),
        Why::Overdue { overdue: Overdue::Stuck { begin, heard }, .. } => Reason::Stuck(at(begin), at(heard)),
        Why::Failing { .. } => Reason::Failing(at(wrong.since)),
    };
    JobState {
        since: job.state.as_ref().map(|state| at(state.since())),
        reasons: why.wrong.into_iter().map(reason).collect(),
        excused: why.excused.map(at),
        silent_since: why.silent_since.map(at),
        message: job.summary.last_headline.clone().filter(|_| job.summary.failures > 0),
    }
}

/// What became of a run that left no complete version.
fn outcome(finding: &Finding) -> Option<RunOutcome> {
    match finding {
        Finding::Incomplete { outcome } => Some(*outcome),
        _ => None,
    }
}

/// When a job should run, and how that is known; `next` are its next runs.
pub(super) fn schedule(setup: &Setup, next: Vec<Moment>) -> Schedule {
    let Setup { facts, settings, plan, .. } = setup;
    let origin = setup.origin(|rule| rule.schedule.is_some()).unwrap_or(Origin::Site);
    let source = match plan.as_ref().map(|plan| plan.source) {
        _ if settings.is_never_late() => ScheduleSource::Never(origin),
        Some(Source::Set) => ScheduleSource::Set(origin),
        Some(Source::Told) => ScheduleSource::Told,
        Some(Source::Inferred) => {
            let (hits, of) = facts.evidence(settings).unwrap_or_default();
            ScheduleSource::Learnt(count(hits), count(of))
        }
        None => ScheduleSource::None,
    };
    let own = plan.as_ref().map_or(&settings.zone, |plan| settings.zone_of(plan.source));
    Schedule {
        source,
        rhythm: plan.as_ref().map(|plan| rhythm(&plan.pattern)),
        zone: own.name().to_owned(),
        next,
    }
}

/// The next runs of a job: slots that no early run has taken, and that are in no pause.
pub(super) fn next_runs(zone: &Zone, setup: &Setup, job: &JobRecord, now: Timestamp) -> Vec<Moment> {
    let Setup { settings, plan: Some(plan), .. } = setup else { return Vec::new() };
    let own = settings.zone_of(plan.source);
    let expected = job.state.as_ref().and_then(|state| time(state.slot.as_deref()));
    let mut from = expected.map_or(now, |slot| slot.plus(-1).max(now));
    let mut next = Vec::new();
    while next.len() < NEXT {
        let Some(slot) = plan.pattern.slots(from, own).next() else { break };
        from = match settings.paused(slot) {
            None => {
                next.push(zone.moment(slot));
                slot
            }
            Some(Some(until)) => until.plus(-1),
            Some(None) => break,
        };
    }
    next
}

/// The weekdays of a pattern; none are all.
fn weekdays(weekdays: Weekdays) -> Vec<i64> {
    if weekdays == Weekdays::ALL { Vec::new() } else { weekdays.iter().collect() }
}

fn rhythm(pattern: &Pattern) -> Rhythm {
    match pattern {
        Pattern::Elapsed { period, weekdays: on, .. } => Rhythm::Elapsed(*period, weekdays(*on)),
        Pattern::Days { every, at, weekdays: on, .. } => Rhythm::Days(*every, *at, weekdays(*on)),
        Pattern::Weeks { every, at, weekdays: on, .. } => Rhythm::Weeks(*every, *at, weekdays(*on)),
        Pattern::Months { every, day, at, .. } => Rhythm::Months(*every, *at, *day),
        Pattern::Cron { expression } => Rhythm::Cron(expression.clone().into()),
        Pattern::Told { then, .. } => rhythm(then),
    }
}

/// How long after a slot a good run may be unknown.
pub(super) fn tolerance(setup: &Setup) -> ToleranceView {
    let tolerance = setup.settings.tolerance;
    ToleranceView {
        seconds: match (tolerance, &setup.plan) {
            (Tolerance::Seconds(seconds), _) => Some(seconds),
            (tolerance, Some(plan)) => Some(tolerance.seconds(plan.interval)),
            (_, None) => None,
        },
        profile: match tolerance {
            Tolerance::Server => Profile::Server,
            Tolerance::Desktop => Profile::Desktop,
            Tolerance::Laptop => Profile::Laptop,
            Tolerance::Archive => Profile::Archive,
            Tolerance::Seconds(_) => Profile::Span,
        },
        origin: setup.origin(|rule| rule.tolerance.is_some()),
    }
}

/// Pauses in force of scopes.
pub(super) fn pauses(
    conn: &mut Connection,
    zone: &Zone,
    scopes: &[Scope],
    now: Timestamp,
) -> Result<Vec<PauseView>, StoreError> {
    let mut all = Vec::new();
    for scope in scopes {
        let rows = pause_rows::since(conn, *scope, now)?;
        all.extend(rows.into_iter().filter_map(|row| pause(zone, origin(*scope), row, now)));
    }
    Ok(all)
}

fn pause(zone: &Zone, origin: Origin, row: PauseRow, now: Timestamp) -> Option<PauseView> {
    let from = time(Some(&row.from_at)).filter(|from| *from <= now)?;
    Some(PauseView {
        origin,
        from: zone.moment(from),
        until: moment(zone, row.until_at.as_deref()),
        reason: row.reason,
        by: row.created_by,
    })
}

/// Maintenance windows of scopes that are ahead.
pub(super) fn windows(
    conn: &mut Connection,
    zone: &Zone,
    scopes: &[Scope],
    now: Timestamp,
) -> Result<Vec<WindowView>, StoreError> {
    let mut all = Vec::new();
    for scope in scopes {
        let rows = window_rows::of(conn, *scope)?;
        all.extend(rows.into_iter().filter_map(|row| window(zone, origin(*scope), row, now)));
    }
    Ok(all)
}

fn window(zone: &Zone, origin: Origin, row: WindowRow, now: Timestamp) -> Option<WindowView> {
    let times = match row.window().filter(|window| window.is_ahead(now))? {
        Window::Once(span) => {
            WindowTimes::Once(zone.moment(span.from), span.until.map(|until| zone.moment(until)))
        }
        Window::Repeated { begins, length, .. } => WindowTimes::Repeated(rhythm(&begins), length),
    };
    Some(WindowView { id: row.id, origin, name: row.name, times })
}

/// What each check says.
pub(super) fn checks(zone: &Zone, job: &JobRecord, setup: &Setup) -> Vec<CheckView> {
    let wrong = job.why().wrong;
    let view = |kind: CheckKind| {
        let found = wrong.iter().find_map(|wrong| match &wrong.reason {
            Why::Found(finding) if finding.kind() == kind => {
                Some((zone.moment(wrong.since), finding.shown(), outcome(finding)))
            }
            _ => None,
        });
        let is_off = |rule: &Rule| rule.off.as_ref().is_some_and(|off| off.contains(&kind));
        CheckView { kind: kind.as_str().to_owned(), found, off: setup.origin(is_off) }
    };
    CheckKind::ALL.into_iter().map(view).collect()
}

/// What is set for the job, as its form has it. What is not set begins with what is known.
pub(super) fn rule_form(setup: &Setup) -> RuleForm {
    let own = setup.rules.first().map(|(_, own)| own.clone()).unwrap_or_default();
    rule_form::of(&own, setup.plan.as_ref().map(|plan| rhythm(&plan.pattern)))
}
