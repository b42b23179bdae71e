//! Random sequences of reports: totals and summaries match the history.

use diesel::prelude::*;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    db::{
        schema::job_days,
        tables::days::{self, JobDay, SiteDayRow},
    },
    service::testing::{Ended, end},
    time::{Day, Timestamp},
    zone::Zone,
};

/// One report of a random sequence.
#[derive(Debug, Clone)]
struct Sent {
    job: u8,
    /// Hours since 2026-10-24T00:00:00Z; few, so that duplicates and a clock change occur.
    hour: i64,
    status: &'static str,
    uploaded: Option<i64>,
    size: Option<i64>,
    minutes: i64,
    dry_run: bool,
    as_text: bool,
}

fn reports() -> impl Strategy<Value = Vec<Sent>> {
    let one = (
        0..3_u8,
        0..60_i64,
        prop::sample::select(vec!["Success", "Success", "Warning", "Error", "Fatal", "Odd"]),
        prop::option::of(0..1000_i64),
        prop::option::of(0..1000_i64),
        0..2000_i64,
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(job, hour, status, uploaded, size, minutes, dry_run, as_text)| Sent {
            job,
            hour,
            status,
            uploaded,
            size,
            minutes,
            dry_run,
            as_text,
        });
    prop::collection::vec(one, 1..24)
}

/// Consecutive runs of one job, more than a summary covers; some arrive late or twice.
fn histories() -> impl Strategy<Value = Vec<Sent>> {
    let status =
        prop::sample::select(vec!["Success", "Success", "Success", "Warning", "Error", "Fatal", "Odd"]);
    let rehearsed = prop::bool::weighted(0.1);
    let one = (status, prop::option::of(0..1000_i64), rehearsed, prop::bool::weighted(0.1));
    let all = (prop::collection::vec((one, prop::bool::weighted(0.05)), 20..80), prop::bool::weighted(0.2));
    all.prop_map(|(runs, never_good)| {
        let mut sent: Vec<Sent> = Vec::new();
        for (((status, size, dry_run, as_text), late), hour) in runs.into_iter().zip(0..) {
            let status = if never_good && status != "Error" { "Fatal" } else { status };
            let run = Sent { job: 0, hour, status, uploaded: size, size, minutes: 1, dry_run, as_text };
            let place = if late { sent.len().saturating_sub(3) } else { sent.len() };
            sent.insert(place, run);
        }
        sent
    })
}

impl Sent {
    /// Size of the source, equal for all copies of a run.
    fn source(&self) -> i64 {
        1000 + self.hour * 10 + i64::from(self.job)
    }

    /// How it ended, equal for all copies of a run.
    fn ended(&self) -> Ended {
        match (self.hour * 7 + i64::from(self.job)) % 11 {
            1 => Ended::Stopped,
            2 => Ended::Partial,
            3 => Ended::Skipped,
            _ => Ended::ByItself,
        }
    }

    fn body(&self) -> String {
        let begin = Timestamp::from_unix(1_792_800_000 + self.hour * 3600);
        let (job, id) = (format!("Job {}", self.job), format!("DB-{}", self.job));
        // The text report lacks the figures that determine the outcome.
        if self.as_text && self.ended() == Ended::ByItself {
            return text_report(&begin.to_string(), self.status)
                .replace("Documents", &job)
                .replace("DB-1", &id)
                .replace("SizeOfExaminedFiles: 1000", &format!("SizeOfExaminedFiles: {}", self.source()));
        }
        let mut sent = report(&begin.to_string(), self.status);
        sent["Extra"]["backup-name"] = json!(job);
        sent["Extra"]["backup-id"] = json!(id);
        sent["Data"]["Dryrun"] = json!(self.dry_run);
        sent["Data"]["EndTime"] = json!(begin.plus(self.minutes * 60).to_string());
        sent["Data"]["Duration"] = json!(format!("{}:{:02}:00", self.minutes / 60, self.minutes % 60));
        sent["Data"]["SizeOfExaminedFiles"] = json!(self.size.map(|_| self.source()));
        sent["Data"]["BackendStatistics"]["BytesUploaded"] = json!(self.uploaded);
        end(&mut sent, self.ended());
        sent.to_string()
    }
}

/// All totals, and the summaries without what depends on a schedule.
type Totals = (Vec<JobDay>, Vec<SiteDayRow>, Vec<Summary>);

fn totals(conn: &mut crate::db::Connection) -> Result<Totals, StoreError> {
    let job_days =
        job_days::table.order((job_days::job_id, job_days::day)).select(JobDay::as_select()).load(conn)?;
    let site_days = days::site_days_since(conn, Day::from_number(0))?;
    let summaries = jobs::all(conn, None)?.into_iter().map(|job| job.summary).collect();
    Ok((job_days, site_days, summaries))
}

async fn check(sent: Vec<Sent>) -> TestResult {
    let zone = Zone::named("Europe/Berlin")?;
    let (_folder, services) = services_in(zone.clone())?;
    for sent in &sent {
        send(&services, sent.body()).await?;
    }
    let stored = services.db.read(totals).await?;
    let mut pairs: Vec<(u8, i64)> = sent.iter().map(|sent| (sent.job, sent.hour)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let runs: i64 = stored.2.iter().map(|summary| summary.run_count).sum();
    assert_eq!(usize::try_from(runs)?, pairs.len(), "a run is a job and a begin");
    services
        .db
        .write(move |tx| {
            days::rebuild(tx.conn, &zone)?;
            for job in jobs::all(tx.conn, None)? {
                assert_eq!(jobs::summarise(tx.conn, job.job_ref())?, job.summary);
            }
            Ok(())
        })
        .await?;
    assert_eq!(services.db.read(totals).await?, stored);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn totals_and_summaries_equal_a_rebuild_from_history(sent in reports()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        if let Err(error) = runtime.block_on(check(sent)) {
            return Err(TestCaseError::fail(error.to_string()));
        }
    }

    #[test]
    fn a_summary_carried_on_from_run_to_run_is_what_the_history_says(sent in histories()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        if let Err(error) = runtime.block_on(check(sent)) {
            return Err(TestCaseError::fail(error.to_string()));
        }
    }
}
