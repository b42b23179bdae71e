//! Finds the job of a report: by its backup id, or else by its name.
//!
//! Names are for users, ids do not change: a job renamed in Duplicati stays the same job and gets the new name. `DB-n` is
//! unique within one Duplicati server, where job names are unique, too. The command line derives the id from the destination,
//! so two destinations are two jobs whatever their names.

use super::identify::is_masked;
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            backup_ids::{self, KnownJob},
            jobs,
        },
    },
    ids::{JobId, JobRef, ServerId},
    report::{Identity, LiveStatus, Report},
    time::Timestamp,
};

/// Name of the job if a report names none.
pub(in crate::service) const DEFAULT_JOB: &str = "Backup";
/// Number of characters of an id used to distinguish jobs with the same name.
const MARK: usize = 6;
/// Maximum length of an id that is shown in full.
const SHORT: usize = 12;

/// What a report says about its job.
#[derive(Debug, Clone)]
pub(in crate::service) struct Wanted<'r> {
    name: Said<'r>,
    backup_id: Option<&'r str>,
    machine_id: &'r str,
    destination: Option<&'r str>,
    /// When the run began, to find out whether the name is newer; `None` for messages that must not rename the job.
    began: Option<Timestamp>,
    /// All examined files were new: the first run of a job.
    is_first: bool,
    /// The report is JSON. A text report may lose parts of a name.
    is_exact: bool,
}

/// The name of the job in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said<'r> {
    /// A name chosen by a user.
    Name(&'r str),
    /// The name of the program, which the command line sends if no name was set.
    Program(&'r str),
    /// None, or one that Duplicati masked.
    Nothing,
}

impl<'r> Wanted<'r> {
    /// Creates it from a report, with the begin of the run.
    pub(in crate::service) fn of(report: &'r Report, began: Timestamp) -> Self {
        let counters = &report.counters;
        let examined = counters.examined_files.filter(|files| *files > 0);
        let is_first = report.operation.is_backup()
            && examined.is_some()
            && counters.added_files == examined
            && report.storage.versions.is_none_or(|versions| versions <= 1);
        Self {
            destination: report.destination_type.as_deref(),
            began: Some(began),
            is_first,
            is_exact: report.destination_type.is_some() || report.storage.known_file_size.is_some(),
            ..Self::named(&report.identity)
        }
    }

    /// Creates it from a live status, which never renames a job: the report follows.
    pub(super) fn of_live(live: &'r LiveStatus) -> Self {
        Self { destination: live.destination_type.as_deref(), ..Self::named(&live.identity) }
    }

    /// Creates it from an identity alone.
    pub(in crate::service) fn named(identity: &'r Identity) -> Self {
        let backup_id = identity.backup_id.as_deref();
        let name = match identity.backup_name.as_deref() {
            Some(name) if is_masked(name) => Said::Nothing,
            Some(name) if is_program(name) && backup_id.is_some_and(is_hash) => Said::Program(name),
            Some(name) => Said::Name(name),
            None => Said::Nothing,
        };
        Self {
            name,
            backup_id,
            machine_id: identity.machine_id.as_deref().unwrap_or_default(),
            destination: None,
            began: None,
            is_first: false,
            is_exact: false,
        }
    }

    /// Returns the name if a user chose it.
    pub(super) fn name(&self) -> Option<&'r str> {
        match self.name {
            Said::Name(name) => Some(name),
            Said::Program(_) | Said::Nothing => None,
        }
    }

    /// Returns the name for a new job.
    fn label(&self) -> String {
        let mark = |id: &str| id.chars().take(MARK).collect::<String>();
        match (self.name, self.backup_id) {
            (Said::Name(name), _) => name.to_owned(),
            (Said::Program(name), id) => match (self.destination, id.map(mark)) {
                (Some(kind), Some(mark)) => format!("{name} ({kind}, {mark})"),
                (None, Some(mark)) => format!("{name} ({mark})"),
                (_, None) => name.to_owned(),
            },
            (Said::Nothing, Some(id)) if id.chars().count() <= SHORT => format!("{DEFAULT_JOB} {id}"),
            (Said::Nothing, Some(id)) => format!("{DEFAULT_JOB} {}", mark(id)),
            (Said::Nothing, None) => DEFAULT_JOB.to_owned(),
        }
    }

    /// Returns start and end of a name that includes the id, to distinguish two destinations.
    fn marked(&self, name: &str) -> Option<(String, String)> {
        let id = self.backup_id.filter(|id| is_hash(id) && matches!(self.name, Said::Name(_)))?;
        Some((format!("{name} ("), format!("{})", id.chars().take(MARK).collect::<String>())))
    }

    /// Returns whether a job's name is only a substitute because no better one was known.
    fn is_makeshift(&self, name: &str) -> bool {
        let Some(id) = self.backup_id else { return is_masked(name) };
        let mark: String = id.chars().take(MARK).collect();
        is_masked(name)
            || (is_hash(id) && is_program(name))
            || name == format!("{DEFAULT_JOB} {id}")
            || name == format!("{DEFAULT_JOB} {mark}")
            || is_unnamed(name) && name.ends_with(&format!("{mark})"))
    }

    /// Returns the new name of a job if it should be renamed.
    fn new_name(&self, job: &KnownJob) -> Option<String> {
        let label = self.label();
        let makeshift = self.is_makeshift(&job.name);
        let last = jobs::time(job.last_start.as_deref());
        let is_newer = match self.name {
            // A late report does not restore an old name, and a text report does not replace the name from its JSON.
            Said::Name(_) => makeshift || last < self.began || (self.is_exact && last == self.began),
            Said::Program(_) => makeshift && (self.destination.is_some() || !is_unnamed(&job.name)),
            Said::Nothing => is_masked(&job.name),
        };
        let has_it = job.name == label
            || self
                .marked(&label)
                .is_some_and(|(head, mark)| job.name.starts_with(&head) && job.name.ends_with(&mark));
        (is_newer && self.began.is_some() && !has_it).then_some(label)
    }
}

