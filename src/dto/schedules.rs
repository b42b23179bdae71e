//! The list of schedules, what is set for a group, a server or everything, and many jobs at once, as their pages show them.

use serde::{Deserialize, Serialize};

use super::{
    Moment, Paging,
    dashboard::Labels,
    job::{PauseView, Preview, Schedule, ToleranceView, WindowView},
    monitoring::RuleForm,
    servers::LabelChoices,
    shown::Shown,
};
use crate::{
    ids::{GroupId, JobId, ServerId},
    verdict::Verdict,
};

/// Where the schedule of a job comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScheduleFrom {
    /// A person set it.
    Set,
    /// Duplicati told it.
    Told,
    /// It was learned from the runs.
    Learned,
    /// A person said that there is none.
    Never,
    /// Nothing is known yet.
    #[default]
    None,
}

impl ScheduleFrom {
    /// All of them, most trusted first.
    pub const ALL: [Self; 5] = [Self::Set, Self::Told, Self::Learned, Self::Never, Self::None];

    /// Its word in a URL and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Told => "told",
            Self::Learned => "learned",
            Self::Never => "never",
            Self::None => "none",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|from| from.as_str() == word)
    }
}

/// Column by which the list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SchedulesSort {
    /// State, worst first.
    #[default]
    State,
    /// Names of server and job.
    Name,
    /// The next slot, soonest first; jobs without one are last.
    Next,
}

impl SchedulesSort {
    /// Every column.
    pub const ALL: [Self; 3] = [Self::State, Self::Name, Self::Next];

    /// Its word in a URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Name => "name",
            Self::Next => "next",
        }
    }

    /// The column of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == word)
    }
}

/// Which jobs are wanted. Every part is in the URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct SchedulesQuery {
    /// Occurs in the name or the alias of the job or its server.
    pub text: String,
    /// Their verdict.
    pub state: Option<Verdict>,
    /// Where their schedule comes from.
    pub source: Option<ScheduleFrom>,
    /// The group of their server.
    pub group: String,
    /// Their tag, or that of their server.
    pub tag: String,
    /// Column by which they are sorted.
    pub sort: SchedulesSort,
    /// The other way round.
    pub descending: bool,
    /// Page, from 1.
    pub page: i64,
}

/// Characters of a filter.
const TEXT: usize = 200;

impl SchedulesQuery {
    /// From the words of a URL; what cannot be read is as if it was not there.
    pub fn from_words(word: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| word(name).unwrap_or_default().trim().chars().take(TEXT).collect::<String>();
        Self {
            text: text("text"),
            state: text("state").parse().ok(),
            source: ScheduleFrom::from_word(&text("source")),
            group: text("group"),
            tag: text("tag"),
            sort: SchedulesSort::from_word(&text("sort")).unwrap_or_default(),
            descending: text("dir") == "desc",
            page: text("page").parse().unwrap_or(1),
        }
    }

    /// Its words in a URL; what is not asked for is empty.
    pub fn words(&self) -> [(&'static str, String); 8] {
        let Self { text, state, source, group, tag, sort, descending, page } = self;
        [
            ("text", text.clone()),
            ("state", state.map(|state| state.as_str().to_owned()).unwrap_or_default()),
            ("source", source.map(|source| source.as_str().to_owned()).unwrap_or_default()),
            ("group", group.clone()),
            ("tag", tag.clone()),
            ("sort", if *sort == SchedulesSort::State { String::new() } else { sort.as_str().to_owned() }),
            ("dir", if *descending { "desc".to_owned() } else { String::new() }),
            ("page", if *page > 1 { page.to_string() } else { String::new() }),
        ]
    }

    /// Whether any job is left out.
    pub fn is_filtered(&self) -> bool {
        let Self { text, state, source, group, tag, .. } = self;
        !(text.is_empty() && group.is_empty() && tag.is_empty()) || state.is_some() || source.is_some()
    }
}

/// A job in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleRow {
    /// The job.
    pub job: JobId,
    /// Its alias, or its name.
    pub job_name: String,
    /// Its server.
    pub server: ServerId,
    /// The server's alias, or its name.
    pub server_name: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// When it should run, and how that is known; `next` is the slot that is awaited.
    pub schedule: Schedule,
    /// How long after that a good run may be unknown.
    pub tolerance: ToleranceView,
    /// When it is overdue.
    pub due: Option<Moment>,
    /// Whether it is paused or archived.
    pub is_paused: bool,
    /// Until when it is paused; nothing: until somebody resumes it.
    pub paused_until: Option<Moment>,
    /// Its last good run.
    pub last_good: Option<Moment>,
    /// Its runs.
    pub runs: i64,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulesPage {
    /// When it was asked for.
    pub now: Moment,
    /// The jobs.
    pub rows: Vec<ScheduleRow>,
    /// Which page of how many.
    pub paging: Paging,
    /// Groups and tags to choose from.
    pub labels: Labels,
    /// Groups for which something can be set.
    pub groups: Vec<(GroupId, String)>,
    /// Jobs that can be changed at once.
    pub at_once: i64,
}

impl Shown for SchedulesPage {
    fn now(&self) -> Moment {
        self.now
    }
}

/// For what something is set that is wider than a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Defaults {
    /// Everything.
    #[default]
    Site,
    /// The servers of a group.
    Group(GroupId),
    /// The jobs of a server.
    Server(ServerId),
}

