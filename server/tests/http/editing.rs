//! Servers and jobs edited in the browser, without JavaScript: what each form does, to whom it answers, and what it refuses.

use axum::http::{StatusCode, header};
use duplistatus::{
    access::Role,
    ids::ServerId,
    service::{Actor, servers},
};
use serde_json::json;

use crate::site::{Answer, Site, deep, get, post, report};

const ROOT: Actor = Actor::CommandLine;

/// Two servers that may be the same machine; the second has a job more.
async fn filled() -> Site {
    let site = Site::open();
    for (id, job) in [("one", "Documents"), ("two", "Documents"), ("two", "Photos")] {
        let mut sent = report(2);
        sent["Extra"]["machine-id"] = json!(id);
        sent["Extra"]["backup-name"] = json!(job);
        assert_eq!(site.post("/api/upload", sent).await.status, StatusCode::OK);
    }
    site
}

/// Sends a form from the page of a server, as a browser without JavaScript does.
async fn submit(site: &Site, form: &str, body: &str) -> Answer {
    let path = format!("/api/fn/{form}");
    let mut request = post(&path, "application/x-www-form-urlencoded", body);
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    request.headers_mut().insert(header::HOST, "backup.example".parse().unwrap());
    request.headers_mut().insert(header::REFERER, "http://backup.example/servers/1/edit".parse().unwrap());
    site.send(request).await
}

fn is_refused(answer: &Answer) -> bool {
    answer.header(header::LOCATION).contains("__err=")
}

/// What a browser that is led somewhere sees there.
async fn follow(site: &Site, answer: &Answer) -> String {
    let location = answer.header(header::LOCATION);
    let path = location.strip_prefix("http://backup.example").unwrap_or(location);
    site.get(path.split('#').next().unwrap_or_default()).await.body
}

async fn names(site: &Site) -> Vec<(i64, String, i64, i64)> {
    let all = servers::list(&site.state.services, &ROOT).await.unwrap();
    all.into_iter().map(|server| (server.id.0, server.name, server.jobs, server.runs)).collect()
}

#[test]
fn what_is_said_of_a_server_is_saved_and_shown() {
    deep(|| async {
        let site = filled().await;
        let form = "server=1&name=nas&alias=Attic&notes=by+the+window%0D%0Aleft&duplicati_url=http%3A%2F%2Fnas.local%3A8200";
        let saved = submit(&site, "save_server", form).await;
        assert_eq!(saved.header(header::LOCATION), "/servers/1/edit?done=saved#details", "{saved:?}");
        assert!(follow(&site, &saved).await.contains("The server was saved."));
        let page = site.get("/servers/1").await.body;
        for text in ["<h1>Attic", "by the window\nleft", "href=\"http://nas.local:8200/\"", "/servers/1/edit"]
        {
            assert!(page.contains(text), "{text}: {page}");
        }
    });
}

#[test]
fn a_link_is_one_to_a_page_and_holds_no_password() {
    deep(|| async {
        let site = filled().await;
        for (url, word) in [
            ("javascript:alert(1)", "http://nas.local"),
            ("ftp://nas.local/", "http://nas.local"),
            ("nas.local:8200", "http://nas.local"),
            ("http://", "http://nas.local"),
            ("http://anna:secret@nas.local/", "password"),
            ("http://anna@nas.local/", "password"),
        ] {
            let encoded: String = url.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let form = format!("server=1&name=nas&alias=&notes=&duplicati_url={encoded}");
            let refused = submit(&site, "save_server", &form).await;
            assert!(is_refused(&refused), "{url}: {refused:?}");
            let html = follow(&site, &refused).await;
            assert!(html.contains(word) && !html.contains("anna:secret"), "{url}: {html}");
        }
        assert!(!site.get("/servers/1").await.body.contains("rel=\"external noopener noreferrer\""));
    });
}

#[test]
fn a_name_that_is_taken_is_a_clear_error() {
    deep(|| async {
        let site = filled().await;
        let server = submit(&site, "save_server", "server=2&name=nas&alias=&notes=&duplicati_url=").await;
        assert!(is_refused(&server));
        assert!(follow(&site, &server).await.contains(" server named “nas” already exists"));
        let job = submit(&site, "save_job", "job=2&name=Photos&alias=&notes=").await;
        assert!(is_refused(&job));
        assert!(follow(&site, &job).await.contains("server has a job named “Photos” already"));
        let fine = submit(&site, "save_job", "job=2&name=Papers&alias=Letters&notes=").await;
        assert_eq!(fine.header(header::LOCATION), "/servers/2/edit?done=job-saved#jobs");
        assert!(site.get("/servers/2").await.body.contains("Letters"));
    });
}

