//! Long work started by a page, which does not wait for it: one at a time, with its progress and the result of the last of
//! each kind. Only in memory; what must survive a restart is in the audit log.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::{
    access::Permission,
    clock::Clock,
    dto::{
        import::ImportProgress,
        work::{CurrentWork, Outcome, WorkEnded, WorkKind, WorkState},
    },
    error::{Error, log_internal},
    service::{Actor, Services},
    time::Timestamp,
};

/// The current work, and the last results.
#[derive(Debug, Default)]
pub struct BackgroundWork(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    current: Option<Current>,
    last: BTreeMap<WorkKind, (Timestamp, Outcome)>,
}

#[derive(Debug)]
struct Current {
    kind: WorkKind,
    since: Timestamp,
    progress: watch::Receiver<ImportProgress>,
}

/// Work in progress. If it is dropped before its end, the work counts as aborted.
#[derive(Debug)]
pub struct WorkGuard {
    works: Arc<BackgroundWork>,
    kind: WorkKind,
    clock: Clock,
    progress: watch::Sender<ImportProgress>,
    outcome: Option<Outcome>,
}

impl BackgroundWork {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts work.
    ///
    /// # Errors
    /// [`Error::Invalid`] while other work is running.
    pub fn start(self: &Arc<Self>, kind: WorkKind, clock: &Clock) -> Result<WorkGuard, Error> {
        let (progress, seen) = watch::channel(ImportProgress::default());
        let mut state = self.state();
        if state.current.is_some() {
            return Err(busy());
        }
        state.current = Some(Current { kind, since: clock.now(), progress: seen });
        Ok(WorkGuard { works: Arc::clone(self), kind, clock: clock.clone(), progress, outcome: None })
    }

    /// Checks that no work is running, for callers that first receive an upload.
    ///
    /// # Errors
    /// [`Error::Invalid`] while work is running.
    pub fn ensure_idle(&self) -> Result<(), Error> {
        if self.state().current.is_some() { Err(busy()) } else { Ok(()) }
    }
}

fn busy() -> Error {
    Error::Invalid { field: "work", hint: "another operation is running: wait until it has finished".into() }
}

impl WorkGuard {
    /// Returns the channel for progress.
    pub fn progress(&self) -> watch::Sender<ImportProgress> {
        self.progress.clone()
    }

    /// Ends the work with a result.
    pub fn end(mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }
}

impl Drop for WorkGuard {
    fn drop(&mut self) {
        let broken = || Outcome::Failed("it was interrupted; the log may show the cause".into());
        let outcome = self.outcome.take().unwrap_or_else(broken);
        let mut state = self.works.state();
        state.current = None;
        state.last.insert(self.kind, (self.clock.now(), outcome));
    }
}

/// Returns the current work, and the last result of these kinds.
///
/// # Errors
/// [`Error::Forbidden`] without the permission.
pub fn state(services: &Services, actor: &Actor, kinds: &[WorkKind]) -> Result<WorkState, Error> {
    actor.may(Permission::ViewDatabase)?;
    let zone = actor.zone(services);
    let state = services.work.state();
    let now = state.current.as_ref().map(|current| {
        let progress = *current.progress.borrow();
        let progress = (current.kind == WorkKind::Import).then_some(progress);
        CurrentWork { kind: current.kind, since: zone.moment(current.since), progress }
    });
    let ended = state.last.iter().filter(|(kind, _)| kinds.contains(kind));
    let last = ended.max_by_key(|(_, (at, _))| *at).map(|(kind, (at, outcome))| WorkEnded {
        kind: *kind,
        at: zone.moment(*at),
        outcome: outcome.clone(),
    });
    Ok(WorkState { now, last })
}

/// Runs work in a separate task, and stores its result through the guard.
pub(in crate::service) fn spawn(guard: WorkGuard, work: impl Future<Output = Outcome> + Send + 'static) {
    tokio::spawn(async move {
        let outcome = work.await;
        guard.end(outcome);
    });
}

/// Returns the reason of a failure for an administrator. Internal errors are logged.
pub(in crate::service) fn failed(error: &Error) -> Outcome {
    Outcome::Failed(match error {
        Error::Store(store) if store.is_busy() => "the database is busy: try again".into(),
        Error::Store(store) if store.is_full() => store.reason().to_owned(),
        Error::Store(store) => format!("database error; see the log under {}", log_internal(store)),
        Error::Internal(cause) => format!("internal error; see the log under {}", log_internal(&**cause)),
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::Role,
        db::{StoreError, StoreErrorKind},
        dto::import::ImportPhase,
        service::testing::{TestResult, accounts::member, at, services},
    };

    const ALL: &[WorkKind] = &[WorkKind::Import, WorkKind::Vacuum];

    #[tokio::test]
    async fn one_at_a_time_with_its_progress_and_what_came_of_it() -> TestResult {
        let (_folder, services) = services()?;
        let me = Actor::CommandLine;
        assert_eq!(state(&services, &me, ALL)?, WorkState::default());
        let guard = services.work.start(WorkKind::Import, &services.clock)?;
        assert!(matches!(
            services.work.start(WorkKind::Vacuum, &services.clock),
            Err(Error::Invalid { field: "work", .. })
        ));
        assert!(services.work.ensure_idle().is_err());
        let progress = ImportProgress { phase: ImportPhase::Runs, done: 12, total: Some(40) };
        guard.progress().send_replace(progress);
        let now = state(&services, &me, ALL)?.now.ok_or("nothing is done")?;
        assert_eq!((now.kind, now.progress), (WorkKind::Import, Some(progress)));
        at(&services, 5);
        guard.end(Outcome::Failed("no".into()));
        at(&services, 9);
        services.work.ensure_idle()?;
        drop(services.work.start(WorkKind::Vacuum, &services.clock)?);
        let ended = state(&services, &me, ALL)?;
        let last = ended.last.ok_or("nothing ended")?;
        assert!(ended.now.is_none() && last.kind == WorkKind::Vacuum, "{last:?}");
        assert!(matches!(&last.outcome, Outcome::Failed(why) if why.contains("was interrupted")), "{last:?}");
        let import = state(&services, &me, &[WorkKind::Import])?.last.ok_or("nothing ended")?;
        assert_eq!(import.outcome, Outcome::Failed("no".into()));
        Ok(())
    }

    #[tokio::test]
    async fn work_that_panics_blocks_nobody() -> TestResult {
        let (_folder, services) = services()?;
        let guard = services.work.start(WorkKind::Vacuum, &services.clock)?;
        spawn(guard, async { panic!("broken") });
        while services.work.ensure_idle().is_err() {
            tokio::task::yield_now().await;
        }
        let state = state(&services, &Actor::CommandLine, ALL)?;
        assert!(matches!(state.last.ok_or("nothing")?.outcome, Outcome::Failed(_)));
        Ok(())
    }

    #[tokio::test]
    async fn only_administrators_see_it_and_causes_stay_in_the_log() -> TestResult {
        let (_folder, services) = services()?;
        let operator = member(&services, "kim", Role::Operator).await?;
        assert!(state(&services, &operator, ALL).is_err());
        let broken = Error::Store(StoreError::new(StoreErrorKind::Io, "/secret/place"));
        let full = Error::Store(StoreError::new(StoreErrorKind::Full, "free 3 MB and try again"));
        assert!(matches!(failed(&broken), Outcome::Failed(why) if !why.contains("secret")));
        assert_eq!(failed(&full), Outcome::Failed("free 3 MB and try again".into()));
        Ok(())
    }
}
