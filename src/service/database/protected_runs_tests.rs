//! A clean-up does not change what is shown of a job, however long it has been failing and whatever the rule.

use std::collections::BTreeMap;

use diesel::prelude::*;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    cleanup, set_rule,
    tests::random::{Step, take},
};
use crate::{
    db::{
        StoreError,
        schema::{backups, jobs as job_rows},
        tables::jobs::{self, Summary},
    },
    dto::database::{CleanupRequest, Retention, RetentionRule},
    service::{
        Actor, Services, servers,
        testing::{NOON, TestResult, at, check_totals, endings, report, send, services, services_in},
    },
    time::Timestamp,
    zone::Zone,
};

const ROOT: Actor = Actor::CommandLine;
const DAY: i64 = 86_400;

pub(super) fn begin(days_ago: i64) -> String {
    Timestamp::from_unix(NOON - days_ago * DAY).to_string()
}

pub(super) fn request(days: i64, keep_last: i64) -> CleanupRequest {
    CleanupRequest { days: Some(days), keep_last: Some(keep_last), ..CleanupRequest::default() }
}

/// Returns a report; without figures if `figures` is null.
pub(super) fn run(days_ago: i64, status: &str, figures: Value) -> Value {
    let mut sent = report(&begin(days_ago), status);
    sent["Data"]["SizeOfExaminedFiles"] = figures.clone();
    sent["Data"]["BackendStatistics"]["KnownFileSize"] = figures.clone();
    sent["Data"]["BackendStatistics"]["BackupListCount"] = figures.clone();
    sent["Data"]["BackendStatistics"]["FreeQuotaSpace"] = figures;
    sent
}

pub(super) async fn starts(services: &Services) -> Result<Vec<String>, StoreError> {
    let query = backups::table.order(backups::start_time.desc()).select(backups::start_time);
    services.db.read(move |conn| Ok(query.load(conn)?)).await
}

/// Returns what is shown of each job besides its history: everything but sums, recent runs and the number of
/// consecutive failures.
async fn shown(services: &Services) -> Result<BTreeMap<i64, Summary>, StoreError> {
    let all = services.db.read(|conn| jobs::all(conn, None)).await?;
    let shown = |summary: Summary| Summary {
        run_count: 0,
        uploaded_total: 0,
        failures: 0,
        recent: String::new(),
        ..summary
    };
    Ok(all.into_iter().map(|job| (job.id, shown(job.summary))).collect())
}

#[tokio::test]
async fn a_job_that_fails_for_longer_than_runs_are_kept_still_says_when_it_last_succeeded() -> TestResult {
    for keep_last in [0, 1, 4] {
        let (_folder, services) = services()?;
        for days_ago in 200..204 {
            send(&services, run(days_ago, "Success", json!(days_ago))).await?;
        }
        for days_ago in 0..200 {
            send(&services, run(days_ago, "Fatal", json!(0))).await?;
        }
        let before = shown(&services).await?;
        let job = before.values().next().ok_or("no job")?;
        assert_eq!(job.last_success_at, Some(begin(200)));
        assert_eq!(
            (job.files_size, job.versions, job.failing_since.clone()),
            (Some(200), Some(200), Some(begin(199)))
        );
        let dry =
            cleanup(&services, &ROOT, CleanupRequest { dry_run: true, ..request(90, keep_last) }).await?;
        let done = cleanup(&services, &ROOT, request(90, keep_last)).await?;
        assert_eq!((done.runs, done.jobs), (dry.runs, dry.jobs));
        assert_eq!(done.runs, 204 - 91 - 2, "the last good run stays, and the first that failed");
        assert_eq!(shown(&services).await?, before);
        let left = starts(&services).await?;
        assert_eq!((left.len(), &left[91..]), (93, &[begin(199), begin(200)][..]));
        check_totals(&services).await?;
        assert_eq!(cleanup(&services, &ROOT, request(90, keep_last)).await?.runs, 0, "and once more");
        assert_eq!(shown(&services).await?, before);
    }
    Ok(())
}

