//! Texts of messages, as people change them.

use serde::{Deserialize, Serialize};

use super::channel::KINDS;
use crate::topic::Topic;

/// The longest title of a template: characters.
pub const TITLE: usize = 200;
/// The longest text of a template: characters.
pub const BODY: usize = 2_000;
/// The title of a message about one job, unless somebody changed it.
pub const DEFAULT_TITLE: &str = "{event}: {server_name} / {backup_name}";
/// Its text.
pub const DEFAULT_BODY: &str = "{details}";

/// The title of a message about several jobs, and of a digest, unless somebody changed it.
pub const DEFAULT_SUMMARY: &str = "{summary}";

/// What a text is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TemplateTopic {
    /// Of a message about one job.
    Job(Topic),
    /// Of a message about several jobs.
    List,
    /// Of a digest.
    Digest,
}

impl TemplateTopic {
    /// All of them, in the order of lists. Messages about this program have their own texts.
    pub const ALL: [Self; 7] = [
        Self::Job(Topic::Stuck),
        Self::Job(Topic::Failed),
        Self::Job(Topic::Late),
        Self::Job(Topic::Check),
        Self::Job(Topic::Recovered),
        Self::List,
        Self::Digest,
    ];

    /// Its word: `"failed"`, `"list"`, `"digest"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Job(topic) => topic.as_str(),
            Self::List => "list",
            Self::Digest => "digest",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == word)
    }

    /// The names that can stand in braces.
    #[must_use]
    pub const fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Job(_) => &VARIABLES,
            Self::List => &["summary", "event", "server_name", "details", "count", "link"],
            Self::Digest => &[
                "summary",
                "details",
                "now",
                "period",
                "digest_name",
                "frequency",
                "group_name",
                "period_start",
                "period_end",
                "job_count",
                "attention_count",
                "link",
            ],
        }
    }

    /// Title and text, unless somebody changed them.
    #[must_use]
    pub const fn default_text(self) -> (&'static str, &'static str) {
        match self {
            Self::Job(_) => (DEFAULT_TITLE, DEFAULT_BODY),
            Self::List | Self::Digest => (DEFAULT_SUMMARY, DEFAULT_BODY),
        }
    }
}

/// The names that can stand in braces in a text about one job. Those from `status` on are the ones of the Node application.
pub const VARIABLES: [&str; 32] = [
    "event",
    "server_name",
    "backup_name",
    "details",
    "since",
    "error",
    "last_success",
    "link",
    "status",
    "backup_date",
    "duration",
    "file_count",
    "file_size",
    "uploaded_size",
    "storage_size",
    "available_versions",
    "messages_count",
    "warnings_count",
    "errors_count",
    "log_text",
    "last_backup_date",
    "last_elapsed",
    "expected_date",
    "expected_elapsed",
    "backup_interval",
    "overdue_tolerance",
    "server_id",
    "server_alias",
    "server_note",
    "server_url",
    "backup_interval_value",
    "backup_interval_type",
];

/// Which text is shown, or is changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateQuery {
    /// What the text is of.
    pub topic: TemplateTopic,
    /// The kind of channel, one of [`KINDS`]; empty: all kinds.
    pub kind: String,
    /// What was typed and is previewed, by the token under which it is kept.
    pub draft: String,
}

impl Default for TemplateQuery {
    fn default() -> Self {
        Self { topic: TemplateTopic::Job(Topic::Failed), kind: String::new(), draft: String::new() }
    }
}

impl TemplateQuery {
    /// Whether there is such a kind of channel.
    pub fn has_kind(&self) -> bool {
        self.kind.is_empty() || KINDS.contains(&self.kind.as_str())
    }
}

/// What a form sends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateForm {
    /// The word of a [`TemplateTopic`].
    pub topic: String,
    /// The kind of channel; empty: all kinds.
    pub kind: String,
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
}

/// The text that is shown, what it becomes, and what was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatesPage {
    /// Which one it is.
    pub query: TemplateQuery,
    /// What its form has.
    pub form: TemplateForm,
    /// Where that comes from.
    pub origin: Origin,
    /// Those that somebody changed: topic and kind.
    pub changed: Vec<(TemplateTopic, String)>,
    /// What it becomes.
    pub preview: Result<TemplatePreview, TemplateError>,
    /// What the import kept.
    pub imported: Vec<ImportedTemplate>,
}

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Somebody wrote it for this kind of channel.
    Own,
    /// Somebody wrote it for all kinds.
    AllKinds,
    /// It is as the program has it.
    Default,
    /// It is typed, and not saved.
    Draft,
}

/// A message that a template wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatePreview {
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// What its values are of: `"nas / photos"`, the name of a digest; `None`: made-up ones, because nothing of the topic happened yet.
    pub of: Option<String>,
}

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateError {
    /// There are no such variables.
    Unknown(Vec<String>),
    /// There is no title.
    NoTitle,
    /// It is longer than the limit: characters.
    TooLong(usize),
}

/// A text of the Node application that the import kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedTemplate {
    /// What it was called there: `"success"`.
    pub name: String,
    /// What it would be here.
    pub topics: Vec<Topic>,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Why it cannot be used, if it cannot.
    pub error: Option<TemplateError>,
}
