//! The addresses of the Node application, as its users' Duplicati servers and widgets request them.

use axum::{
    body::Body,
    http::{HeaderName, Method, Request, StatusCode, header},
};
use duplistatus::{
    access::{Role, Scope},
    service::{
        Actor,
        account::api_keys,
        ingest::rejected,
        session,
        session::{Caller, Resolved},
        settings,
    },
};
use serde_json::{Value, json};

use crate::site::{Answer, Site, from_address, get, post, report, with_method};

/// Returns an API key that may read.
async fn read_key(site: &Site) -> String {
    let cookie = site.sign_in("owner-of-keys", Role::Viewer).await;
    let token = cookie.split_once('=').unwrap().1;
    let resolved = session::resolve(&site.state.services, &Caller::default(), token).await.unwrap();
    let Some(Resolved::User(owner)) = resolved else { panic!("not signed in") };
    let owner = Actor::User(owner);
    api_keys::create(&site.state.services, &owner, "widget", Scope::Read, None).await.unwrap().secret
}

fn widget(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn with(mut request: Request<Body>, name: &'static str, value: &str) -> Request<Body> {
    request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
    request
}

const ADDRESSES: [&str; 3] = ["/api/summary", "/api/lastbackup/nas", "/api/lastbackups/a1"];

async fn stored(site: &Site) {
    assert_eq!(
        site.post(&format!("/api/upload/{}", site.key("nas").await), report(2)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_key_is_accepted_in_the_query_and_in_both_headers_and_nowhere_else() {
    let site = Site::new();
    stored(&site).await;
    let key = read_key(&site).await;
    for path in ADDRESSES {
        let in_query = format!("{path}?api_key={key}");
        let (bearer, query) = (format!("Bearer {key}"), widget(&in_query));
        for request in
            [query, with(widget(path), "x-api-key", &key), with(widget(path), "authorization", &bearer)]
        {
            let answer = site.send_as_it_is(request).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
            assert_eq!(answer.header(header::CONTENT_TYPE), "application/json");
            assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
        }
        assert_eq!(site.send_as_it_is(widget(path)).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let wrong = site.send_as_it_is(widget(&format!("{path}?api_key=dsk_wrong"))).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{path}");
        // A key is enough for any host name, and a wrong one is not.
        let elsewhere = with(widget(&in_query), "host", "elsewhere.example");
        assert_eq!(site.send_as_it_is(elsewhere).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/api/v1/summary", "/api/v1/runs", "/api/v1/servers/1"] {
        let answer = site.send_as_it_is(widget(&format!("{path}?api_key={key}"))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn the_answers_have_the_fields_and_errors_of_the_node_application() {
    let site = Site::with("/status", |_| {}, |_| {});
    let key = site.key("nas").await;
    site.post(&format!("/status/api/upload/{key}"), report(2)).await;
    let summary = site.get("/status/api/summary").await.json();
    assert_eq!(summary["totalServers"], 1);
    assert_eq!(summary["secondsSinceLastBackup"], 10 * 3600);
    let last = site.get("/status/api/lastbackup/a1").await.json();
    assert_eq!(last["latest_backup"]["status"], "Success");
    assert_eq!(last["latest_backup"]["knownFileSize"], 5000);
    assert_eq!(site.get("/status/api/lastbackups/nas").await.json()["backup_jobs_count"], 1);
    let unknown = site.get("/status/api/lastbackup/no%20such%22server").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let expected = json!({
        "error": "Server not found", "message": "No server found with identifier: no such\"server", "status": 404,
    });
    assert_eq!(unknown.json(), expected);
    assert_eq!(site.get("/status/api/lastbackup/%ff").await.status, StatusCode::BAD_REQUEST);
    let posted = site.send(post("/status/api/summary", "application/json", "{}")).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_local_network_reads_without_a_key_once_an_administrator_turned_that_on() {
    let site = Site::new();
    stored(&site).await;
    let home = |path: &str| site.send_as_it_is(from_address(widget(path), [192, 168, 1, 20]));
    for path in ADDRESSES {
        assert_eq!(home(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let mut chosen = site.state.services.settings();
    chosen.local_read_api = true;
    settings::change(&site.state.services, &Actor::CommandLine, chosen).await.unwrap();
    for path in ADDRESSES {
        assert_eq!(home(path).await.status, StatusCode::OK, "{path}");
        let far = site.send_as_it_is(from_address(widget(path), [203, 0, 113, 9])).await;
        assert_eq!(far.status, StatusCode::UNAUTHORIZED, "{path}");
        // A key that is sent is checked, even where none is needed.
        assert_eq!(home(&format!("{path}?api_key=wrong")).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let rebound = with(from_address(widget(path), [192, 168, 1, 20]), "host", "evil.example");
        assert_eq!(site.send_as_it_is(rebound).await.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn a_key_in_a_query_is_not_passed_on_to_the_sign_in_page() {
    let site = Site::new();
    site.sign_in("somebody", Role::Viewer).await;
    let key = read_key(&site).await;
    let answer = site.send_as_it_is(get(&format!("/runs?status=error&api_key={key}"))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header(header::LOCATION), "/login?next=%2Fruns%3Fstatus%3Derror");
    let answer = site.send_as_it_is(get("/api/summary?api_key=dsk_wrong")).await;
    assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::UNAUTHORIZED, ""));
}

/// The ways in which a Duplicati that was set up for the Node application sends its key.
fn ways(key: &str, hour: u8) -> Vec<(&'static str, Request<Body>)> {
    let kind = "application/json";
    let mut extra = report(hour + 3);
    extra["Extra"]["api_key"] = json!(key);
    let encoded: String =
        report(hour + 4).to_string().bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let form = format!("message={encoded}&api_key={key}");
    vec![
        ("query", post(&format!("/api/upload?api_key={key}"), kind, report(hour))),
        ("header", with(post("/api/upload", kind, report(hour + 1)), "x-api-key", key)),
        (
            "bearer",
            with(post("/api/upload", kind, report(hour + 2)), "authorization", &format!("Bearer {key}")),
        ),
        ("body", post("/api/upload", kind, extra)),
        ("form", post("/api/upload", "application/x-www-form-urlencoded", form)),
    ]
}

#[tokio::test]
async fn a_report_is_stored_with_its_key_in_any_of_the_old_places() {
    for site in [Site::new(), Site::open()] {
        let key = site.key("nas").await;
        for (way, request) in ways(&key, 1) {
            let answer = site.send_as_it_is(with(request, "host", "elsewhere.example")).await;
            let is_rebinding = matches!(way, "body" | "form") && site.state.services.options().open_ingest;
            if is_rebinding {
                // Without a key before the body, a page of another site could have sent it.
                assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{way}");
                continue;
            }
            assert_eq!(answer.json()["result"], "stored", "{way}: {answer:?}");
        }
        for (way, request) in ways("wrong-key-of-1.5", 6) {
            let answer = site.send_as_it_is(request).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{way}, although ingest may be open: {answer:?}"
            );
        }
        let test = site.send_as_it_is(with(get("/api/upload"), "x-api-key", &key)).await;
        assert_eq!(test.json()["key"], "valid");
    }
}

#[tokio::test]
async fn an_api_key_cannot_send_reports_and_an_ingest_key_reads_nothing() {
    let site = Site::new();
    stored(&site).await;
    let (read, ingest) = (read_key(&site).await, site.key("nas").await);
    for (way, request) in ways(&read, 1) {
        let answer: Answer = site.send_as_it_is(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{way}");
        assert!(answer.json()["hint"].as_str().unwrap().contains("API key"), "{way}: {answer:?}");
    }
    for path in ADDRESSES {
        let answer = site.send_as_it_is(widget(&format!("{path}?api_key={ingest}"))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn a_key_in_the_body_is_hidden_in_everything_that_is_stored() {
    let site = Site::new();
    let key = site.key("nas").await;
    let kind = "application/json";
    let quoted = |api_key: &str| {
        let mut sent = report(5);
        sent["Extra"]["api_key"] = json!(api_key);
        sent["Extra"]["backup-name"] = json!(format!("Documents {api_key}"));
        sent["LogLines"] = json!([format!("2026-11-23 02:00:00 +00 - [Warning-A-B]: sent with {api_key}")]);
        sent
    };
    // A key of another shape than ours is known only from its place.
    let foreign = "Dup.1.5-key_of.another~shape";
    for sent in [quoted(&key), quoted(foreign)] {
        let escaped = sent.to_string().replace("\"api_key\":\"", "\"api_key\":\"\\u0020");
        for body in [
            sent.to_string(),
            json!({ "Data": sent["Data"], "Extra": sent["Extra"].to_string() }).to_string(),
            escaped,
        ] {
            let answer = site.send_as_it_is(post("/api/upload", kind, body)).await;
            assert!([StatusCode::OK, StatusCode::UNAUTHORIZED].contains(&answer.status), "{answer:?}");
        }
    }
    // In what cannot be read, a key is known by its shape, and by its name.
    for body in [quoted(&key).to_string(), json!({ "Extra": { "api_key": foreign } }).to_string()] {
        let broken = format!("{}{{", body.trim_end_matches('}'));
        assert!(site.send_as_it_is(post("/api/upload", kind, broken)).await.status.is_client_error());
    }
    rejected::write_waiting(&site.state.services).await.unwrap();
    let list = site.get("/api/v1/rejected").await.body;
    assert!(list.contains("nas") && list.contains("***"), "{list}");
    let raw = site.get("/api/v1/runs/1/raw").await.body;
    assert!(raw.contains("\"api_key\":\"***\""), "{raw}");
    let summary = site.get("/api/v1/summary").await.body;
    for secret in [key.as_str(), foreign] {
        for shown in [&list, &raw, &summary] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
        for (name, content) in site.files() {
            assert!(
                !content.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()),
                "{secret} in {name}"
            );
        }
    }
}

#[tokio::test]
async fn strangers_cannot_make_the_server_read_much_or_search_for_keys_forever() {
    let site = Site::with("", |_| {}, |state| state.max_upload = 20_000_000);
    let padded = |size: usize| {
        let mut sent = report(2);
        sent["Extra"]["api_key"] = json!("wrong-key");
        sent["x"] = json!("x".repeat(size));
        post("/api/upload", "application/json", sent)
    };
    let answer = site.send_as_it_is(padded(6_000_000)).await;
    assert_eq!(answer.json()["error"], "an ingest key is required", "its key is not looked for: {answer:?}");
    let answer = site.send_as_it_is(padded(100_000)).await;
    assert_eq!(answer.json()["error"], "this ingest key is not valid");
    for _ in 0..60 {
        site.send_as_it_is(padded(1)).await;
    }
    assert_eq!(site.send_as_it_is(padded(1)).await.status, StatusCode::TOO_MANY_REQUESTS);
    // A valid key still works from there.
    let key = site.key("nas").await;
    for (way, request) in ways(&key, 1) {
        assert_eq!(site.send_as_it_is(request).await.json()["result"], "stored", "{way}");
    }
}

#[tokio::test]
async fn a_head_request_is_answered_like_the_whole() {
    let site = Site::new();
    stored(&site).await;
    let key = read_key(&site).await;
    let head = with_method(widget(&format!("/api/summary?api_key={key}")), Method::HEAD);
    let answer = site.send_as_it_is(head).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""));
    let whole: Value = site.send_as_it_is(widget(&format!("/api/summary?api_key={key}"))).await.json();
    assert_eq!(whole["totalBackups"], 1);
}
