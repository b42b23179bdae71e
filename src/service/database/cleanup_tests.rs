use diesel::prelude::*;
use proptest::prelude::*;

use super::*;
use crate::{
    access::Role,
    db::{
        Connection,
        schema::{backups, operations, raw_reports},
        tables::{audit::AuditRecord, jobs, settings as setting_rows},
    },
    dto::database::{Retention, RetentionRule, RulePreview},
    service::{
        database::{clear_rule, preview_rule, rules, set_rule},
        settings,
        testing::{
            NOON, TestResult,
            accounts::{member, trail},
            check_totals, report, send, services, services_in,
        },
    },
    time::Timestamp,
};

const ROOT: Actor = Actor::CommandLine;
const DAY: i64 = 86_400;

fn begin(days_ago: i64) -> String {
    Timestamp::from_unix(NOON - days_ago * DAY).to_string()
}

async fn run_of(services: &Services, job: &str, days_ago: i64) -> TestResult {
    let mut sent = report(&begin(days_ago), "Success");
    sent["Extra"]["backup-name"] = json!(job);
    send(services, sent).await?;
    Ok(())
}

fn request(days: i64, keep_last: i64) -> CleanupRequest {
    CleanupRequest { days: Some(days), keep_last: Some(keep_last), ..CleanupRequest::default() }
}

async fn starts(services: &Services) -> Result<Vec<String>, Error> {
    let query = backups::table.order(backups::start_time.desc()).select(backups::start_time);
    Ok(services.db.read(move |conn| Ok(query.load(conn)?)).await?)
}

async fn count_raw(services: &Services) -> Result<i64, Error> {
    Ok(services.db.read(|conn| Ok(raw_reports::table.count().get_result(conn)?)).await?)
}

async fn last(services: &Services) -> Result<AuditRecord, Box<dyn std::error::Error>> {
    Ok(trail(services).await?.pop().ok_or("nothing was recorded")?)
}

#[tokio::test]
async fn runs_go_by_when_they_began_and_take_all_of_theirs_along() -> TestResult {
    let (_folder, services) = services()?;
    // All of them arrive today.
    for days_ago in [0, 10, 89, 90, 91, 200, 400] {
        run_of(&services, "Documents", days_ago).await?;
    }
    let mut other = report(&begin(100), "Success");
    other["Data"]["MainOperation"] = json!("Compact");
    other["Extra"]["OperationName"] = json!("Compact");
    send(&services, other).await?;
    let dry = cleanup(&services, &ROOT, CleanupRequest { dry_run: true, ..request(90, 0) }).await?;
    assert_eq!((dry.runs, dry.operations, dry.dry_run, starts(&services).await?.len()), (3, 1, true, 7));
    assert_eq!((dry.jobs[0].oldest.to_string(), dry.jobs[0].newest.to_string()), (begin(400), begin(91)));
    assert!(trail(&services).await?.is_empty(), "nothing was changed");

    let done = cleanup(&services, &ROOT, request(90, 0)).await?;
    assert_eq!((done.runs, done.operations, done.jobs), (3, 1, dry.jobs));
    assert_eq!(starts(&services).await?, [0, 10, 89, 90].map(begin), "the 90th day is kept as a whole");
    assert_eq!(count_raw(&services).await?, 4);
    let left: i64 = services.db.read(|conn| Ok(operations::table.count().get_result(conn)?)).await?;
    assert_eq!(left, 0);
    check_totals(&services).await?;
    let entry = last(&services).await?;
    assert_eq!((entry.action.as_str(), entry.actor_kind.as_str()), ("database.cleanup", "command_line"));
    assert!(entry.after.as_deref().is_some_and(|after| after.contains("\"runs\":3")), "{entry:?}");
    let at = services.db.read(|conn| setting_rows::get(conn, setting_rows::LAST_CLEANUP)).await?;
    assert_eq!(at, Some(services.clock.now().to_string()));
    Ok(())
}

