//! What is stored beside the states: downtimes, facts, what a person closed.

use super::*;
use crate::{
    db::tables::noticing::{accepted, downtimes, facts},
    noticing::{settings::Span, state::Problem},
    report::Level,
    service::{
        Actor,
        noticing::{
            evaluator::{complete, judge},
            incidents::{Act, handle},
        },
    },
};

async fn sql(services: &Services, sql: &'static str) -> TestResult {
    use diesel::connection::SimpleConnection as _;
    Ok(services.db.write(move |tx| Ok(tx.conn.batch_execute(sql)?)).await?)
}

async fn known(services: &Services) -> Result<facts::Record, Box<dyn std::error::Error>> {
    Ok(services.db.read(|conn| facts::find(conn, JOB.id)).await?.ok_or("nothing is known")?)
}

#[tokio::test]
async fn a_gap_of_more_than_two_and_a_half_minutes_is_a_downtime_and_old_ones_are_forgotten() -> TestResult {
    let (_folder, services) = services()?;
    let beat = |seconds: i64| {
        let services = services.clone();
        async move {
            at(&services, seconds);
            tick(&services).await?;
            let now = services.clock.now();
            let spans = services.db.read(move |conn| downtimes::lately(conn, now)).await?;
            let seconds = |at: Timestamp| at.unix() - NOON;
            let pair = |span: Span| (seconds(span.from), span.until.map(seconds));
            Ok::<_, Box<dyn std::error::Error>>(spans.into_iter().map(pair).collect::<Vec<_>>())
        }
    };
    assert_eq!(beat(0).await?, [], "the first sign follows no other");
    assert_eq!(beat(150).await?, []);
    assert_eq!(beat(301).await?, [(150, Some(301))]);
    assert_eq!(beat(400).await?, [(150, Some(301))]);
    let later = 400 + 199 * DAY;
    assert_eq!(beat(later).await?, [(150, Some(301)), (400, Some(later))]);
    let much_later = later + 201 * DAY + 60;
    assert_eq!(
        beat(much_later).await?,
        [(later, Some(much_later))],
        "what was before excuses nothing any more"
    );
    beat(much_later + 400 * DAY).await?;
    let old =
        services.db.read(|conn| crate::db::engine::dynamic::number(conn, "SELECT count(*) FROM downtimes"));
    assert_eq!(old.await?, Some(2), "and is deleted after 400 days");
    Ok(())
}

#[tokio::test]
async fn a_job_that_never_reported_has_no_state_and_holds_up_no_other() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    let now = services.clock.now();
    services
        .db
        .write(move |tx| {
            for name in ["Photos", "Music", "Films", "Mail", "Notes", "Plans"] {
                jobs::create(tx.conn, JOB.server, name, now)?;
            }
            Ok(())
        })
        .await?;
    sql(&services, "DELETE FROM job_states; DELETE FROM job_facts;").await?;
    complete(&services).await?;
    let with_state = services.db.read(|conn| jobs::all(conn, None)).await?;
    let with_state: Vec<i64> =
        with_state.into_iter().filter(|job| job.state.is_some()).map(|job| job.id).collect();
    assert_eq!(with_state, [JOB.id.0]);
    Ok(())
}

#[tokio::test]
async fn a_job_is_ok_since_it_became_so() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    let since = || async {
        Ok::<_, crate::error::Error>(
            services.db.read(|conn| jobs::find(conn, JOB.id)).await?.state.map(|state| state.since()),
        )
    };
    let first = since().await?;
    // The fourth run made its schedule known.
    assert_eq!(first, Some(Timestamp::from_unix(NOON - 5 * DAY + 600)));
    daily(&services, 0..3).await?;
    assert_eq!(since().await?, first);
    send(&services, report(&Timestamp::from_unix(NOON + 2 * DAY + HOUR).to_string(), "Fatal")).await?;
    at(&services, 2 * DAY + 3 * HOUR);
    send(&services, report(&Timestamp::from_unix(NOON + 2 * DAY + 2 * HOUR).to_string(), "Success")).await?;
    assert_eq!(since().await?, Some(Timestamp::from_unix(NOON + 2 * DAY + 3 * HOUR)));
    Ok(())
}

