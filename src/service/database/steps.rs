//! Long work in steps that are short enough not to delay reports.

use std::time::Instant;

use super::step_size::StepSize;
use crate::{
    db::{
        StoreError, Tx,
        engine::connection::pragma,
        tables::{operations, retention},
    },
    error::Error,
    ids::JobRef,
    service::Services,
    time::Timestamp,
    zone::Zone,
};

/// Steps over runs, small at first.
pub(in crate::service) fn of_runs() -> StepSize {
    StepSize::new(8, 400)
}

/// Steps over pages of the file.
pub(in crate::service) fn of_pages() -> StepSize {
    StepSize::new(16, 1024)
}

/// Deletes all runs of a job that began before a time.
pub(in crate::service) async fn delete_runs(
    services: &Services,
    zone: &Zone,
    job: JobRef,
    before: String,
    step_size: &mut StepSize,
) -> Result<i64, Error> {
    let zone = zone.clone();
    let step = move |tx: &mut Tx<'_>, limit: i64| {
        retention::delete_runs(tx, &zone, job, &before, limit, StepSize::deadline())
    };
    in_steps(services, step_size, step).await
}

/// Deletes all other operations of a job that began before a time.
pub(in crate::service) async fn delete_operations(
    services: &Services,
    job: JobRef,
    before: Timestamp,
    step_size: &mut StepSize,
) -> Result<i64, Error> {
    let step = move |tx: &mut Tx<'_>, limit: i64| {
        operations::delete_before(tx, job, before, limit, StepSize::deadline())
    };
    in_steps(services, step_size, step).await
}

/// Repeats a step until nothing is left to do; others write in between. Returns the amount of work
/// done.
pub(in crate::service) async fn in_steps<F>(
    services: &Services,
    step_size: &mut StepSize,
    step: F,
) -> Result<i64, Error>
where
    F: Fn(&mut Tx<'_>, i64) -> Result<i64, StoreError> + Clone + Send + 'static,
{
    let mut sum = 0;
    loop {
        let (step, limit) = (step.clone(), step_size.size());
        let (done, took) = services
            .db
            .write_unseen(move |tx| {
                let began = Instant::now();
                let done = step(tx, limit)?;
                Ok((done, began.elapsed()))
            })
            .await?;
        if done == 0 {
            return Ok(sum);
        }
        sum += done;
        step_size.learn(done, took);
        StepSize::rest(took).await;
    }
}

/// Returns free pages to the file system, step by step. Returns the number of bytes.
pub(in crate::service) async fn return_space(
    services: &Services,
    step_size: &mut StepSize,
) -> Result<i64, Error> {
    let (mut free, page_size) =
        services.db.read(|conn| Ok((retention::free_pages(conn)?, pragma(conn, "page_size")?))).await?;
    let mut returned = 0;
    while free > 0 {
        let pages = step_size.size();
        let (left, took) = services
            .db
            .write_unseen(move |tx| {
                let began = Instant::now();
                Ok((retention::return_pages(tx, pages)?, began.elapsed()))
            })
            .await?;
        let done = free - left;
        // Other writes used them meanwhile, or the file has no incremental vacuum.
        if done <= 0 {
            break;
        }
        returned += done;
        free = left;
        step_size.learn(done, took);
        StepSize::rest(took).await;
    }
    Ok(returned.saturating_mul(page_size))
}