#[tokio::test]
async fn the_last_runs_of_each_job_stay_however_old() -> TestResult {
    let (_folder, services) = services()?;
    for days_ago in [100, 101, 102, 103, 104, 105] {
        run_of(&services, "ended", days_ago).await?;
    }
    for days_ago in [1, 200, 201] {
        run_of(&services, "goes on", days_ago).await?;
    }
    let before = services.db.read(|conn| jobs::all(conn, None)).await?;
    let done = cleanup(&services, &ROOT, request(90, 2)).await?;
    assert_eq!(done.runs, 5);
    let kept: Vec<(&str, i64, i64)> =
        done.jobs.iter().map(|job| (job.job.as_str(), job.runs, job.kept)).collect();
    assert_eq!(kept, [("ended", 4, 2), ("goes on", 1, 1)]);
    assert_eq!(starts(&services).await?, [1, 100, 101, 200].map(begin));
    let after = services.db.read(|conn| jobs::all(conn, None)).await?;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.summary.last_start, before.summary.last_start);
        assert_eq!(after.state, before.state, "what is known of its schedule stays");
    }
    check_totals(&services).await?;
    cleanup(&services, &ROOT, request(90, 0)).await?;
    assert_eq!(starts(&services).await?, [1, 100].map(begin), "the newest good run of each job stays");
    let ended = services.db.read(|conn| jobs::all(conn, None)).await?.remove(0);
    assert_eq!(ended.state, before[0].state);
    check_totals(&services).await
}

