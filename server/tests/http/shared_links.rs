//! Shared links: feeds, calendars, kiosk pages and status pages, for those who know their address.

use axum::http::{HeaderName, Request, StatusCode, header};
use calcard::{
    Entry, Parser,
    icalendar::{ICalendar, ICalendarProperty},
};
use duplistatus::{
    access::Role,
    dto::sharing::{LinkKind, StatusForm, Subject},
    ids::{GroupId, JobId, ServerId, SharedLinkId},
    service::{Actor, labels, noticing, sharing},
    time::Timestamp,
};
use serde_json::json;

use crate::site::{Answer, Site, form, report};

const HOSTILE: &str = "Photos <b>&\"; DROP, x";

/// A site with a good job, and one with a hostile name that failed, on a server of the group "Müller".
async fn site() -> Site {
    let site = Site::with("/b", |options| options.open_ingest = true, |_| {});
    let mut failed = report(3);
    failed["Data"]["ParsedResult"] = json!("Fatal");
    failed["Extra"]["backup-name"] = json!(HOSTILE);
    for sent in [report(2), failed] {
        assert_eq!(site.post("/b/api/upload", sent).await.status, StatusCode::OK);
    }
    let group = labels::set_of_server(&site.state.services, &Actor::CommandLine, ServerId(1), "Müller", "");
    group.await.unwrap();
    site
}

/// The path of a new link.
async fn link(site: &Site, kind: LinkKind, about: Subject) -> String {
    let services = &site.state.services;
    let id = sharing::create(services, &Actor::CommandLine, kind, about).await.unwrap();
    path(site, id).await
}

async fn path(site: &Site, id: SharedLinkId) -> String {
    let page = sharing::page(&site.state.services, &Actor::CommandLine, Subject::Site, "/b").await.unwrap();
    page.links.into_iter().find(|link| link.id == id).unwrap().url
}

async fn status_page(site: &Site, name: &str, shows: &[&str]) -> String {
    let shows = shows.iter().map(|word| (*word).to_owned()).collect();
    let form = StatusForm { title: "Backups of <Müller>".into(), name: name.into(), shows };
    let about = Subject::Group(GroupId(1));
    let saved = sharing::save_status_page(&site.state.services, &Actor::CommandLine, None, about, &form);
    let id = saved.await.unwrap();
    path(site, id).await
}

