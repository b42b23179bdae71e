//! Values that resources and parameters share: times, and words of which there are only some.

use std::borrow::Cow;

use duplistatus::{
    access::{Role, Scope},
    dto::{
        Moment,
        incidents::IncidentFilter,
        notification_history::STATUSES,
        runs::RunsSort,
        schedules::{ScheduleFrom, SchedulesSort},
    },
    outcome::RunOutcome,
    status::Status as RunStatus,
    time::Timestamp,
    topic::Topic as MessageTopic,
    verdict::Verdict as JobVerdict,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat,
        schema::{SchemaType, Type},
    },
};

/// A point in time: RFC 3339. Answers are in UTC with whole seconds, such as `2026-11-23T22:06:37Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Timestamp);

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl From<Moment> for Time {
    fn from(moment: Moment) -> Self {
        Self(moment.at)
    }
}

/// Converts an optional time.
pub fn time<T: Into<Time>>(at: Option<T>) -> Option<Time> {
    at.map(Into::into)
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let wrong = "use an RFC 3339 time such as 2026-11-23T22:06:37Z";
        let at: jiff::Timestamp = text.parse().map_err(|_| de::Error::custom(wrong))?;
        Ok(Self(Timestamp::from_unix(at.as_second())))
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("RFC 3339. Answers are in UTC with whole seconds."))
            .examples(["2026-11-23T22:06:37Z"])
            .into()
    }
}

impl ToSchema for Time {
    fn name() -> Cow<'static, str> {
        "Time".into()
    }
}

fn one_of(words: &[&'static str], description: &'static str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(words.iter().copied()))
        .description(Some(description))
        .into()
}

/// Types of words: the word of each value in JSON and in URLs, and the list of words in the document.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident($of:ty) = $all:expr;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub $of);

        impl From<$of> for $name {
            fn from(value: $of) -> Self {
                Self(value)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = Cow::<str>::deserialize(deserializer)?;
                let found = $all.into_iter().find(|one| one.as_str() == word);
                found.map(Self).ok_or_else(|| {
                    let words: Vec<&str> = $all.into_iter().map(|one| one.as_str()).collect();
                    de::Error::custom(format!("use one of {}", words.join(", ")))
                })
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words: Vec<&str> = $all.into_iter().map(|one| one.as_str()).collect();
                one_of(&words, concat!($($doc),*).trim_ascii())
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

words! {
    /// What duplistatus concludes about a job, worst first.
    Verdict(JobVerdict) = JobVerdict::ALL;
    /// What Duplicati said about a run.
    Status(RunStatus) = RunStatus::ALL;
    /// What became of a run.
    Outcome(RunOutcome) = RunOutcome::ALL;
    /// What a message is about.
    Topic(MessageTopic) = MessageTopic::ALL;
    /// Where the schedule of a job comes from.
    ScheduleSource(ScheduleFrom) = ScheduleFrom::ALL;
    /// Whether an incident is open, acknowledged or closed.
    IncidentState(IncidentFilter) = IncidentFilter::ALL;
    /// What a user may do.
    UserRole(Role) = Role::ALL;
    /// What an API key may do.
    KeyScope(Scope) = Scope::ALL;
    /// Whether a notification waits, was sent, failed or was not needed.
    NotificationStatus(StatusWord) = STATUSES.map(StatusWord);
    /// Kinds of log lines.
    LogLines(LinesWord) = LinesWord::ALL;
    /// Order of runs; with a minus descending.
    RunOrder(Ordered<RunsSort>) = Ordered::<RunsSort>::all();
    /// Order of schedules; with a minus descending.
    ScheduleOrder(Ordered<SchedulesSort>) = Ordered::<SchedulesSort>::all();
}

/// The word of a status that has no type of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusWord(pub &'static str);

impl StatusWord {
    /// Returns the word.
    pub const fn as_str(&self) -> &'static str {
        self.0
    }
}

/// A kind of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinesWord {
    /// Errors.
    Error,
    /// Warnings.
    Warning,
    /// Everything else.
    Message,
}