#[tokio::test]
async fn rules_of_jobs_and_servers_come_before_those_of_the_site() -> TestResult {
    let (_folder, services) = services()?;
    for job in ["a", "b", "c"] {
        for days_ago in [1, 20, 50, 100] {
            run_of(&services, job, days_ago).await?;
        }
    }
    let rule = |job: Option<&str>, days| RetentionRule {
        server: "nas".into(),
        job: job.map(Into::into),
        retention: Retention { days, keep_last: 0 },
    };
    assert_eq!(clean_up_by_rules(&services, &Actor::System).await?.runs, 0, "off until it is chosen");
    assert!(trail(&services).await?.is_empty(), "and nothing to tell");
    set_rule(&services, &ROOT, rule(Some("a"), Some(10))).await?;
    set_rule(&services, &ROOT, rule(Some("b"), Some(5))).await?;
    set_rule(&services, &ROOT, rule(Some("b"), None)).await?;
    assert_eq!(rules(&services, &ROOT).await?, [rule(Some("a"), Some(10)), rule(Some("b"), None)]);
    let going = preview_rule(
        &services,
        &ROOT,
        (Some("nas".into()), Some("c".into())),
        Some(rule(None, Some(60)).retention),
    );
    assert_eq!(going.await?, RulePreview { now: 0, then: 1 }, "of job c");
    assert_eq!(clean_up_by_rules(&services, &Actor::System).await?.runs, 3, "job a");
    settings::adjust(&services, &ROOT, |settings| {
        settings.retention_days = Some(60);
        settings.retention_keep_last = 0;
    })
    .await?;
    assert_eq!(clean_up_by_rules(&services, &Actor::System).await?.runs, 1, "the oldest of job c");
    set_rule(&services, &ROOT, rule(None, Some(30))).await?;
    assert_eq!(clean_up_by_rules(&services, &Actor::System).await?.runs, 1, "another of job c");
    // A request for the whole site does not affect jobs with a rule; a request for the job does.
    assert_eq!(cleanup(&services, &ROOT, request(2, 0)).await?.runs, 0);
    let of_server = CleanupRequest { server: Some("nas".into()), ..request(2, 0) };
    assert_eq!(cleanup(&services, &ROOT, of_server.clone()).await?.runs, 1, "job c, and not b");
    let of_job = CleanupRequest { job: Some("b".into()), ..of_server };
    let undecided = CleanupRequest { days: None, keep_last: None, ..of_job.clone() };
    assert_eq!(cleanup(&services, &ROOT, undecided).await?.runs, 0, "its rule says for ever");
    assert_eq!(cleanup(&services, &ROOT, of_job).await?.runs, 3);
    clear_rule(&services, &ROOT, "nas".into(), Some("b".into())).await?;
    assert_eq!(rules(&services, &ROOT).await?.len(), 2);
    check_totals(&services).await
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_others_may_not() -> TestResult {
    let (_folder, services) = services()?;
    run_of(&services, "a", 100).await?;
    for wrong in [request(0, 0), request(-1, 0), request(i64::MAX, 0), request(1, -1)] {
        let refused = cleanup(&services, &ROOT, wrong).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    }
    let job_alone = CleanupRequest { job: Some("a".into()), ..request(1, 0) };
    assert!(matches!(cleanup(&services, &ROOT, job_alone).await, Err(Error::Invalid { field: "job", .. })));
    let nowhere = CleanupRequest { server: Some("none".into()), ..request(1, 0) };
    assert!(matches!(cleanup(&services, &ROOT, nowhere).await, Err(Error::NotFound)));
    let operator = member(&services, "op", Role::Operator).await?;
    assert!(matches!(cleanup(&services, &operator, request(1, 0)).await, Err(Error::Forbidden)));
    assert!(matches!(rules(&services, &operator).await, Err(Error::Forbidden)));
    assert_eq!(starts(&services).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn space_goes_back_to_the_file_system() -> TestResult {
    let (_folder, services) = services()?;
    for days_ago in 0..200 {
        let mut sent = report(&begin(days_ago), "Warning");
        let line =
            |number: i64| format!("2026-11-23 02:00:00 +00 - [Warning-A-B]: {number} {days_ago} {:>400}", 7);
        sent["LogLines"] = (0..40).map(line).collect();
        send(&services, sent).await?;
    }
    let pages = |conn: &mut Connection| crate::db::engine::connection::pragma(conn, "page_count");
    let before = services.db.read(pages).await?;
    let done = cleanup(&services, &ROOT, request(10, 0)).await?;
    let after = services.db.read(pages).await?;
    assert_eq!(done.runs, 189);
    assert!(done.returned > 0 && done.returned == (before - after) * 16_384, "{done:?} {before} {after}");
    assert_eq!(services.db.read(retention::free_pages).await?, 0);
    check_totals(&services).await
}

#[tokio::test]
async fn reports_go_on_arriving_meanwhile() -> TestResult {
    let (_folder, services) = services()?;
    for days_ago in 0..300 {
        run_of(&services, ["a", "b", "c"][usize::try_from(days_ago)? % 3], days_ago).await?;
    }
    let cleaning = tokio::spawn({
        let services = services.clone();
        async move { cleanup(&services, &ROOT, request(30, 0)).await }
    });
    // Some of them are on days that are deleted.
    for number in 0..40 {
        run_of(&services, ["a", "b", "d"][usize::try_from(number)? % 3], number * 2).await?;
    }
    let done = cleaning.await??;
    assert!(done.runs >= 269, "{done:?}");
    check_totals(&services).await?;
    cleanup(&services, &ROOT, request(30, 0)).await?;
    check_totals(&services).await?;
    let oldest = starts(&services).await?.pop().ok_or("nothing left")?;
    assert_eq!(oldest, begin(30));
    Ok(())
}

async fn check_random(runs: Vec<(usize, i64, &'static str)>, days: i64, keep_last: i64) -> TestResult {
    let (_folder, services) = services_in(Zone::named("Europe/Berlin")?)?;
    for (job, hours, status) in runs {
        let mut sent = report(&Timestamp::from_unix(NOON - hours * 3600).to_string(), status);
        sent["Extra"]["backup-name"] = json!(["a", "b"][job]);
        send(&services, sent).await?;
    }
    let starts_of = |services: Services| async move { starts(&services).await };
    let before = starts_of(services.clone()).await?;
    let done = cleanup(&services, &ROOT, request(days, keep_last)).await?;
    let after = starts_of(services.clone()).await?;
    assert_eq!(before.len() - after.len(), usize::try_from(done.runs)?);
    check_totals(&services).await
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn totals_after_a_clean_up_equal_a_rebuild(
        runs in prop::collection::vec(
            (0..2_usize, 0..1500_i64, prop::sample::select(vec!["Success", "Warning", "Error", "Fatal"])),
            1..120,
        ),
        days in 1..60_i64,
        keep_last in 0..45_i64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        if let Err(error) = runtime.block_on(check_random(runs, days, keep_last)) {
            return Err(TestCaseError::fail(error.to_string()));
        }
    }
}
