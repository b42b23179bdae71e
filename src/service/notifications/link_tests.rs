//! Links in messages, through the real database and a receiver on loopback.

use std::net::IpAddr;

use super::{
    link::{LinkAct, act, show},
    tests::*,
};
use crate::{
    db::engine::dynamic,
    dto::{
        incidents::{IncidentFilter, IncidentQuery},
        snooze_link::LinkPage,
    },
    error::Error,
    service::{
        Actor, Options, Services,
        noticing::incidents,
        session::Caller,
        testing::{TestResult, accounts::trail, at, services},
    },
};

const DAY: i64 = 86_400;

fn caller(last: u8) -> Caller {
    Caller { address: Some(IpAddr::from([192, 0, 2, last])), ..Caller::default() }
}

fn public() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    let public_url = Some("https://backup.example/status".to_owned());
    let options = Options { public_url, ..(*services.options).clone() };
    Ok((folder, Services { options: options.into(), ..services }))
}

/// The token in the button of the newest message.
fn token(receiver: &Receiver) -> Option<String> {
    let bodies = receiver.bodies.lock().unwrap();
    let url = bodies.last()?["actions"][0]["url"].as_str()?.to_owned();
    Some(url.strip_prefix("https://backup.example/status/snooze/")?.to_owned())
}

async fn open(services: &Services, filter: IncidentFilter) -> Result<usize, Error> {
    let query = IncidentQuery { filter, ..IncidentQuery::default() };
    Ok(incidents::list(services, &Actor::System, query).await?.rows.len())
}

async fn seen(services: &Services, token: &str) -> Result<LinkPage, Error> {
    show(services, &caller(7), token).await
}