#[tokio::test]
async fn facts_that_cannot_be_read_are_made_anew() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    let before = (known(&services).await?, services.db.read(|conn| jobs::find(conn, JOB.id)).await?.state);
    sql(
        &services,
        "UPDATE job_facts SET facts = '{\"runs\"'; UPDATE job_states SET next_change_at = evaluated_at;",
    )
    .await?;
    judge(&services).await?;
    assert_eq!(
        (known(&services).await?, services.db.read(|conn| jobs::find(conn, JOB.id)).await?.state),
        before
    );
    Ok(())
}

#[tokio::test]
async fn a_run_that_was_imported_counts_as_come_when_it_ended() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    // Arrivals: within three days of the end as they are, else at the end; and never before it.
    for (created, counts) in [(3 * DAY, 3 * DAY), (3 * DAY + 1, 0), (-600, -600), (-601, 0), (90, 90)] {
        let end = Timestamp::from_unix(NOON - DAY + 600);
        let (last, created) = (begin(-1), end.plus(created).to_string());
        services
            .db
            .write(move |tx| {
                use crate::db::schema::backups;
                use diesel::prelude::*;
                diesel::update(backups::table.filter(backups::start_time.eq(last)))
                    .set(backups::created_at.eq(created))
                    .execute(tx.conn)?;
                Ok(())
            })
            .await?;
        sql(&services, "DELETE FROM job_states; DELETE FROM job_facts;").await?;
        complete(&services).await?;
        let run = known(&services).await?.facts;
        let received = run.last_run().ok_or("no run")?.received;
        assert_eq!(received.since(end), counts);
    }
    Ok(())
}

#[tokio::test]
async fn an_acceptance_ends_by_itself() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -12..0).await?;
    at(&services, 600);
    tick(&services).await?;
    let line = "2026-11-23 12:05:00 +00 - [Warning-Some-Tag]: the file /srv/x is in use";
    let mut sent = report(&begin(0), "Warning");
    sent["LogLines"] = json!([line]);
    sent["Data"]["WarningsActualLength"] = json!(1);
    send(&services, sent).await?;
    assert_eq!(verdict(&services).await?, Verdict::Check);
    let kind = crate::report::LogLine::parse(line, Level::Warning)
        .and_then(|line| crate::noticing::warnings::kind(&line));
    let (zone, now, until) =
        (services.zone.clone(), services.clock.now(), services.clock.now().plus(2 * HOUR));
    let kind = kind.ok_or("no kind")?;
    services
        .db
        .write(move |tx| {
            accepted::accept(tx.conn, (Some(JOB.id), &kind), Some(until), "ada", now)?;
            Judge::at(tx.conn, &zone, now)?.reset(tx.conn, JOB)
        })
        .await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    let next =
        services.db.read(|conn| jobs::find(conn, JOB.id)).await?.state.and_then(|state| state.next_change_at);
    assert_eq!(next, Some(until.to_string()), "time changes it then");
    run_until(&services, 600 + 2 * HOUR - 1).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    run_until(&services, 600 + 2 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Check);
    Ok(())
}

#[tokio::test]
async fn what_a_person_closed_is_not_opened_again_until_it_was_good_once() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 7 * HOUR).await?;
    let open = incident(&services).await?;
    let close = Act::Close { reason: "the disk is away".into() };
    handle(&services, &Actor::CommandLine, vec![open[0].0.id], close).await?;
    assert!(known(&services).await?.dismissed.is_some());
    run_until(&services, 9 * HOUR).await?;
    let rows = incident(&services).await?;
    assert_eq!((rows.len(), rows[0].0.closed_why.as_deref()), (1, Some("person")));
    assert_eq!((verdict(&services).await?, rows[0].0.problem.parse()), (Verdict::Late, Ok(Problem::Late)));
    send(&services, report(&Timestamp::from_unix(NOON + 9 * HOUR - 600).to_string(), "Success")).await?;
    assert!(known(&services).await?.dismissed.is_none(), "it was good in between");
    run_until(&services, DAY + 7 * HOUR + 9 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    assert_eq!(incident(&services).await?.len(), 2);
    Ok(())
}