/// Without its last run, which failed, a job would seem OK.
#[tokio::test]
async fn the_last_run_of_a_job_stays_and_so_do_those_that_know_its_figures() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, run(130, "Success", json!(130))).await?;
    send(&services, run(120, "Success", json!(120))).await?;
    send(&services, run(110, "Warning", Value::Null)).await?;
    send(&services, run(105, "Error", json!(0))).await?;
    send(&services, run(100, "Fatal", json!(0))).await?;
    let before = shown(&services).await?;
    let job = before.values().next().ok_or("no job")?;
    assert_eq!((job.last_status.as_deref(), job.files_size), (Some("fatal"), Some(120)));
    assert_eq!(cleanup(&services, &ROOT, request(1, 0)).await?.runs, 1);
    assert_eq!(starts(&services).await?, [100, 105, 110, 120].map(begin));
    assert_eq!(shown(&services).await?, before);
    check_totals(&services).await
}

/// The run that arrived last determines when a job was last heard of.
#[tokio::test]
async fn the_run_that_was_reported_last_stays_however_long_ago_it_began() -> TestResult {
    let (_folder, services) = services()?;
    for days_ago in [1, 120] {
        send(&services, run(days_ago, "Success", json!(1))).await?;
    }
    at(&services, 3600);
    for days_ago in [100, 110] {
        send(&services, run(days_ago, "Success", json!(1))).await?;
    }
    let before = shown(&services).await?;
    let job = before.values().next().ok_or("no job")?;
    assert_eq!(job.last_report_at, Some(Timestamp::from_unix(NOON + 3600).to_string()));
    assert_eq!(cleanup(&services, &ROOT, request(90, 0)).await?.runs, 2);
    assert_eq!(starts(&services).await?, [1, 100].map(begin));
    assert_eq!(shown(&services).await?, before);
    check_totals(&services).await
}

#[tokio::test]
async fn a_rule_that_changes_meanwhile_holds_at_once() -> TestResult {
    let (_folder, services) = services()?;
    for days_ago in 0..400 {
        send(&services, run(days_ago, "Success", json!(1))).await?;
    }
    let rule =
        |days| RetentionRule { server: "nas".into(), job: None, retention: Retention { days, keep_last: 0 } };
    set_rule(&services, &ROOT, rule(Some(1))).await?;
    let cleaning = tokio::spawn({
        let services = services.clone();
        async move { super::clean_up_by_rules(&services, &Actor::System).await }
    });
    set_rule(&services, &ROOT, rule(None)).await?;
    let then = starts(&services).await?.len();
    let done = cleaning.await??;
    assert_eq!(starts(&services).await?.len(), then, "nothing went after the rule said “for ever”");
    assert_eq!(usize::try_from(done.runs)?, 400 - then);
    check_totals(&services).await
}

#[tokio::test]
async fn no_more_goes_than_was_agreed_to() -> TestResult {
    let (_folder, services) = services()?;
    for days_ago in [1, 100, 101, 102] {
        send(&services, run(days_ago, "Success", json!(1))).await?;
    }
    let agreed = |at_most| CleanupRequest { at_most: Some(at_most), ..request(90, 0) };
    let refused = cleanup(&services, &ROOT, agreed(2)).await;
    assert!(
        matches!(&refused, Err(crate::error::Error::Invalid { field: "at_most", hint }) if hint.starts_with("3 runs")),
        "{refused:?}"
    );
    assert_eq!(starts(&services).await?.len(), 4);
    assert_eq!(cleanup(&services, &ROOT, agreed(3)).await?.runs, 3);
    Ok(())
}

/// Reports and clean-ups in any order.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let sent = (
        (0..2_u8, 0..2_u8, 0..900_i64),
        prop::sample::select(vec!["Success", "Warning", "Error", "Fatal", "Fatal", "Fatal", "Odd"]),
        prop::option::of(0..1000_i64),
        (prop::bool::weighted(0.1), prop::bool::weighted(0.3), endings()),
        prop::option::weighted(0.2, 1..100_i64),
    )
        .prop_map(|((server, job, hour), status, size, (dry_run, as_text, ended), scheduled)| {
            Step::Report { server, job, hour, status, size, dry_run, ended, as_text, scheduled }
        });
    let clean = (1..31_i64, 0..6_i64).prop_map(|(days, keep_last)| Step::CleanUp(days, keep_last));
    prop::collection::vec(prop_oneof![12 => sent, 1 => clean], 1..150)
}