/// Requests without any key or cookie.
async fn stranger(site: &Site, path: &str) -> Answer {
    site.send_as_it_is(Request::get(path).body(axum::body::Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_feed_tells_that_incidents_were_opened_and_closed() {
    let site = site().await;
    for about in
        [Subject::Site, Subject::Group(GroupId(1)), Subject::Server(ServerId(1)), Subject::Job(JobId(2))]
    {
        let path = link(&site, LinkKind::Feed, about).await;
        let answer = stranger(&site, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/atom+xml; charset=utf-8");
        let feed = feed_rs::parser::parse(answer.body.as_bytes()).unwrap();
        assert_eq!(feed.feed_type, feed_rs::model::FeedType::Atom);
        assert_eq!(feed.entries.len(), 1, "{about}: {answer:?}");
        let title = feed.entries[0].title.as_ref().unwrap().content.clone();
        assert_eq!(title, "Failed: nas / Photos <b>&\"; DROP, x");
        assert!(feed.id.starts_with("urn:uuid:") && feed.entries[0].id.starts_with("urn:uuid:"));
        assert!(feed.entries[0].links[0].href.ends_with("/b/jobs/2"), "{answer:?}");
    }
    let path = link(&site, LinkKind::Feed, Subject::Job(JobId(1))).await;
    let none = feed_rs::parser::parse(stranger(&site, &path).await.body.as_bytes()).unwrap();
    assert!(none.entries.is_empty() && none.updated.is_some());
}

#[tokio::test]
async fn entries_keep_their_ids_and_a_feed_that_is_known_is_not_sent_again() {
    let site = site().await;
    let path = link(&site, LinkKind::Feed, Subject::Site).await;
    let before = stranger(&site, &path).await;
    for name in [header::ETAG, header::LAST_MODIFIED] {
        let known = before.header(name.clone()).to_owned();
        let if_changed = if name == header::ETAG { header::IF_NONE_MATCH } else { header::IF_MODIFIED_SINCE };
        let request = Request::get(&path).header(if_changed, known).body(axum::body::Body::empty());
        let answer = site.send_as_it_is(request.unwrap()).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{name}");
    }
    let act = noticing::incidents::Act::Close { reason: "known".into() };
    noticing::incidents::handle(&site.state.services, &Actor::CommandLine, vec![1], act).await.unwrap();
    let request = Request::get(&path)
        .header(header::IF_NONE_MATCH, before.header(header::ETAG))
        .body(axum::body::Body::empty());
    let after = site.send_as_it_is(request.unwrap()).await;
    assert_eq!(after.status, StatusCode::OK);
    let ids = |answer: &Answer| -> Vec<String> {
        let feed = feed_rs::parser::parse(answer.body.as_bytes()).unwrap();
        feed.entries.into_iter().map(|entry| entry.id).collect()
    };
    let (old, new) = (ids(&before), ids(&after));
    assert_eq!((old.len(), new.len()), (1, 2));
    assert!(new.contains(&old[0]), "{new:?}");
    assert!(after.body.contains("Closed: nas / Photos"), "{after:?}");
}

fn parsed(text: &str) -> ICalendar {
    let mut parser = Parser::new(text);
    let Entry::ICalendar(calendar) = parser.entry() else { panic!("{text}") };
    assert!(matches!(parser.entry(), Entry::Eof), "{text}");
    calendar
}

#[tokio::test]
async fn a_calendar_contains_the_next_runs_and_those_that_were_missed() {
    let site = Site::open();
    let midnight: Timestamp = "2026-11-10T02:00:00Z".parse().unwrap();
    for day in (0..14).filter(|day| *day != 12) {
        let mut sent = report(2);
        let begin = midnight.plus(day * 86_400);
        sent["Data"]["BeginTime"] = json!(begin.to_string());
        sent["Data"]["EndTime"] = json!(begin.plus(600).to_string());
        sent["Extra"]["backup-name"] = json!("Photos, \"all\"; x");
        assert_eq!(site.post("/api/upload", sent).await.status, StatusCode::OK);
    }
    let path = link(&site, LinkKind::Calendar, Subject::Server(ServerId(1))).await;
    let path = path.strip_prefix("/b").unwrap().to_owned();
    let answer = stranger(&site, &path).await;
    assert_eq!(answer.header(header::CONTENT_TYPE), "text/calendar; charset=utf-8");
    assert!(answer.body.lines().all(|line| line.len() <= 75), "{answer:?}");
    let calendar = parsed(&answer.body);
    let value = |event: usize, name: ICalendarProperty| {
        let found = calendar.components[event].entries.iter().find(|entry| entry.name == name);
        format!("{:?}", found.unwrap().values)
    };
    let events: Vec<usize> = (1..calendar.components.len()).collect();
    assert!(events.len() >= 3, "{answer:?}");
    assert!(answer.body.contains("DTSTART:20261124T020000Z"), "the next one: {answer:?}");
    let missed: Vec<&usize> =
        events.iter().filter(|event| value(**event, ICalendarProperty::Summary).contains("Missed")).collect();
    assert_eq!(missed.len(), 1, "{answer:?}");
    assert!(answer.body.contains("DTSTART:20261122T020000Z"), "{answer:?}");
    let uids: std::collections::BTreeSet<String> =
        events.iter().map(|event| value(*event, ICalendarProperty::Uid)).collect();
    assert_eq!(uids.len(), events.len());
    assert!(value(events[0], ICalendarProperty::Summary).contains("nas / Photos, \\\"all\\\"; x"));
    assert_eq!(stranger(&site, &path).await.body, answer.body, "the same as long as nothing changes");
}

#[tokio::test]
async fn a_kiosk_page_shows_what_needs_attention_and_leads_nowhere() {
    let site = site().await;
    let path = link(&site, LinkKind::Kiosk, Subject::Group(GroupId(1))).await;
    let page = stranger(&site, &path).await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    for part in ["Müller", "1 backup needs attention", "nas / Photos &lt;b&gt;", "Last report", "/b/kiosk.js"]
    {
        assert!(page.body.contains(part), "{part}: {page:?}");
    }
    assert!(!page.body.contains("<a ") && !page.body.contains("/jobs/"), "{page:?}");
    assert!(page.header(header::CONTENT_SECURITY_POLICY).contains("connect-src 'self'"));
    assert_eq!(page.header(HeaderName::from_static("x-robots-tag")), "noindex, nofollow");
    assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
}

#[tokio::test]
async fn a_status_page_contains_only_what_was_chosen() {
    let site = site().await;
    assert_eq!(stranger(&site, "/b/status/mueller").await.status, StatusCode::NOT_FOUND, "off by default");
    let bare = status_page(&site, "", &[]).await;
    let page = stranger(&site, &bare).await;
    assert!(page.body.contains("Backups of &lt;Müller&gt;") && page.body.contains("Failed"), "{page:?}");
    for secret in ["nas", "Photos", "Documents", "Last success", "<a ", "<script", "/b/jobs"] {
        assert!(!page.body.contains(secret), "{secret}: {page:?}");
    }
    let named = status_page(&site, "mueller", &["servers", "size"]).await;
    assert_eq!(named, "/b/status/mueller");
    let page = stranger(&site, &named).await;
    assert!(page.body.contains("nas") && page.body.contains("Stored"), "{page:?}");
    assert!(!page.body.contains("Photos") && !page.body.contains("Last success"), "{page:?}");
    assert_eq!(page.header(HeaderName::from_static("x-robots-tag")), "noindex, nofollow");
}

#[tokio::test]
async fn an_address_opens_one_thing_until_its_link_is_deleted() {
    let site = site().await;
    let feed = link(&site, LinkKind::Feed, Subject::Site).await;
    let token = feed.trim_start_matches("/b/feed/").trim_end_matches(".atom");
    for other in ["calendar", "kiosk", "status", "badge"] {
        let answer = stranger(&site, &format!("/b/{other}/{token}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{other}");
    }
    let services = &site.state.services;
    sharing::delete(services, &Actor::CommandLine, SharedLinkId(1), "site").await.unwrap();
    assert_eq!(stranger(&site, &feed).await.status, StatusCode::NOT_FOUND);
    let again = link(&site, LinkKind::Feed, Subject::Site).await;
    assert_ne!(again, feed);
    assert_eq!(stranger(&site, &feed).await.status, StatusCode::NOT_FOUND, "a new link has another address");
    for _ in 0..30 {
        stranger(&site, "/b/status/nobody").await;
    }
    assert_eq!(stranger(&site, "/b/status/nobody").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(stranger(&site, &again).await.status, StatusCode::OK, "a good address does not wait");
}

#[tokio::test]
async fn nothing_stored_opens_a_link() {
    let site = site().await;
    let feed = link(&site, LinkKind::Feed, Subject::Site).await;
    let token = feed.trim_start_matches("/b/feed/").trim_end_matches(".atom");
    let signature = &token[token.len() - 64..];
    let is_in = |text: &[u8]| {
        let wanted = signature.as_bytes();
        text.windows(wanted.len()).any(|part| part == wanted)
    };
    assert!(site.files().iter().all(|(_, content)| !is_in(content)));
}

#[tokio::test]
async fn a_group_stays_while_it_has_a_link_and_links_follow_a_group_that_is_merged() {
    let site = site().await;
    let services = &site.state.services;
    let kiosk = link(&site, LinkKind::Kiosk, Subject::Group(GroupId(1))).await;
    labels::set_of_server(services, &Actor::CommandLine, ServerId(1), "Other", "").await.unwrap();
    assert_eq!(stranger(&site, &kiosk).await.status, StatusCode::OK);
    labels::rename_group(services, &Actor::CommandLine, GroupId(1), "Other").await.unwrap();
    let page = stranger(&site, &kiosk).await;
    assert!(page.body.contains("Other") && page.body.contains("needs attention"), "{page:?}");
}

#[tokio::test]
async fn an_operator_creates_changes_and_deletes_links_with_forms() {
    let site = site().await;
    let operator = site.sign_in("operator", Role::Operator).await;
    let viewer = site.sign_in("viewer", Role::Viewer).await;
    let page = "/b/settings/sharing?about=group:1";
    let send = |function: &'static str, body: &'static str, cookie: String| {
        let mut request = form(function, page, body);
        *request.uri_mut() = format!("/b/api/fn/{function}").parse().unwrap();
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        site.send_as_it_is(request)
    };
    let links = async || {
        let page = sharing::page(&site.state.services, &Actor::CommandLine, Subject::Site, "/b").await;
        page.unwrap().links
    };
    send("create_link", "about=group:1&kind=kiosk", viewer).await;
    assert!(links().await.is_empty());
    let answer = send("create_link", "about=group:1&kind=kiosk", operator.clone()).await;
    assert_eq!(answer.header(header::LOCATION), page, "{answer:?}");
    send(
        "save_status_page",
        "about=group:1&form[title]=Ours&form[name]=ours&form[shows][]=jobs",
        operator.clone(),
    )
    .await;
    let all = links().await;
    assert_eq!(all.iter().map(|link| link.kind).collect::<Vec<_>>(), [LinkKind::Status, LinkKind::Kiosk]);
    assert_eq!(all[0].form.shows, ["jobs"]);
    send(
        "save_status_page",
        "link=2&about=group:1&form[title]=Theirs&form[name]=&form[shows][]=size",
        operator.clone(),
    )
    .await;
    let changed = links().await[0].clone();
    assert_eq!((changed.form.title.as_str(), changed.form.name.as_str()), ("Theirs", ""));
    assert_eq!(stranger(&site, "/b/status/ours").await.status, StatusCode::NOT_FOUND);
    for wrong in [
        "about=site&form[title]=Ours&form[name]=",
        "about=group:1&form[title]=&form[name]=",
        "about=group:1&form[title]=x&form[name]=No",
        "about=group:1&form[title]=x&form[name]=&form[shows][]=password",
    ] {
        send("save_status_page", wrong, operator.clone()).await;
        assert_eq!(links().await.len(), 2, "{wrong}");
    }
    send("delete_link", "link=2&name=site", operator.clone()).await;
    assert_eq!(links().await.len(), 2, "the question was about something else");
    send("delete_link", "link=2&name=group:1", operator).await;
    assert_eq!(links().await.len(), 1);
}
