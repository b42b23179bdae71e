//! What the program does from time to time, as administrators see and change it.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::{Moment, database::TaskState};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{api::wire::Wire, error::ApiError};

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TasksPage {
    /// When it was asked for.
    pub now: Moment,
    /// All tasks.
    pub tasks: Vec<TaskState>,
    /// The task that somebody wants to run, and how much it would delete for good at this moment.
    pub question: Option<(String, i64)>,
}

/// All tasks with their last and next runs; and what a run of `wanted` would delete, where it deletes something.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "tasks", input = Wire, output = Wire)]
pub async fn show_tasks(wanted: Option<String>) -> Result<TasksPage, ApiError> {
    use duplistatus::service::tasks;
    let (services, actor) = crate::api::context()?;
    let tasks = tasks::list(&services, &actor).await?;
    let wanted = wanted.filter(|wanted| tasks.iter().any(|task| task.deletes && task.name == *wanted));
    let question = match wanted {
        Some(wanted) => tasks::losses(&services, &actor, &wanted).await?.map(|(count, _)| (wanted, count)),
        None => None,
    };
    Ok(TasksPage { now: actor.zone(&services).moment(services.clock().now()), tasks, question })
}

/// Begins a task now. Answers with the page, which says what comes of it. `at_most` is what somebody agreed to lose, as the
/// question said.
///
/// # Errors
/// [`ApiError::Invalid`] when it runs already, or would delete something that nobody agreed to.
#[server(prefix = "/api/fn", endpoint = "run_task")]
pub async fn run_task(name: String, #[server(default)] at_most: String) -> Result<(), ApiError> {
    use duplistatus::service::tasks;
    let (services, actor) = crate::api::context()?;
    tasks::agreed(&services, &actor, &name, crate::api::agreed_to(&at_most)?).await?;
    tasks::begin_now(&services, &actor, &name).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/settings/tasks"));
    Ok(())
}

/// Says whether and when a task runs by itself; without a schedule at its usual time. Answers with the page.
///
/// # Errors
/// [`ApiError::Invalid`] when the text is no schedule.
#[server(prefix = "/api/fn", endpoint = "change_task")]
pub async fn change_task(
    name: String,
    #[server(default)] enabled: bool,
    #[server(default)] schedule: String,
) -> Result<(), ApiError> {
    use duplistatus::dto::database::TaskChange;
    let (services, actor) = crate::api::context()?;
    let change = TaskChange { enabled: Some(enabled), schedule: Some(schedule) };
    duplistatus::service::tasks::change(&services, &actor, &name, change).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/settings/tasks?done=changed"));
    Ok(())
}
