//! What the program does from time to time.

use serde::{Deserialize, Serialize};

use crate::dto::Moment;

/// What came of a task's last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskResult {
    /// It did what it should.
    Ok,
    /// It could not.
    Failed,
    /// The program ended while it ran.
    Interrupted,
}

impl TaskResult {
    /// The word in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The result of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Ok, Self::Failed, Self::Interrupted].into_iter().find(|result| result.as_str() == word)
    }
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskState {
    /// Its name.
    pub name: String,
    /// Whether it deletes for good what somebody may miss.
    #[serde(default)]
    pub deletes: bool,
    /// Whether it runs by itself.
    pub enabled: bool,
    /// When it runs: `daily 03:10`, `every 6h`.
    pub schedule: String,
    /// When it would run if nobody had chosen.
    pub usual_schedule: String,
    /// When it runs next; none when it does not run by itself.
    pub next_run: Option<Moment>,
    /// When its last run began.
    pub last_run: Option<Moment>,
    /// How long that took: milliseconds.
    pub last_duration: Option<i64>,
    /// What came of it.
    pub last_result: Option<TaskResult>,
    /// What it did, or why it could not.
    pub last_message: Option<String>,
    /// Since when it runs, if it does now.
    pub running_since: Option<Moment>,
    /// It should have run some time ago and did not: no server is running, or another task takes long.
    pub overdue: bool,
}

/// A run that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRun {
    /// Name of the task.
    pub name: String,
    /// What came of it.
    pub result: TaskResult,
    /// What it did, or why it could not.
    pub message: String,
    /// How long that took: milliseconds.
    pub duration: i64,
}

/// What is to change of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskChange {
    /// Whether it is to run by itself.
    pub enabled: Option<bool>,
    /// When it is to run: `daily 03:10`, `every 6h`, or nothing for the usual time.
    pub schedule: Option<String>,
}
