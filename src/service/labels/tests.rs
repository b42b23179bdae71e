use diesel::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    db::{
        schema::{server_groups, tags},
        tables::lists,
    },
    dto::dashboard::{Dashboard, DashboardQuery, Filter},
    service::{
        overview::dashboard,
        servers,
        testing::{TestResult, accounts::trail, at, report, send, services},
    },
    verdict::Verdict,
};

const ROOT: Actor = Actor::CommandLine;

/// Two servers with two jobs each.
async fn site() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    for (machine, job, status) in [
        ("nas", "Photos", "Success"),
        ("nas", "Mail", "Fatal"),
        ("desk", "Photos", "Success"),
        ("desk", "Music", "Success"),
    ] {
        let mut sent = report("2026-11-22T02:00:00Z", status);
        sent["Extra"]["machine-id"] = json!(machine);
        sent["Extra"]["machine-name"] = json!(machine);
        sent["Extra"]["backup-name"] = json!(job);
        send(&services, sent).await?;
    }
    at(&services, 60);
    Ok((folder, services))
}

async fn seen(services: &Services, query: DashboardQuery) -> Result<Dashboard, Error> {
    dashboard::show(services, &ROOT, query).await
}

fn tag(name: &str) -> DashboardQuery {
    DashboardQuery { tag: name.into(), ..DashboardQuery::default() }
}

fn shown(page: &Dashboard) -> Vec<(&str, Vec<&str>)> {
    page.servers
        .iter()
        .map(|server| (server.name.as_str(), server.jobs.iter().map(|job| job.name.as_str()).collect()))
        .collect()
}

async fn is_sound(services: &Services) -> TestResult {
    assert_eq!(services.db.read(lists::wrong).await?, []);
    Ok(())
}

#[tokio::test]
async fn a_tag_of_a_server_is_one_of_its_jobs_and_has_the_colour_of_the_worst() -> TestResult {
    let (_folder, services) = site().await?;
    set_of_server(&services, &ROOT, ServerId(1), "Müller & Co", "off-site, Prod").await?;
    set_of_job(&services, &ROOT, JobId(4), "prod").await?;
    let page = seen(&services, DashboardQuery::default()).await?;
    let told: Vec<(&str, i64, Option<Verdict>)> =
        page.labels.tags.iter().map(|tag| (tag.name.as_str(), tag.jobs, tag.worst)).collect();
    assert_eq!(told, [("off-site", 2, Some(Verdict::Failed)), ("Prod", 3, Some(Verdict::Failed))]);
    assert_eq!(page.servers.iter().find(|it| it.name == "nas").map(|it| it.tags.len()), Some(2));

    let page = seen(&services, tag("PROD")).await?;
    assert_eq!(shown(&page), [("nas", vec!["Mail", "Photos"]), ("desk", vec!["Music"])]);
    assert_eq!(page.attention(), 1, "the headline is the site's");
    let narrowed = page.narrowed.ok_or("it does not say what the tag sums up to")?;
    assert_eq!((narrowed.servers, narrowed.verdicts[1]), (2, (Verdict::Failed, 1)));

    let failed = DashboardQuery { filter: Filter::Only(Verdict::Failed), ..tag("prod") };
    assert_eq!(shown(&seen(&services, failed).await?), [("nas", vec!["Mail"])]);
    let found = DashboardQuery { search: "music".into(), ..tag("prod") };
    assert_eq!(shown(&seen(&services, found).await?), [("desk", vec!["Music"])]);
    let nowhere =
        DashboardQuery { search: "photos".into(), filter: Filter::Only(Verdict::Failed), ..tag("prod") };
    assert_eq!(shown(&seen(&services, nowhere).await?), []);
    assert_eq!(shown(&seen(&services, tag("nonsense")).await?), []);
    is_sound(&services).await
}

#[tokio::test]
async fn a_group_has_totals_and_is_narrowed_down_by_a_tag() -> TestResult {
    let (_folder, services) = site().await?;
    set_of_server(&services, &ROOT, ServerId(1), "Müller", "a").await?;
    set_of_server(&services, &ROOT, ServerId(2), "MÜLLER", "b").await?;
    let group = DashboardQuery { group: "müller".into(), ..DashboardQuery::default() };
    let page = seen(&services, group.clone()).await?;
    let narrowed = page.narrowed.ok_or("no totals")?;
    assert_eq!((narrowed.servers, narrowed.source_size), (2, page.totals.source_size));
    assert_eq!(page.labels.groups.len(), 1, "whatever case it is written in");
    assert_eq!(page.labels.groups[0].jobs, 4);
    let both = seen(&services, DashboardQuery { tag: "b".into(), ..group }).await?;
    assert_eq!(both.servers.len(), 1);
    let narrowed = both.narrowed.ok_or("no totals")?;
    assert_eq!(narrowed.verdicts.iter().map(|(_, jobs)| jobs).sum::<i64>(), 2);
    is_sound(&services).await
}

