//! Shared links: addresses that open one thing without signing in, and what they open.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::Moment;
use crate::{
    ids::{GroupId, JobId, ServerId, SharedLinkId},
    verdict::Verdict,
};

/// What a link or a badge is about. As a text: `site`, `group:3`, `server:1` or `job:7`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Subject {
    /// All jobs.
    #[default]
    Site,
    /// The jobs of the servers of a group.
    Group(GroupId),
    /// The jobs of a server.
    Server(ServerId),
    /// One job.
    Job(JobId),
}

/// A text that names no subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("use site, or group, server or job with its number, such as server:1")]
pub struct NoSubject;

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site => f.write_str("site"),
            Self::Group(id) => write!(f, "group:{id}"),
            Self::Server(id) => write!(f, "server:{id}"),
            Self::Job(id) => write!(f, "job:{id}"),
        }
    }
}

impl FromStr for Subject {
    type Err = NoSubject;

    fn from_str(text: &str) -> Result<Self, NoSubject> {
        if text == "site" {
            return Ok(Self::Site);
        }
        let (kind, id) = text.split_once(':').ok_or(NoSubject)?;
        let id: i64 = id.parse().map_err(|_| NoSubject)?;
        match kind {
            "group" => Ok(Self::Group(GroupId(id))),
            "server" => Ok(Self::Server(ServerId(id))),
            "job" => Ok(Self::Job(JobId(id))),
            _ => Err(NoSubject),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// An Atom feed of incidents.
    Feed,
    /// A calendar of expected and missed runs.
    Calendar,
    /// A page for a screen on a wall.
    Kiosk,
    /// A public status page of a group.
    Status,
}

impl LinkKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Feed, Self::Calendar, Self::Kiosk, Self::Status];

    /// The word in the database and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Calendar => "calendar",
            Self::Kiosk => "kiosk",
            Self::Status => "status",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The path of a link: its kind, what identifies it, and the ending by which programs know the format.
    pub fn path(self, token: &str) -> String {
        let ending = match self {
            Self::Feed => ".atom",
            Self::Calendar => ".ics",
            Self::Kiosk | Self::Status => "",
        };
        format!("/{}/{token}{ending}", self.as_str())
    }
}

/// What a status page shows besides its title and the state of the whole group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatusField {
    /// The name and the state of each server.
    Servers,
    /// The name and the state of each job.
    Jobs,
    /// When each last succeeded.
    LastSuccess,
    /// When each is expected next.
    NextRun,
    /// How much each has stored.
    Size,
}

impl StatusField {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Servers, Self::Jobs, Self::LastSuccess, Self::NextRun, Self::Size];

    /// The word in the database and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Servers => "servers",
            Self::Jobs => "jobs",
            Self::LastSuccess => "last_success",
            Self::NextRun => "next_run",
            Self::Size => "size",
        }
    }

    /// The field of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == word)
    }
}

/// The page on which links are created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingPage {
    /// What new links are about.
    pub about: Subject,
    /// Its name; empty for the site.
    pub name: String,
    /// The URL of its badge.
    pub badge: String,
    /// The path of its badge, without the base path.
    pub badge_path: String,
    /// Groups to choose from.
    pub groups: Vec<(GroupId, String)>,
    /// All links, the newest first.
    pub links: Vec<LinkRow>,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRow {
    /// Row id.
    pub id: SharedLinkId,
    /// What it opens.
    pub kind: LinkKind,
    /// What that is about.
    pub about: Subject,
    /// Its name; empty for the site.
    pub name: String,
    /// The whole address.
    pub url: String,
    /// Of a status page: what is set.
    pub form: StatusForm,
    /// Who created it.
    pub by: String,
    /// When.
    pub created: Moment,
}

/// What a form sends about a status page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusForm {
    /// Its heading.
    pub title: String,
    /// The end of its address; empty: one that cannot be guessed.
    pub name: String,
    /// Words of [`StatusField`].
    pub shows: Vec<String>,
}

/// What a kiosk page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kiosk {
    /// The name of what it is about; empty for the site.
    pub name: String,
    /// The time of the data.
    pub now: Moment,
    /// Jobs by verdict, in the order of [`Verdict::ALL`].
    pub verdicts: [i64; 8],
    /// The worst jobs that need attention.
    pub problems: Vec<KioskProblem>,
    /// When the last report arrived.
    pub last_report: Option<Moment>,
    /// When the next run is expected.
    pub next_run: Option<Moment>,
}

/// A job that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KioskProblem {
    /// Server and job.
    pub name: String,
    /// Its state.
    pub verdict: Verdict,
    /// Since when.
    pub since: Option<Moment>,
}

/// What a status page shows. What was not chosen is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusPage {
    /// Its heading.
    pub title: String,
    /// The time of the data.
    pub now: Moment,
    /// The state of the whole group.
    pub verdict: Verdict,
    /// Which columns there are.
    pub fields: Vec<StatusField>,
    /// Servers or jobs.
    pub rows: Vec<StatusRow>,
}

/// A server or a job on a status page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRow {
    /// Its name.
    pub name: String,
    /// Its state.
    pub verdict: Verdict,
    /// When it last succeeded: of a server, the job that waits longest.
    pub last_success: Option<Moment>,
    /// When it is expected next.
    pub next_run: Option<Moment>,
    /// Stored bytes.
    pub size: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_what_they_name() {
        let all = [
            Subject::Site,
            Subject::Group(GroupId(3)),
            Subject::Server(ServerId(1)),
            Subject::Job(JobId(i64::MAX)),
        ];
        for subject in all {
            assert_eq!(subject.to_string().parse(), Ok(subject));
        }
        for wrong in ["", "group", "group:", "tag:1", "job:x", "Site", "job:99999999999999999999"] {
            assert_eq!(wrong.parse::<Subject>(), Err(NoSubject), "{wrong}");
        }
        for kind in LinkKind::ALL {
            assert_eq!(LinkKind::from_word(kind.as_str()), Some(kind));
        }
        for field in StatusField::ALL {
            assert_eq!(StatusField::from_word(field.as_str()), Some(field));
        }
    }
}