/// Returns whether an id is not `DB-n` of a Duplicati server: a hash from the command line, or an id set by a user.
fn is_hash(id: &str) -> bool {
    !id.strip_prefix("DB-").is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}

/// Returns whether a name is that of one of Duplicati's programs, such as `Duplicati.CommandLine` or `duplicati-cli`.
fn is_program(name: &str) -> bool {
    let rest =
        name.get(..9).filter(|head| head.eq_ignore_ascii_case("duplicati")).and_then(|_| name.get(9..));
    rest.is_some_and(|rest| {
        rest.starts_with(['.', '-'])
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    })
}

/// Returns whether a job of the command line has no name of its own, so that it was named after program and id.
pub(in crate::service) fn is_unnamed(name: &str) -> bool {
    name.split_once(" (").is_some_and(|(program, rest)| is_program(program) && rest.ends_with(')'))
}

/// Returns the job of a report, if it is known, and whether it was found by its id.
pub(in crate::service) fn find(
    conn: &mut Connection,
    server: ServerId,
    wanted: &Wanted<'_>,
) -> Result<Option<(KnownJob, bool)>, StoreError> {
    let name = match (wanted.name, wanted.backup_id) {
        (Said::Name(name), _) => Some(name),
        (Said::Program(_), _) | (Said::Nothing, Some(_)) => None,
        (Said::Nothing, None) => Some(DEFAULT_JOB),
    };
    if let Some(id) = wanted.backup_id
        && let Some(known) = find_by_id(conn, server, wanted, id)?
    {
        return Ok(Some((known, true)));
    }
    let Some(name) = name else { return Ok(None) };
    let Some(known) = backup_ids::find_by_name(conn, server, name)? else { return Ok(None) };
    let clashes = match wanted.backup_id {
        // Two destinations of the command line are two jobs. `DB-n` changes when a job is created again with the same name.
        Some(id) if is_hash(id) => {
            backup_ids::of_job(conn, JobId(known.id))?.iter().any(|other| is_hash(other) && other != id)
        }
        _ => false,
    };
    Ok((!clashes).then_some((known, false)))
}

fn find_by_id(
    conn: &mut Connection,
    server: ServerId,
    wanted: &Wanted<'_>,
    id: &str,
) -> Result<Option<KnownJob>, StoreError> {
    let is_named = |job: &KnownJob| wanted.name == Said::Name(&job.name);
    let mut known = backup_ids::find(conn, server, id)?;
    known.retain(|(machine, job)| {
        is_hash(id)
            || machine == wanted.machine_id
            || machine.is_empty()
            // No machine id where there was one: a new data folder of Duplicati, whose numbers start again.
            || (wanted.machine_id.is_empty()
                && (is_named(job) || wanted.is_makeshift(&job.name)))
            || wanted.name == Said::Nothing
    });
    // Jobs reported with the same machine id come first; they are already sorted newest first.
    known.sort_by_key(|(machine, _)| machine != wanted.machine_id);
    if let Some(at) = known.iter().position(|(_, job)| is_named(job)) {
        return Ok(Some(known.swap_remove(at).1));
    }
    let Some((_, job)) = known.into_iter().next() else { return Ok(None) };
    // The number was reused: another name, and all files are new.
    let began = jobs::time(job.last_start.as_deref());
    let is_another = matches!(wanted.name, Said::Name(_))
        && !is_hash(id)
        && wanted.is_first
        && job.run_count > 0
        && began < wanted.began
        && !wanted.is_makeshift(&job.name);
    Ok((!is_another).then_some(job))
}

/// Creates the job of a report. Returns its name.
pub(in crate::service) fn create(
    conn: &mut Connection,
    server: ServerId,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<(JobRef, String), StoreError> {
    let mut name = wanted.label();
    // The name is taken by another destination: the id says more than a number.
    if let Some((head, mark)) = wanted.marked(&name)
        && backup_ids::find_by_name(conn, server, &name)?.is_some()
    {
        name = match wanted.destination {
            Some(kind) => format!("{head}{kind}, {mark}"),
            None => format!("{head}{mark}"),
        };
    }
    jobs::create(conn, server, &name, now)
}

/// Records the id of a job and renames it if needed. Returns its name.
pub(in crate::service) fn learn(
    conn: &mut Connection,
    place: JobRef,
    known: &KnownJob,
    by_id: bool,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<String, StoreError> {
    // Without a name the number may belong to another machine.
    if wanted.name != Said::Nothing {
        learn_id(conn, place, wanted)?;
    }
    match wanted.new_name(known).filter(|_| by_id) {
        Some(name) => jobs::rename(conn, place, &known.name, &name, now),
        None => Ok(known.name.clone()),
    }
}

/// Records the id of a job.
pub(super) fn learn_id(conn: &mut Connection, job: JobRef, wanted: &Wanted<'_>) -> Result<(), StoreError> {
    match wanted.backup_id {
        Some(id) => backup_ids::add(conn, job, id, wanted.machine_id),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "job_tests.rs"]
mod tests;