#[tokio::test]
async fn a_name_that_nothing_has_any_more_is_gone() -> TestResult {
    let (_folder, services) = site().await?;
    set_of_server(&services, &ROOT, ServerId(1), "A", "x, y").await?;
    set_of_job(&services, &ROOT, JobId(1), "z").await?;
    set_of_server(&services, &ROOT, ServerId(1), "B", "y").await?;
    let page = seen(&services, DashboardQuery::default()).await?;
    assert_eq!(page.labels.groups.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["B"]);
    let names: Vec<&str> = page.labels.tags.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    is_sound(&services).await?;
    servers::delete(&services, &ROOT, ServerId(1)).await?;
    let left: (i64, i64) = services
        .db
        .read(|conn| {
            Ok((server_groups::table.count().get_result(conn)?, tags::table.count().get_result(conn)?))
        })
        .await?;
    assert_eq!(left, (0, 0));
    is_sound(&services).await
}

#[tokio::test]
async fn servers_that_become_one_have_the_tags_of_both_and_the_group_of_the_one_that_stays() -> TestResult {
    let (_folder, services) = site().await?;
    set_of_server(&services, &ROOT, ServerId(1), "A", "x, both").await?;
    set_of_server(&services, &ROOT, ServerId(2), "B", "y, Both").await?;
    set_of_job(&services, &ROOT, JobId(1), "photo").await?;
    servers::merge(&services, &ROOT, ServerId(1), ServerId(2)).await?;
    let labels = services.db.read(|conn| of_server(conn, ServerId(2))).await?;
    assert_eq!(
        (labels.group.as_deref(), labels.tags),
        (Some("B"), vec!["both".into(), "x".into(), "y".into()])
    );
    let photos = seen(&services, tag("photo")).await?;
    assert_eq!(shown(&photos), [("desk", vec!["Photos"])]);
    is_sound(&services).await?;
    set_of_server(&services, &ROOT, ServerId(2), "", "").await?;
    Ok(())
}

#[tokio::test]
async fn names_that_cannot_be_used_are_refused_with_what_to_do() -> TestResult {
    let (_folder, services) = site().await?;
    let long = "x".repeat(41);
    let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    for (group, tags, field) in [
        ("", long.as_str(), "tags"),
        (&"x".repeat(81), "", "group"),
        ("", &many.join(","), "tags"),
        ("a\u{202e}b", "", "group"),
        ("", "a\u{0}b", "tags"),
    ] {
        let refused = set_of_server(&services, &ROOT, ServerId(1), group, tags).await;
        assert!(matches!(refused, Err(Error::Invalid { field: at, .. }) if at == field), "{refused:?}");
    }
    let missing = set_of_server(&services, &ROOT, ServerId(99), "a", "b").await;
    assert!(matches!(missing, Err(Error::NotFound)));
    let missing = set_of_job(&services, &ROOT, JobId(99), "b").await;
    assert!(matches!(missing, Err(Error::NotFound)));
    set_of_server(&services, &ROOT, ServerId(1), "  <b>Bob's</b>   lab ", "a,, A ,<script>").await?;
    let labels = services.db.read(|conn| of_server(conn, ServerId(1))).await?;
    assert_eq!(labels.group.as_deref(), Some("<b>Bob's</b> lab"));
    assert_eq!(labels.tags, ["<script>", "a"]);
    Ok(())
}

#[tokio::test]
async fn who_may_only_look_changes_nothing_and_a_change_is_noted_once() -> TestResult {
    let (_folder, services) = site().await?;
    let guest = Actor::Guest { address: String::new() };
    assert!(set_of_server(&services, &guest, ServerId(1), "a", "b").await.is_err());
    assert!(set_of_job(&services, &guest, JobId(1), "b").await.is_err());
    for _ in 0..2 {
        set_of_server(&services, &ROOT, ServerId(1), "a", "b").await?;
        set_of_job(&services, &ROOT, JobId(1), "c").await?;
    }
    let noted = trail(&services).await?;
    let labelled: Vec<&str> =
        noted.iter().map(|entry| entry.action.as_str()).filter(|action| action.ends_with(".label")).collect();
    assert_eq!(labelled.len(), 2, "{labelled:?}");
    Ok(())
}