impl LinesWord {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Message];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Message => "message",
        }
    }
}

/// A column by which a list is sorted, and the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered<T> {
    /// The column.
    pub by: T,
    /// Largest or latest first.
    pub descending: bool,
    word: &'static str,
}

impl<T> Ordered<T> {
    /// Returns the word.
    pub const fn as_str(&self) -> &'static str {
        self.word
    }
}

impl Ordered<RunsSort> {
    fn all() -> [Self; 10] {
        let of = |by, descending, word| Self { by, descending, word };
        [
            of(RunsSort::Started, true, "-started"),
            of(RunsSort::Started, false, "started"),
            of(RunsSort::Duration, true, "-duration"),
            of(RunsSort::Duration, false, "duration"),
            of(RunsSort::Source, true, "-source_size"),
            of(RunsSort::Source, false, "source_size"),
            of(RunsSort::Stored, true, "-storage_size"),
            of(RunsSort::Stored, false, "storage_size"),
            of(RunsSort::Uploaded, true, "-uploaded_size"),
            of(RunsSort::Uploaded, false, "uploaded_size"),
        ]
    }
}

impl Ordered<SchedulesSort> {
    fn all() -> [Self; 6] {
        let of = |by, descending, word| Self { by, descending, word };
        [
            of(SchedulesSort::State, false, "state"),
            of(SchedulesSort::State, true, "-state"),
            of(SchedulesSort::Name, false, "name"),
            of(SchedulesSort::Name, true, "-name"),
            of(SchedulesSort::Next, false, "next"),
            of(SchedulesSort::Next, true, "-next"),
        ]
    }
}

impl Default for RunOrder {
    fn default() -> Self {
        Self(Ordered { by: RunsSort::Started, descending: true, word: "-started" })
    }
}

impl Default for ScheduleOrder {
    fn default() -> Self {
        Self(Ordered { by: SchedulesSort::State, descending: false, word: "state" })
    }
}

/// A list of words in one parameter, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words<T>(pub Vec<T>);

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Words<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let words = text.split(',').map(|word| {
            let word = de::value::StringDeserializer::<de::value::Error>::new(word.trim().to_owned());
            T::deserialize(word).map_err(de::Error::custom)
        });
        Ok(Self(words.collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
        serde_json::from_value(text.into()).map_err(|error| error.to_string())
    }

    #[test]
    fn times_are_read_in_any_zone_and_written_in_utc() {
        let at: Time = read("2026-11-23T23:06:37.5+01:00").unwrap();
        assert_eq!(serde_json::to_value(at).unwrap(), "2026-11-23T22:06:37Z");
        for wrong in ["", "2026-11-23", "2026-11-23T22:06:37", "yesterday", "2026-02-30T00:00:00Z"] {
            assert!(read::<Time>(wrong).unwrap_err().contains("RFC 3339"), "{wrong}");
        }
    }

    #[test]
    fn every_word_leads_back_and_another_one_is_told_which_there_are() {
        for verdict in JobVerdict::ALL {
            assert_eq!(read::<Verdict>(verdict.as_str()), Ok(Verdict(verdict)));
        }
        let wrong = read::<IncidentState>("ajar").unwrap_err();
        assert_eq!(wrong, "use one of open, acknowledged, closed");
        assert_eq!(read::<RunOrder>("-started"), Ok(RunOrder::default()));
        assert_eq!(read::<ScheduleOrder>("state"), Ok(ScheduleOrder::default()));
    }

    #[test]
    fn words_are_separated_by_commas() {
        let both = read::<Words<Status>>("error, fatal").unwrap();
        assert_eq!(both.0, [Status(RunStatus::Error), Status(RunStatus::Fatal)]);
        assert!(read::<Words<Status>>("error,").is_err());
    }
}