async fn check(steps: Vec<Step>) -> TestResult {
    let (_folder, services) = services_in(Zone::named("Europe/Berlin")?)?;
    for step in steps {
        let before = shown(&services).await?;
        if let Step::CleanUp(days, keep_last) = step {
            let count = starts(&services).await?.len();
            let dry = cleanup(&services, &ROOT, CleanupRequest { dry_run: true, ..request(days, keep_last) })
                .await?;
            take(&services, step.clone()).await?;
            assert_eq!(shown(&services).await?, before, "after {step:?}");
            let gone = count - starts(&services).await?.len();
            assert_eq!(usize::try_from(dry.runs)?, gone, "as the preview said, {step:?}");
            check_totals(&services).await?;
        } else {
            take(&services, step).await?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_shown_of_a_job_is_the_same_after_a_clean_up(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        if let Err(error) = runtime.block_on(check(steps)) {
            return Err(TestCaseError::fail(error.to_string()));
        }
    }
}

/// After a merge the rules of both servers still apply, to runs and to future jobs.
#[tokio::test]
async fn a_clean_up_after_a_merge_keeps_what_either_server_promised() -> TestResult {
    for (gone, kept) in [("one", "two"), ("two", "one")] {
        let (_folder, services) = services()?;
        for days_ago in [0, 20, 50, 100, 500] {
            for (server, job) in [("one", "a"), ("one", "both"), ("two", "b"), ("two", "both")] {
                // At different hours on the two servers.
                let mut sent = run(days_ago, "Success", json!(1));
                let start = Timestamp::from_unix(NOON - days_ago * DAY - i64::from(server == "two") * 3600);
                sent["Data"]["BeginTime"] = json!(start.to_string());
                sent["Data"]["EndTime"] = Value::Null;
                sent["Extra"]["machine-id"] = json!(server);
                sent["Extra"]["machine-name"] = json!(server);
                sent["Extra"]["backup-name"] = json!(job);
                send(&services, sent).await?;
            }
        }
        let rule = |server: &str, job: Option<&str>, days, keep_last| RetentionRule {
            server: server.into(),
            job: job.map(Into::into),
            retention: Retention { days, keep_last },
        };
        set_rule(&services, &ROOT, rule("one", None, Some(60), 1)).await?;
        set_rule(&services, &ROOT, rule("two", None, Some(30), 3)).await?;
        set_rule(&services, &ROOT, rule("one", Some("a"), None, 0)).await?;
        set_rule(&services, &ROOT, rule("two", Some("both"), Some(200), 0)).await?;
        let id = async |name| servers::find_by_name(&services, &ROOT, name).await;
        servers::merge(&services, &ROOT, id(gone).await?, id(kept).await?).await?;
        let mut rules = super::rules(&services, &ROOT).await?;
        rules.sort_by_key(|rule| rule.job.clone());
        let expected = [
            rule(kept, None, Some(60), 3),
            rule(kept, Some("a"), None, 0),
            rule(kept, Some("both"), Some(200), 3),
        ];
        // For the job "both", the other server's rule adds its number of last runs only where the job has none of
        // its own.
        let both = rules.iter().find(|rule| rule.job.as_deref() == Some("both")).ok_or("lost")?;
        assert_eq!(both.retention.days, Some(200));
        assert_eq!([&rules[0], &rules[1]], [&expected[0], &expected[1]], "{gone} into {kept}");
        super::clean_up_by_rules(&services, &Actor::System).await?;
        let left = services
            .db
            .read(|conn| {
                let all: Vec<(String, i64)> = job_rows::table
                    .order(job_rows::name)
                    .select((job_rows::name, job_rows::run_count))
                    .load(conn)?;
                Ok(all)
            })
            .await?;
        assert_eq!(left, [("a".to_owned(), 5), ("b".to_owned(), 3), ("both".to_owned(), 8)]);
        check_totals(&services).await?;
    }
    Ok(())
}
