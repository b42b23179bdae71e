//! Random sequences of events; derived data must always match the runs.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    dto::database::CleanupRequest,
    service::{labels, servers as service_servers},
};

/// What may happen to a database. Add everything that deletes or moves runs.
#[derive(Debug, Clone)]
pub(in crate::service::database) enum Step {
    /// A report: new, late, a copy, or a corrected copy of an earlier one.
    Report {
        server: u8,
        job: u8,
        /// Hours since 2026-10-24T00:00:00Z; few, so that copies and a clock change occur.
        hour: i64,
        status: &'static str,
        size: Option<i64>,
        dry_run: bool,
        ended: Ended,
        as_text: bool,
        /// Hours until the next planned run.
        scheduled: Option<i64>,
    },
    /// Deletes the n-th known job.
    DeleteJob(usize),
    /// Deletes the n-th known server.
    DeleteServer(usize),
    /// Deletes runs older than this many days, except this many last ones of each job.
    CleanUp(i64, i64),
    /// Merges the servers.
    Merge,
    /// The n-th of the known servers, and its latest job, get or lose a group and tags.
    Label(usize, u8),
    /// The server's task that runs every minute.
    Settle,
    /// The rebuild of `db repair`.
    Rebuild,
    /// Sets the receiver's clock to this many seconds after noon.
    Clock(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let sent = (
        0..2_u8,
        0..3_u8,
        0..60_i64,
        prop::sample::select(vec!["Success", "Success", "Warning", "Error", "Fatal", "Odd"]),
        prop::option::of(0..1000_i64),
        (prop::bool::weighted(0.1), endings()),
        prop::bool::weighted(0.2),
        prop::option::weighted(0.2, 1..100_i64),
    )
        .prop_map(|(server, job, hour, status, size, (dry_run, ended), as_text, scheduled)| {
            Step::Report { server, job, hour, status, size, dry_run, ended, as_text, scheduled }
        });
    let one = prop_oneof![
        20 => sent,
        1 => (0..6_usize).prop_map(Step::DeleteJob),
        1 => (0..2_usize).prop_map(Step::DeleteServer),
        2 => (28..32_i64, 0..4_i64).prop_map(|(days, keep_last)| Step::CleanUp(days, keep_last)),
        1 => Just(Step::Merge),
        2 => (0..3_usize, 0..4_u8).prop_map(|(server, which)| Step::Label(server, which)),
        2 => Just(Step::Settle),
        1 => Just(Step::Rebuild),
        2 => (-7200..7200_i64).prop_map(Step::Clock),
    ];
    prop::collection::vec(one, 1..40)
}

pub(in crate::service::database) async fn take(services: &Services, step: Step) -> TestResult {
    match step {
        Step::Report { server, job, hour, status, size, dry_run, ended, as_text, scheduled } => {
            let begin = Timestamp::from_unix(1_792_800_000 + hour * 3600);
            let machine = format!("{server:032x}");
            let body = if as_text {
                text_report(&begin.to_string(), status)
                    .replace("Documents", &format!("Job {job}"))
                    .replace("0123456789abcdef0123456789abcdef", &machine)
            } else {
                let mut sent = report(&begin.to_string(), status);
                sent["Extra"]["backup-name"] = json!(format!("Job {job}"));
                sent["Extra"]["machine-id"] = json!(machine);
                sent["Extra"]["machine-name"] = json!(format!("machine {server}"));
                sent["Extra"]["next-scheduled-run"] =
                    json!(scheduled.map(|hours| begin.plus(hours * 3600).to_string()));
                sent["Data"]["Dryrun"] = json!(dry_run);
                sent["Data"]["SizeOfExaminedFiles"] = json!(size);
                sent["Data"]["BackendStatistics"]["BytesUploaded"] = json!(size);
                end(&mut sent, ended);
                sent.to_string()
            };
            send(services, body).await?;
        }
        Step::DeleteJob(number) => {
            let delete = move |conn: &mut Connection| -> Result<(), StoreError> {
                let known: Vec<i64> = jobs::table.select(jobs::id).load(conn)?;
                if let Some(id) = known.get(number) {
                    diesel::delete(jobs::table.find(id)).execute(conn)?;
                }
                Ok(())
            };
            services.db.write(move |tx| delete(tx.conn)).await?;
        }
        Step::DeleteServer(number) => {
            let delete = move |conn: &mut Connection| -> Result<(), StoreError> {
                let known: Vec<i64> = servers::table.select(servers::id).load(conn)?;
                if let Some(id) = known.get(number) {
                    diesel::delete(servers::table.find(id)).execute(conn)?;
                }
                Ok(())
            };
            services.db.write(move |tx| delete(tx.conn)).await?;
        }
        Step::CleanUp(days, keep_last) => {
            let request =
                CleanupRequest { days: Some(days), keep_last: Some(keep_last), ..CleanupRequest::default() };
            cleanup(services, &Actor::CommandLine, request).await?;
        }
        Step::Merge => {
            let known = service_servers::list(services, &Actor::CommandLine).await?;
            if let [one, two, ..] = known.as_slice() {
                service_servers::merge(services, &Actor::CommandLine, one.id, two.id).await?;
            }
        }
        Step::Label(number, which) => {
            let known = service_servers::list(services, &Actor::CommandLine).await?;
            let (group, tags) = match which {
                0 => ("", ""),
                1 => ("A", "x"),
                2 => ("B", "x, y"),
                _ => ("a", "Y"),
            };
            if let Some(server) = known.get(number) {
                labels::set_of_server(services, &Actor::CommandLine, server.id, group, tags).await?;
                if let Some(latest) = &server.latest {
                    labels::set_of_job(services, &Actor::CommandLine, latest.job_id, tags).await?;
                }
            }
        }
        Step::Settle => housekeeping::settle_site_days(services).await?,
        Step::Rebuild => {
            rebuild(services, &Actor::CommandLine).await?;
        }
        Step::Clock(seconds) => at(services, seconds),
    }
    Ok(())
}

async fn check(steps: Vec<Step>) -> TestResult {
    let (_folder, services) = services_in(Zone::named("Europe/Berlin")?)?;
    for step in steps {
        take(&services, step.clone()).await?;
        let found = findings(&services).await?;
        assert_eq!(found.discrepancies, [], "after {step:?}");
    }
    housekeeping::settle_site_days(&services).await?;
    assert_eq!(findings(&services).await?.count, 0);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_derived_is_what_the_runs_say(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        if let Err(error) = runtime.block_on(check(steps)) {
            return Err(TestCaseError::fail(error.to_string()));
        }
    }
}
