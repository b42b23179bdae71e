//! Schedules of all jobs.

use super::{Listed, Part};
use crate::{
    dto::schedules::{ScheduleRow, SchedulesQuery},
    error::Error,
    service::{Actor, Services, overview::schedules},
};

/// A part of the schedules, in the order of the query. Its page does not count.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn list(
    services: &Services,
    actor: &Actor,
    query: SchedulesQuery,
    part: Part,
) -> Result<Listed<ScheduleRow>, Error> {
    let rows = schedules::rows(services, actor, query, part.read(), part.skipped()).await?;
    Ok(Listed::of(part, rows, |_| part.counted()))
}