#[tokio::test]
async fn a_link_acknowledges_its_incident_once_and_looking_changes_nothing() -> TestResult {
    let (_folder, services) = public()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    let link = token(&receiver).ok_or("no link")?;
    for _ in 0..2 {
        let page = seen(&services, &link).await?;
        let incident = page.incidents.into_iter().next().ok_or("expired")?;
        assert!(incident.is_open() && incident.name == "nas / photos", "{incident:?}");
        assert_eq!(open(&services, IncidentFilter::Open).await?, 1);
    }
    act(&services, &caller(7), &link, LinkAct::Acknowledge).await?;
    assert_eq!(open(&services, IncidentFilter::Acknowledged).await?, 1);
    let used = seen(&services, &link).await?.incidents.remove(0);
    assert!(!used.is_open() && used.is_acknowledged && used.used.is_some());
    // Done is done: a second use changes nothing.
    act(&services, &caller(7), &link, LinkAct::Snooze(DAY)).await?;
    assert_eq!(seen(&services, &link).await?.incidents.remove(0).snoozed_until, None);
    let entries = trail(&services).await?;
    let entry = entries.iter().find(|entry| entry.action == "incident.acknowledge").ok_or("no entry")?;
    assert_eq!(entry.actor_name, "link from channel family");
    assert_eq!(entry.address.as_deref(), Some("192.0.2.7"));
    let audited = format!("{entries:?}");
    assert!(!audited.contains(&link) && !audited.contains("/snooze/"), "{audited}");
    // Nor is it in the database.
    let sql = format!(
        "SELECT count(*) FROM notifications WHERE message LIKE '%{link}%' OR message LIKE '%/snooze/%'"
    );
    assert_eq!(services.db.read(move |conn| dynamic::number(conn, &sql)).await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_link_snoozes_and_is_good_for_no_other_incident() -> TestResult {
    let (_folder, services) = public()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    let link = token(&receiver).ok_or("no link")?;
    run(&services, "photos", DAY, "Success").await?;
    dispatch(&services).await?;
    run(&services, "photos", 2 * DAY, "Error").await?;
    dispatch(&services).await?;
    let second = token(&receiver).ok_or("no link")?;
    assert_ne!(link, second);
    act(&services, &caller(7), &link, LinkAct::Snooze(DAY)).await?;
    let old = seen(&services, &link).await?.incidents.remove(0);
    assert!(old.closed.is_some() && !old.is_open() && old.snoozed_until.is_none());
    assert!(seen(&services, &second).await?.incidents[0].snoozed_until.is_none());
    act(&services, &caller(7), &second, LinkAct::Snooze(DAY)).await?;
    let until = seen(&services, &second).await?.incidents[0].snoozed_until;
    assert_eq!(until.map(|until| until.at.since(services.clock.now())), Some(DAY));
    Ok(())
}

#[tokio::test]
async fn wrong_links_are_not_found_and_many_of_them_have_to_wait_and_old_ones_expire() -> TestResult {
    let (_folder, services) = public()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    let link = token(&receiver).ok_or("no link")?;
    let mut forged = link.clone();
    forged.replace_range(20..21, if &link[20..21] == "0" { "1" } else { "0" });
    for _ in 0..20 {
        assert!(matches!(show(&services, &caller(8), &forged).await, Err(Error::NotFound)));
    }
    assert!(matches!(show(&services, &caller(8), "x").await, Err(Error::TooMany { .. })));
    assert!(matches!(
        act(&services, &caller(8), &forged, LinkAct::Acknowledge).await,
        Err(Error::TooMany { .. })
    ));
    // A right one still works from there, and a wrong one is just wrong from elsewhere.
    assert_eq!(show(&services, &caller(8), &link).await?.incidents.len(), 1);
    assert!(matches!(show(&services, &caller(9), &forged).await, Err(Error::NotFound)));
    at(&services, 600 + 7 * DAY);
    assert_eq!(seen(&services, &link).await?.incidents, Vec::new());
    assert!(matches!(
        act(&services, &caller(7), &link, LinkAct::Acknowledge).await,
        Err(Error::Invalid { .. })
    ));
    assert_eq!(open(&services, IncidentFilter::Open).await?, 1);
    Ok(())
}

#[tokio::test]
async fn messages_without_a_public_url_or_of_a_recovery_have_no_link_and_those_of_several_jobs_have_one()
-> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    assert_eq!((receiver.titles().len(), token(&receiver)), (1, None));
    let (_folder, services) = public()?;
    create(&services, form(&receiver.server)).await?;
    for job in ["a", "b", "c"] {
        run(&services, job, 0, "Error").await?;
        dispatch(&services).await?;
    }
    assert!(token(&receiver).is_some());
    at(&services, 660);
    dispatch(&services).await?;
    assert_eq!(receiver.titles().last().map(String::as_str), Some("2 jobs of nas need attention"));
    let link = token(&receiver).ok_or("no link")?;
    let names: Vec<String> = seen(&services, &link).await?.incidents.into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["nas / b", "nas / c"]);
    assert_eq!(open(&services, IncidentFilter::Open).await?, 3);
    act(&services, &caller(7), &link, LinkAct::Acknowledge).await?;
    assert_eq!(open(&services, IncidentFilter::Open).await?, 1, "the first is of another message");
    assert_eq!(open(&services, IncidentFilter::Acknowledged).await?, 2);
    let page = seen(&services, &link).await?;
    assert!(!page.is_open && page.incidents.iter().all(|it| it.used.is_some()), "{page:?}");
    // Once.
    act(&services, &caller(7), &link, LinkAct::Snooze(DAY)).await?;
    let page = seen(&services, &link).await?;
    assert!(page.incidents.iter().all(|it| it.snoozed_until.is_none()), "{page:?}");
    let entries = trail(&services).await?;
    assert_eq!(entries.iter().filter(|entry| entry.action == "incident.acknowledge").count(), 2);
    run(&services, "a", DAY, "Success").await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles().last().map(String::as_str), Some("Recovered: nas / a"));
    assert_eq!(token(&receiver), None);
    Ok(())
}
