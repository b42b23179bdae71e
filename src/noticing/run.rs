//! A run of a backup, as far as noticing needs it.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};

use crate::{outcome::RunOutcome, status::Status, time::Timestamp};

/// The figures of a run that are compared. `None` is unknown, and never 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Files examined.
    pub files: Option<i64>,
    /// Bytes examined: the size of the source.
    pub size: Option<i64>,
    /// Files added.
    pub added: Option<i64>,
    /// Files modified.
    pub modified: Option<i64>,
    /// Files deleted.
    pub deleted: Option<i64>,
    /// Files that could not be read.
    pub with_error: Option<i64>,
    /// Bytes uploaded.
    pub uploaded: Option<i64>,
    /// Files uploaded to the destination.
    pub files_uploaded: Option<i64>,
    /// Versions at the destination.
    pub versions: Option<i64>,
    /// Bytes at the destination.
    pub stored: Option<i64>,
    /// Bytes that the destination can hold.
    pub quota_total: Option<i64>,
    /// Bytes that it can still take.
    pub quota_free: Option<i64>,
    /// Calls to the destination that were repeated.
    pub retries: Option<i64>,
}

/// The figures in an order, which is the one in which they are stored.
macro_rules! in_order {
    ($($figure:ident),*) => {
        impl Figures {
            /// How many there are.
            const COUNT: usize = [$(stringify!($figure)),*].len();

            const fn to_array(self) -> [Option<i64>; Self::COUNT] {
                let Self { $($figure),* } = self;
                [$($figure),*]
            }

            const fn from_array(figures: [Option<i64>; Self::COUNT]) -> Self {
                let [$($figure),*] = figures;
                Self { $($figure),* }
            }
        }
    };
}

in_order!(
    files,
    size,
    added,
    modified,
    deleted,
    with_error,
    uploaded,
    files_uploaded,
    versions,
    stored,
    quota_total,
    quota_free,
    retries
);

impl Figures {
    /// Returns whether a figure that both know differs.
    pub fn contradict(&self, other: &Self) -> bool {
        let pairs = self.to_array().into_iter().zip(other.to_array());
        pairs.filter_map(|(one, other)| Some((one?, other?))).any(|(one, other)| one != other)
    }
}

/// A report of a backup, as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// When the run began, by the sender's clock.
    pub begin: Timestamp,
    /// When the report arrived, by ours.
    pub received: Timestamp,
    /// How long it took: seconds.
    pub duration: i64,
    /// What Duplicati said.
    pub status: Status,
    /// What became of it.
    pub outcome: RunOutcome,
    /// The next run, as it is told; by the sender's clock.
    pub next: Option<Timestamp>,
    /// Its figures.
    pub figures: Figures,
    /// The kinds of its warnings that are about the backup ([`super::warnings::kind`]).
    pub warnings: Vec<String>,
    /// Whether the sender is a version that reports several jobs under one name.
    pub mixes_jobs: bool,
}

/// A run that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Run {
    /// When it began, by the sender's clock.
    pub told: Timestamp,
    /// When it began, as far as that clock is believed.
    pub begin: Timestamp,
    /// When its report arrived.
    pub received: Timestamp,
    /// How long it took: seconds.
    pub duration: i64,
    /// What became of it.
    pub outcome: RunOutcome,
    /// Its figures.
    pub figures: Figures,
    /// Whether a collapse began with it, or lasted: no other run is compared with it.
    pub is_bad: bool,
}

/// A run as it is stored. Facts are read and written with each report, and sixty runs are most of them: times are numbers, in the order
/// of the fields of [`Run`], and figures have no names, in the order of the fields of [`Figures`].
#[derive(Serialize, Deserialize)]
struct Stored(i64, i64, i64, i64, RunOutcome, bool, StoredFigures);

/// Figures in their order, without the unknown ones at the end; read without an allocation.
struct StoredFigures(Figures);

impl Serialize for StoredFigures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let figures = self.0.to_array();
        let known = figures.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        serializer.collect_seq(figures.iter().take(known))
    }
}

impl<'de> Deserialize<'de> for StoredFigures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Known;
        impl<'de> Visitor<'de> for Known {
            type Value = StoredFigures;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("figures")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut known: A) -> Result<Self::Value, A::Error> {
                let mut figures = [None; Figures::COUNT];
                for figure in &mut figures {
                    let Some(next) = known.next_element()? else { break };
                    *figure = next;
                }
                // A later version may know more figures.
                while known.next_element::<IgnoredAny>()?.is_some() {}
                Ok(StoredFigures(Figures::from_array(figures)))
            }
        }
        deserializer.deserialize_seq(Known)
    }
}

impl From<Run> for Stored {
    fn from(run: Run) -> Self {
        let Run { told, begin, received, duration, outcome, figures, is_bad } = run;
        let (told, received) = (told.since(begin), received.since(begin));
        Self(begin.unix(), told, received, duration, outcome, is_bad, StoredFigures(figures))
    }
}

impl From<Stored> for Run {
    fn from(stored: Stored) -> Self {
        let Stored(begin, told, received, duration, outcome, is_bad, StoredFigures(figures)) = stored;
        let begin = Timestamp::from_unix(begin);
        Self {
            told: begin.plus(told),
            begin,
            received: begin.plus(received),
            duration,
            outcome,
            figures,
            is_bad,
        }
    }
}

impl Run {
    /// When it would have begun if its report arrived at its end.
    #[must_use]
    pub fn arrival(&self) -> Timestamp {
        self.received.plus(-self.duration)
    }
}
