//! Old runs are deleted in steps, and the sums of their jobs are updated.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use serde_json::json;

use super::{
    cleanup,
    protected_runs_tests::{begin, request, run, starts},
};
use crate::{
    db::{
        StoreError,
        schema::{backups, jobs as job_rows},
        tables::{
            jobs::{self, Summary},
            retention::{self, RunAge},
        },
    },
    ids::{JobId, ServerId},
    service::{
        Actor,
        testing::{NOON, TestResult, check_totals, send, services},
    },
    time::Timestamp,
};

const ROOT: Actor = Actor::CommandLine;

#[tokio::test]
async fn runs_that_are_another_jobs_by_now_stay() -> TestResult {
    let (_folder, services) = services()?;
    for days_ago in [1, 100, 101] {
        send(&services, run(days_ago, "Success", json!(1))).await?;
    }
    let found = services.db.read(|conn| retention::oldest(conn, None, &begin(90), 10)).await?;
    assert_eq!(found.len(), 2);
    // Before they are deleted, two move to another job, as in a merge, and one changes.
    let zone = services.zone.clone();
    let until = Instant::now() + Duration::from_secs(60);
    let done = services
        .db
        .write(move |tx| {
            let server: i64 = job_rows::table.select(job_rows::server_id).first(tx.conn)?;
            let now = Timestamp::from_unix(NOON);
            let other = jobs::find_or_create(tx.conn, ServerId(server), "Other", None, now)?;
            diesel::update(backups::table.find(found[0].id))
                .set(backups::job_id.eq(other.id.0))
                .execute(tx.conn)?;
            let another = RunAge { start: begin(300), ..found[1].clone() };
            let none = RunAge { job: JobId(77).0, ..found[1].clone() };
            retention::delete_aged(tx, &zone, &[found[0].clone(), another, none], until)
        })
        .await?;
    assert_eq!((done.looked_at, done.runs), (3, 0));
    assert_eq!(starts(&services).await?.len(), 3);
    Ok(())
}

/// A step processes at least one run, and ends when its time is up, so that reports do not wait long.
#[tokio::test]
async fn a_step_ends_when_its_time_is_up() -> TestResult {
    for (seconds, runs) in [(0, 1), (60, 3)] {
        let (_folder, services) = services()?;
        for days_ago in 0..8 {
            send(&services, run(days_ago, "Success", json!(1))).await?;
        }
        let zone = services.zone.clone();
        let (aged, whole) = services
            .db
            .write(move |tx| {
                let until = Instant::now() + Duration::from_secs(seconds);
                let found = retention::oldest(tx.conn, None, &begin(4), 10)?;
                let aged = retention::delete_aged(tx, &zone, &found, until)?;
                let job = jobs::all(tx.conn, None)?.remove(0).job_ref();
                let until = Instant::now() + Duration::from_secs(seconds);
                Ok((aged, retention::delete_runs(tx, &zone, job, &begin(0), 3, until)?))
            })
            .await?;
        assert_eq!((aged.looked_at, aged.runs, whole), (usize::try_from(runs)?, runs, runs));
        check_totals(&services).await?;
    }
    Ok(())
}

/// Sums are only decremented if everything else shown comes from newer runs.
#[tokio::test]
async fn sums_are_right_after_the_oldest_of_the_runs_that_are_shown_went() -> TestResult {
    for days in [28, 29, 30, 31] {
        let (_folder, services) = services()?;
        for days_ago in 0..40 {
            send(&services, run(days_ago, "Success", json!(1))).await?;
        }
        let done = cleanup(&services, &ROOT, request(days, 0)).await?;
        assert_eq!(done.runs, 39 - days);
        check_totals(&services).await?;
    }
    Ok(())
}

/// Nothing can be subtracted from a saturated sum.
#[tokio::test]
async fn a_sum_that_is_too_large_stays_so_when_small_parts_of_it_go() -> TestResult {
    let (_folder, services) = services()?;
    for days_ago in (0..40).rev() {
        let mut sent = run(days_ago, "Success", json!(1));
        let huge = days_ago < 2;
        sent["Data"]["BackendStatistics"]["BytesUploaded"] = json!(if huge { i64::MAX / 2 + 1 } else { 50 });
        send(&services, sent).await?;
    }
    let uploaded = |summary: &Summary| summary.uploaded_total;
    let sum = async || -> Result<i64, StoreError> {
        let all = services.db.read(|conn| jobs::all(conn, None)).await?;
        Ok(all.first().map(|job| uploaded(&job.summary)).unwrap_or_default())
    };
    assert_eq!(sum().await?, i64::MAX);
    assert_eq!(cleanup(&services, &ROOT, request(35, 0)).await?.runs, 4);
    assert_eq!(sum().await?, i64::MAX);
    check_totals(&services).await
}
