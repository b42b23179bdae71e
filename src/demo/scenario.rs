//! What happens to a job's runs. Invariant: the last runs of a job end as its story says; luck only reaches older ones,
//! so that the dashboard shows the same kinds of problems on every day.

use super::random::Random;

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scenario {
    /// It works, apart from old accidents.
    Steady,
    /// Its last two runs failed.
    Failing,
    /// Its last run has a warning it never had before.
    Warned,
    /// It has not been heard of for more than a week.
    Silent,
    /// It was tried twice, long ago.
    Abandoned,
    /// It has run twice.
    New,
    /// Its last run began and was not heard of again.
    Stuck,
    /// Somebody paused it some days ago.
    Paused,
    /// Each run has a warning that somebody accepted.
    Known,
    /// It works; its last run was sent while this program did not run.
    Excused,
}

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Well.
    Success,
    /// With warnings of one kind.
    Warning(Warning),
    /// To the end, but with errors.
    Error,
    /// By an exception.
    Fatal(Failure),
}

/// What people get warned about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Warning {
    /// Files that another program has opened.
    Locked,
    /// Paths that are too long.
    TooLong,
    /// Files that must not be read.
    Denied,
    /// A destination that is nearly full.
    Quota,
}

/// What ends a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The destination has files that the local database does not know.
    UnknownFiles,
    /// The destination cannot be reached.
    Unreachable,
    /// The destination has no room.
    Full,
    /// The destination did not answer in time.
    TimedOut,
}

/// Latest runs with the warning that somebody accepted.
const KNOWN: usize = 40;
/// Latest runs that luck does not touch.
pub(super) const CALM: usize = 3;

impl Scenario {
    /// How the run ends that has `newer` runs after it.
    pub(super) fn outcome(self, newer: usize, random: &mut Random) -> Outcome {
        match (self, newer) {
            (Self::Failing, 0 | 1) => Outcome::Fatal(Failure::UnknownFiles),
            (Self::Warned, 0) => Outcome::Warning(Warning::Locked),
            (Self::Known, newer) if newer < KNOWN => Outcome::Warning(Warning::TooLong),
            (_, newer) if newer < CALM => Outcome::Success,
            _ if random.chance(9) => [Failure::Unreachable, Failure::Full, Failure::TimedOut]
                .get(usize::try_from(random.below(3)).unwrap_or(0))
                .map_or(Outcome::Error, |failure| Outcome::Fatal(*failure)),
            _ if random.chance(4) => Outcome::Error,
            (Self::Warned, _) => Outcome::Success,
            _ if random.chance(24) => {
                let kinds = [Warning::Locked, Warning::TooLong, Warning::Denied, Warning::Quota];
                random.pick(&kinds).map_or(Outcome::Success, Outcome::Warning)
            }
            _ => Outcome::Success,
        }
    }
}

impl Outcome {
    /// Whether it leaves a version.
    pub(super) fn is_kept(self) -> bool {
        matches!(self, Self::Success | Self::Warning(_))
    }

    /// Duplicati's word.
    pub(super) fn parsed_result(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Warning(_) => "Warning",
            Self::Error => "Error",
            Self::Fatal(_) => "Fatal",
        }
    }
}
