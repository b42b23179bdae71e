//! Backups over HTTP: who may create, list, download and restore them.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use duplistatus::{
    access::Role,
    db::engine::copy::Form,
    service::{
        Actor,
        database::{self, Target},
    },
};

use crate::site::{Site, deep, get, post, report, with_method};

const RESTORE: &str = "/api/v1/database/restore";

/// Creates a backup with one run, then stores a second run. Returns the content and the name of the
/// backup file.
async fn with_backup(site: &Site) -> (Vec<u8>, String) {
    site.post("/api/upload", report(1)).await;
    let form = Form { verify: true, compress: true };
    let made =
        database::backup(&site.state.services, &Actor::CommandLine, Target::Folder, form).await.unwrap();
    site.post("/api/upload", report(2)).await;
    let name = made.path.rsplit('/').next().unwrap().to_owned();
    (std::fs::read(made.path).unwrap(), name)
}

async fn runs(site: &Site) -> i64 {
    let actor = Actor::CommandLine;
    database::stats(&site.state.services, &actor).await.unwrap().runs
}

fn form(content: &[u8]) -> Request<Body> {
    let mut body = Vec::new();
    body.extend_from_slice(
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.db\"\r\n\r\n",
    );
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--x--\r\n");
    Request::post(RESTORE)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn a_backup_is_begun_listed_downloaded_and_deleted() {
    let site = Site::open();
    let (content, name) = with_backup(&site).await;
    let path = format!("/api/v1/database/backups/{name}");
    let answer = site.call(get(&path)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_DISPOSITION], format!("attachment; filename=\"{name}\""));
    assert_eq!(axum::body::to_bytes(answer.into_body(), 10_000_000).await.unwrap(), content);
    let list = site.get("/api/v1/database/backups").await.json();
    assert_eq!(list["data"][0]["name"], name.as_str());

    let begun = site.send(post("/api/v1/database/backups", "application/json", "")).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{begun:?}");
    let begun = site.send(post("/api/v1/database/backups", "application/json", "")).await;
    assert!([StatusCode::ACCEPTED, StatusCode::BAD_REQUEST].contains(&begun.status), "{begun:?}");

    let refused = site.send(with_method(get(&path), Method::DELETE)).await;
    assert_eq!((refused.status, &refused.json()["field"]), (StatusCode::BAD_REQUEST, &"confirm".into()));
    let gone = site.send(with_method(get(&format!("{path}?confirm=true")), Method::DELETE)).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    for path in [path.as_str(), "/api/v1/database/backups/..%2Fduplistatus.db", "/api/v1/database/backups/x"]
    {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_form_that_confirms_what_nobody_was_shown_changes_nothing() {
    let site = Site::open();
    let (content, _) = with_backup(&site).await;
    // Fields that the form used to have restore nothing.
    let mut sent = form(&content);
    *sent.uri_mut() = format!("{RESTORE}?confirm=true&revive=true").parse().unwrap();
    let answer = site.send(sent).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    assert!(answer.header(header::LOCATION).starts_with("/settings/backups?sent="), "{answer:?}");
    assert_eq!(runs(&site).await, 2);
}

#[test]
fn a_form_is_told_what_would_be_lost_and_restores_when_that_is_confirmed() {
    deep(|| async {
        let site = Site::open();
        let (content, _) = with_backup(&site).await;
        let sent = site.send(form(&content)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{sent:?}");
        let at = sent.header(header::LOCATION).strip_suffix("#restore-preview").unwrap().to_owned();
        let reference = at.strip_prefix("/settings/backups?sent=").unwrap();
        for _ in 0..2 {
            let page = site.get(&at).await;
            assert_eq!(page.status, StatusCode::OK);
            for words in ["1 run arrived after", "Replace the whole database with a.db", reference] {
                assert!(page.body.contains(words), "{words}: {}", page.body);
            }
        }
        // Other users, and other sessions of the same user, find nothing there.
        let other = site.sign_in("kim", Role::Administrator).await;
        let mut request = get(&at);
        request.headers_mut().insert(header::COOKIE, other.parse().unwrap());
        let page = site.send(request).await;
        assert!(page.status.is_client_error() || page.body.contains("is not kept any more"), "{page:?}");
        assert!(!page.body.contains("Replace the whole database with a.db"), "{}", page.body);
        let confirm = |fields: &str| {
            let body = format!("reference={reference}{fields}");
            let mut form = post("/api/fn/restore_upload", "application/x-www-form-urlencoded", body);
            form.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
            form.headers_mut().insert(header::HOST, "backup.example".parse().unwrap());
            form.headers_mut().insert(header::REFERER, format!("http://backup.example{at}").parse().unwrap());
            form
        };
        let unsure = site.send(confirm("")).await;
        assert!(unsure.header(header::LOCATION).contains("__err="), "{unsure:?}");
        let mut foreign = confirm("&sure=yes");
        foreign.headers_mut().insert(header::COOKIE, other.parse().unwrap());
        assert!(site.send(foreign).await.header(header::LOCATION).contains("__err="));
        assert_eq!(runs(&site).await, 2);
        let done = site.send(confirm("&sure=yes")).await;
        assert_eq!(done.header(header::LOCATION), "/settings/backups", "{done:?}");
        assert_eq!(runs(&site).await, 1);
        let page = site.get("/settings/backups").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "one signs in first");
    });
}

#[test]
fn the_password_is_needed_for_both_steps() {
    deep(|| async {
        let site = Site::open();
        let (content, _) = with_backup(&site).await;
        let sent = site.send(form(&content)).await;
        let at = sent.header(header::LOCATION).strip_suffix("#restore-preview").unwrap().to_owned();
        let reference = at.strip_prefix("/settings/backups?sent=").unwrap().to_owned();
        let clock = site.state.services.clock();
        clock.set(clock.now().plus(duplistatus::access::PROOF_LASTS));
        let again = site.send(form(&content)).await;
        assert!(again.header(header::LOCATION).starts_with("/prove"), "{again:?}");
        let body = format!("reference={reference}&sure=yes");
        let refused =
            site.send(post("/api/fn/restore_upload", "application/x-www-form-urlencoded", body)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{refused:?}");
        assert_eq!(runs(&site).await, 2);
    });
}

#[tokio::test]
async fn a_program_sends_the_file_as_it_is_and_is_told_what_it_came_to() {
    let site = Site::open();
    let (content, _) = with_backup(&site).await;
    let to =
        |query: &str| Request::post(format!("{RESTORE}{query}")).body(Body::from(content.clone())).unwrap();
    for query in ["", "?confirm=yes", "?revive=true"] {
        let refused = site.send(to(query)).await;
        assert_eq!((refused.status, &refused.json()["field"]), (StatusCode::BAD_REQUEST, &"confirm".into()));
    }
    let preview = site.send(to("?preview=true")).await;
    assert_eq!((preview.status, &preview.json()["lost_runs"]), (StatusCode::OK, &1.into()), "{preview:?}");
    assert_eq!(runs(&site).await, 2, "nothing is changed");
    let told = site.send(to("?confirm=true")).await;
    assert_eq!(told.status, StatusCode::OK, "{told:?}");
    assert_eq!((&told.json()["runs"], &told.json()["lost_runs"]), (&1.into(), &1.into()));
}

#[tokio::test]
async fn what_cannot_be_restored_leads_back_with_the_reason_and_changes_nothing() {
    let site = Site::open();
    with_backup(&site).await;
    for request in [form(b"no backup"), form(b"")] {
        let answer = site.send(request).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
        let back = answer.header(header::LOCATION);
        assert!(back.starts_with("/settings/backups?__path=") && back.ends_with("#restore"), "{back}");
    }
    let refused = site
        .send(Request::post(format!("{RESTORE}?confirm=true")).body(Body::from("no backup")).unwrap())
        .await;
    assert_eq!((refused.status, &refused.json()["field"]), (StatusCode::BAD_REQUEST, &"file".into()));
    assert_eq!(runs(&site).await, 2);
}

#[tokio::test]
async fn another_sites_page_and_other_people_cannot_restore() {
    let site = Site::open();
    let (content, name) = with_backup(&site).await;
    let mut foreign = form(&content);
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(site.send(foreign).await.status, StatusCode::FORBIDDEN);
    let operator = site.sign_in("kim", Role::Operator).await;
    for mut request in [form(&content), get(&format!("/api/v1/database/backups/{name}"))] {
        request.headers_mut().insert(header::COOKIE, operator.parse().unwrap());
        assert_eq!(site.send(request).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(site.send_as_it_is(form(&content)).await.status, StatusCode::SEE_OTHER, "signs in first");
    assert_eq!(runs(&site).await, 2);
}

#[tokio::test]
async fn a_kept_backup_is_restored_without_sending_it_after_it_was_confirmed() {
    let site = Site::open();
    let (_, name) = with_backup(&site).await;
    let path = format!("/api/v1/database/backups/{name}");
    let preview = site.get(&format!("{path}/preview")).await;
    assert_eq!((preview.status, &preview.json()["lost_runs"]), (StatusCode::OK, &1.into()), "{preview:?}");
    for body in ["{}", "{\"confirm\":false}"] {
        let refused = site.send(post(&format!("{path}/restore"), "application/json", body)).await;
        assert_eq!(
            (refused.status, &refused.json()["field"]),
            (StatusCode::BAD_REQUEST, &"confirm".into()),
            "{body}"
        );
    }
    assert_eq!(runs(&site).await, 2);
    let done = site.send(post(&format!("{path}/restore"), "application/json", "{\"confirm\":true}")).await;
    assert_eq!((done.status, &done.json()["runs"]), (StatusCode::OK, &1.into()), "{done:?}");
    assert_eq!(runs(&site).await, 1);
    let none =
        site.send(post("/api/v1/database/backups/x/restore", "application/json", "{\"confirm\":true}")).await;
    assert!(none.status.is_client_error(), "{none:?}");
}

#[test]
fn the_page_asks_before_a_kept_backup_is_restored() {
    deep(|| async {
        let site = Site::open();
        let (_, name) = with_backup(&site).await;
        let page = site.get(&format!("/settings/backups?restore={name}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("1 run arrived after the backup was created"), "{}", page.body);
        let form = |body: String| post("/api/fn/restore_backup", "application/x-www-form-urlencoded", body);
        let refused = site.send(form(format!("name={name}"))).await;
        assert!(!refused.status.is_success(), "{refused:?}");
        assert_eq!(runs(&site).await, 2);
        let done = site.send(form(format!("name={name}&sure=yes"))).await;
        assert!(!done.status.is_server_error() && !done.status.is_client_error(), "{done:?}");
        assert_eq!(runs(&site).await, 1);
    });
}

#[test]
fn the_page_renders() {
    deep(|| async {
        let site = Site::open();
        with_backup(&site).await;
        let page = site.get("/settings/backups").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Back up now") && page.body.contains(".db.zst"), "{}", page.body);
    });
}