impl Defaults {
    /// The path of the page where it is set.
    pub fn path(self) -> String {
        match self {
            Self::Site => "/settings/schedules/all".to_owned(),
            Self::Group(group) => format!("/groups/{group}"),
            Self::Server(server) => format!("/servers/{server}/schedule"),
        }
    }
}

/// What is asked of the page of a group, a server or everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct DefaultsQuery {
    /// For what it is set.
    pub of: Defaults,
    /// What is tried before it is set.
    pub form: Option<RuleForm>,
}

/// What is set for a group, a server or everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultsPage {
    /// When it was asked for.
    pub now: Moment,
    /// For what it is set.
    pub of: Defaults,
    /// Its name; nothing for everything.
    pub name: String,
    /// Jobs that it concerns.
    pub jobs: i64,
    /// Its servers.
    pub servers: i64,
    /// The group of the server.
    pub group: Option<(GroupId, String)>,
    /// What is set now, as the form has it.
    pub form: RuleForm,
    /// The zone where none is set.
    pub zone: String,
    /// What was tried.
    pub preview: Option<Preview>,
    /// The checks: their word, and whether they are switched off here.
    pub checks: Vec<(String, bool)>,
    /// Pauses in force, of it and of what is wider.
    pub pauses: Vec<PauseView>,
    /// Maintenance windows that are ahead, of it and of what is wider.
    pub windows: Vec<WindowView>,
}

/// Jobs that are changed at once: some, or all that a filter lets pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ChosenQuery {
    /// The jobs.
    pub jobs: Vec<JobId>,
    /// All that this lets pass, in place of them.
    pub all: Option<SchedulesQuery>,
    /// What is tried before it is set.
    pub form: Option<RuleForm>,
}

/// Jobs that are changed at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenPage {
    /// When it was asked for.
    pub now: Moment,
    /// The jobs.
    pub jobs: Vec<JobId>,
    /// The names of the first of them: server, job.
    pub names: Vec<(String, String)>,
    /// The servers that they are of.
    pub servers: Vec<ServerId>,
    /// How many of them are paused by themselves.
    pub paused: i64,
    /// What is in the form.
    pub form: RuleForm,
    /// The zone where none is set.
    pub zone: String,
    /// What was tried.
    pub preview: Option<Preview>,
    /// Names of groups and tags that exist.
    pub choices: LabelChoices,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[(&str, &str)]) -> SchedulesQuery {
        SchedulesQuery::from_words(|name| {
            words.iter().find(|(known, _)| *known == name).map(|(_, word)| (*word).to_owned())
        })
    }

    #[test]
    fn every_filter_survives_the_url() {
        let words = [
            ("text", "müller & söhne"),
            ("state", "late"),
            ("source", "learned"),
            ("group", "A=B"),
            ("tag", "off-site"),
            ("sort", "next"),
            ("dir", "desc"),
            ("page", "3"),
        ];
        assert_eq!(read(&words).words(), words.map(|(name, word)| (name, word.to_owned())));
        assert!(read(&words).is_filtered());
        for (name, word) in words.into_iter().take(5) {
            assert!(read(&[(name, word)]).is_filtered(), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_there() {
        let query =
            read(&[("state", "splendid"), ("source", "x"), ("sort", "x"), ("page", "-"), ("text", " ")]);
        assert_eq!(query, SchedulesQuery { page: 1, ..SchedulesQuery::default() });
        assert!(query.words().iter().all(|(_, word)| word.is_empty()));
        assert!(!query.is_filtered());
    }
}
