//! What the program does from time to time, as administrators see and change it.

use duplistatus::dto::{Moment, database::TaskState};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::wire::Wire;
use crate::error::ApiError;

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TasksPage {
    /// When it was asked for.
    pub now: Moment,
    /// All tasks.
    pub tasks: Vec<TaskState>,
}

/// All tasks with their last and next runs.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "tasks", input = Wire, output = Wire)]
pub async fn show_tasks() -> Result<TasksPage, ApiError> {
    let (services, actor) = super::context()?;
    let tasks = duplistatus::service::tasks::list(&services, &actor).await?;
    Ok(TasksPage { now: actor.zone(&services).moment(services.clock.now()), tasks })
}

/// Begins a task now. Answers with the page, which says what comes of it.
///
/// # Errors
/// [`ApiError::Invalid`] when it runs already.
#[server(prefix = "/api/fn", endpoint = "run_task")]
pub async fn run_task(name: String) -> Result<(), ApiError> {
    let (services, actor) = super::context()?;
    duplistatus::service::tasks::begin_now(&services, &actor, &name).await?;
    leptos_axum::redirect(&crate::base_path::use_base_path().url("/settings/tasks"));
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
    let (services, actor) = super::context()?;
    let change = TaskChange { enabled: Some(enabled), schedule: Some(schedule) };
    duplistatus::service::tasks::change(&services, &actor, &name, change).await?;
    leptos_axum::redirect(&crate::base_path::use_base_path().url("/settings/tasks?done=changed"));
    Ok(())
}