#[test]
fn what_is_archived_is_expected_no_more_and_can_be_taken_back() {
    deep(|| async {
        let site = filled().await;
        submit(&site, "archive_server", "server=1&archived=true").await;
        let page = site.get("/servers/1").await.body;
        assert!(page.contains("Archived") && page.contains("</svg>Paused"), "{page}");
        submit(&site, "archive_server", "server=1&archived=false").await;
        assert!(!site.get("/servers/1").await.body.contains("</svg>Paused"));
        let done = submit(&site, "archive_job", "job=3&archived=true").await;
        assert_eq!(done.header(header::LOCATION), "/servers/2/edit?done=job-archived#jobs");
        assert!(site.get("/servers/2").await.body.contains("</svg>Paused"));
        assert!(is_refused(&submit(&site, "archive_job", "job=99&archived=true").await));
    });
}

#[test]
fn a_deletion_is_of_what_was_named() {
    deep(|| async {
        let site = filled().await;
        let html = site.get("/servers/2/edit").await.body;
        assert!(
            html.contains("name=\"name\" value=\"nas (2)\"") && html.contains("name=\"at_most\" value=\"2\""),
            "{html}"
        );
        for form in ["server=2&name=nas&at_most=2", "server=2&name=nas+%282%29&at_most=1"] {
            assert!(is_refused(&submit(&site, "delete_server", form).await), "{form}");
        }
        for form in ["job=3&name=Documents&at_most=1", "job=3&name=Photos&at_most=0"] {
            assert!(is_refused(&submit(&site, "delete_job", form).await), "{form}");
        }
        assert_eq!(names(&site).await.len(), 2);
        let gone = submit(&site, "delete_job", "job=3&name=Photos&at_most=1").await;
        assert_eq!(gone.header(header::LOCATION), "/servers/2/edit?done=job-deleted#jobs", "{gone:?}");
        assert_eq!(names(&site).await[1], (2, "nas (2)".into(), 1, 1));
        let gone = submit(&site, "delete_server", "server=2&name=nas+%282%29&at_most=1").await;
        assert_eq!(gone.header(header::LOCATION), "/", "{gone:?}");
        assert_eq!(names(&site).await, [(1, "nas".into(), 1, 1)]);
        assert_eq!(site.get("/servers/2/edit").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_merge_is_previewed_from_the_notice_and_does_what_it_said() {
    deep(|| async {
        let site = filled().await;
        let notice = site.get("/servers/2").await.body;
        assert!(notice.contains("/servers/2/edit?merge=nas#merge"), "{notice}");
        let preview = site.get("/servers/2/edit?merge=nas").await.body;
        for text in [
            "Merge nas (2) into nas?",
            "<li>2 jobs</li>",
            "<li>2 runs</li>",
            "each pair becomes one job: Documents.",
            "added: Photos.",
        ] {
            assert!(preview.contains(text), "{text}: {preview}");
        }
        assert!(
            site.get("/servers/2/edit?merge=nowhere").await.body.contains("There is no server named nowhere")
        );
        let wrong = "from=2&from_name=nas+%282%29&into=1&into_name=attic";
        assert!(is_refused(&submit(&site, "merge_servers", wrong).await));
        assert_eq!(names(&site).await.len(), 2);
        let done = submit(&site, "merge_servers", "from=2&from_name=nas+%282%29&into=1&into_name=nas").await;
        assert_eq!(done.header(header::LOCATION), "/servers/1", "{done:?}");
        // The run that both had is one.
        assert_eq!(names(&site).await, [(1, "nas".into(), 2, 2)]);
    });
}

#[test]
fn operators_edit_and_only_administrators_merge_and_delete() {
    deep(|| async {
        let site = filled().await;
        let forms = [
            ("save_server", "server=1&name=nas&alias=A&notes=&duplicati_url=", Role::Operator),
            ("archive_server", "server=1&archived=true", Role::Operator),
            ("save_job", "job=1&name=Documents&alias=B&notes=", Role::Operator),
            ("archive_job", "job=1&archived=true", Role::Operator),
            ("delete_job", "job=3&name=Photos&at_most=1", Role::Administrator),
            ("merge_servers", "from=2&from_name=nas+%282%29&into=1&into_name=nas", Role::Administrator),
            ("delete_server", "server=1&name=nas&at_most=9", Role::Administrator),
        ];
        for role in Role::ALL {
            let cookie = site.sign_in(&format!("{role}"), role).await;
            let mut page = get("/servers/1/edit");
            page.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            let seen = site.send_as_it_is(page).await.status == StatusCode::OK;
            assert_eq!(seen, role >= Role::Operator, "{role}");
            for (form, body, least) in forms {
                let mut request = post(&format!("/api/fn/{form}"), "application/x-www-form-urlencoded", body);
                request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
                request.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
                let status = site.send_as_it_is(request).await.status;
                let works = status.is_success() || status.is_redirection();
                assert_eq!(works, role >= least, "{form} by {role}: {status}");
            }
        }
        assert_eq!(servers::list(&site.state.services, &ROOT).await.unwrap().len(), 0);
        let missing = servers::find(&site.state.services, &ROOT, ServerId(1)).await;
        assert!(missing.is_err());
    });
}
