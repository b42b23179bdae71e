//! Our own secrets never leak: whatever a report quotes, no file and no response of ours contains a key, a session or an API key.

use axum::http::{Request, StatusCode, header};
use duplistatus::{
    access::Role,
    service::{Actor, ingest, ingest::rejected},
};
use serde_json::{Value, json};

use crate::site::{Site, deep, get, post};

/// Returns a report that quotes a text in every possible place.
fn report(hour: u8, operation: &str, quoted: &str) -> Value {
    json!({
        "Data": {
            "MainOperation": operation, "ParsedResult": "Warning", "BeginTime": format!("2026-11-23T{hour:02}:00:00Z"),
            "Duration": "00:00:10", "Version": format!("2.3.1.0 {quoted}"), "WarningsActualLength": 1,
            "ExaminedFiles": 3, "RestorePath": quoted, (quoted): quoted, "Verifications": [quoted],
            "RemoteSynchronizationResults": [{"Destination": quoted, "ParsedResult": "Error"}],
            "BackendStatistics": {"KnownFileSize": 5000, "BackupListCount": 7},
        },
        "Extra": {
            "OperationName": operation, "backup-name": format!("Documents {quoted}"),
            "machine-name": format!("nas {quoted}"), "machine-id": quoted, "backup-id": quoted,
            "operating-system": quoted, "installation-type": quoted, "destination-type": quoted, (quoted): quoted,
        },
        "LogLines": [
            format!("2026-11-23 02:00:00 +00 - [Warning-Duplicati.Library.Modules.Builtin.HttpReportStatus-Error]: Failed to post \
                     status report to {quoted}: A task was canceled."),
            format!("2026-11-23 02:00:00 +00 - [Error-A.{quoted}-B]: {quoted}\nA.BException: {quoted}\n   at A.B({quoted})"),
            quoted,
        ],
        "Exception": format!("A.BException: {quoted}\n ---> C.DException: {quoted}\n   at A.B()"),
    })
}

fn text(quoted: &str) -> String {
    format!(
        "Duplicati Backup report for Text {quoted} (id, DB-1, nas {quoted})\r\n\r\nFailed: {quoted}\r\nDetails: A.BException: {quoted}\r\n   \
         at A.B()\r\n\r\nMainOperation: Backup\r\nBeginTime: {quoted}\r\nVersion: 2.3.1.0 {quoted}\r\n{quoted}\r\n\r\nLog data:\r\n{quoted}\r\n"
    )
}

fn live(state: &str, quoted: &str) -> Value {
    json!({
        "operation": "Backup", "status": state, "startedUtc": "2026-11-23T11:58:00Z", "reportedUtc": "2026-11-23T11:59:00Z",
        "errorMessage": quoted, "progress": {"phase": quoted, "progress": 0.5, "currentFilename": quoted},
        "recentLogLines": [quoted],
        "metadata": {"machineId": quoted, "machineName": quoted, "backupId": quoted, "backupName": quoted,
            "duplicatiVersion": quoted, "destinationType": quoted, "operatingSystem": quoted},
    })
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

/// Returns the forms in which a report can quote a secret.
fn quotes(secret: &str) -> Vec<String> {
    let url = format!("http://backup.example:9666/base/api/status/{secret}");
    vec![
        secret.to_owned(),
        url.clone(),
        format!("{url}?a=b"),
        percent_encoded(&url),
        percent_encoded(&percent_encoded(&url)),
        url.replace('/', "\\/"),
        url.replace('/', "\\u002f"),
        format!("{{\"url\":\"{url}\"}}"),
        format!("Cookie: duplistatus-session={secret}"),
        format!("Authorization: Bearer {secret}"),
        format!("the key\n{secret}\n"),
    ]
}

/// Sends every kind of request that quotes a secret; asserts that no response contains it.
async fn send_all(site: &Site, door: &str, quoted: &str, hour: u8) {
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let escaped = report(hour + 2, "Backup", quoted).to_string().replace('/', "\\/");
    for (kind, body) in [
        (json, report(hour, "Backup", quoted).to_string()),
        (json, report(hour + 1, "Restore", quoted).to_string()),
        (json, escaped),
        (json, json!({ "message": quoted, "Data": report(hour, "Test", quoted).to_string() }).to_string()),
        (json, live("Progress", quoted).to_string()),
        (json, live("Failed", quoted).to_string()),
        (form, format!("message={}&x={}", percent_encoded(&text(quoted)), percent_encoded(quoted))),
        ("text/plain", text(quoted)),
        ("text/plain", format!("all went well, see {quoted}")),
        (json, format!("{{\"Data\": {{\"a\": {}", Value::from(quoted))),
        (json, json!({ "hello": quoted }).to_string()),
        (json, json!({ "Data": { (quoted): quoted } }).to_string()),
    ] {
        let mut request = post(door, kind, body);
        if let Ok(kind) = format!("{kind}; boundary={}", percent_encoded(quoted)).parse() {
            request.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        let answer = site.send(request).await;
        assert!([StatusCode::OK, StatusCode::BAD_REQUEST].contains(&answer.status), "{answer:?}");
        assert!(!answer.body.contains(quoted), "{answer:?}");
    }
}

/// Returns every response of the program that shows received data.
async fn shown(site: &Site) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    let ids = async |list: &str| -> Vec<i64> {
        let rows = site.get(list).await.json()["data"].clone();
        rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
    };
    let (servers, runs) = (ids("/api/v1/servers").await, ids("/api/v1/runs?limit=200").await);
    for path in
        ["/", "/rejected", "/api/v1/rejected", "/settings/keys", "/api/v1/database/stats", "/settings/logs"]
            .into_iter()
            .chain(["/api/v1/summary", "/api/v1/servers", "/api/v1/jobs", "/api/v1/runs"])
    {
        answers.push((path.to_owned(), site.get(path).await.body));
    }
    for id in servers {
        answers.push((format!("page of server {id}"), site.get(&format!("/servers/{id}")).await.body));
    }
    for id in runs {
        for path in [
            format!("/api/v1/runs/{id}"),
            format!("/api/v1/runs/{id}/log"),
            format!("/runs/{id}"),
            format!("/runs/{id}/raw"),
        ] {
            answers.push((path.clone(), site.get(&path).await.body));
        }
    }
    answers
}

#[test]
fn no_secret_of_ours_comes_back_in_any_file_or_answer() {
    deep(|| async {
        let site = Site::new();
        let key = site.key("").await;
        let other = site.key("nas").await;
        let session = site.sign_in("kim", Role::Viewer).await;
        let session = session.split_once('=').unwrap().1.to_owned();
        let secrets = [key.clone(), other, session, format!("dsk_{}", site.key("api").await)];
        let door = format!("/api/upload/{key}");
        for (number, secret) in secrets.iter().enumerate() {
            for (way, quoted) in quotes(secret).into_iter().enumerate() {
                let hour = u8::try_from((number * 3 + way) % 9).unwrap();
                send_all(&site, &door, &quoted, hour).await;
            }
        }
        rejected::write_waiting(&site.state.services).await.unwrap();
        let refused = rejected::list(&site.state.services, &Actor::CommandLine, 1).await.unwrap();
        assert!(refused.rows.len() >= 4, "{refused:?}");

        let answers = shown(&site).await;
        assert!(answers.len() > 20);
        let files = site.files();
        assert!(!files.is_empty());
        for secret in &secrets {
            // The prefix of an API key is not secret.
            let secret = secret.trim_start_matches("dsk_");
            for (place, answer) in &answers {
                assert!(!answer.contains(secret), "{place}");
            }
            for (name, content) in &files {
                let found = content.windows(secret.len()).position(|bytes| bytes == secret.as_bytes());
                let around = found.map(|at| {
                    String::from_utf8_lossy(&content[at.saturating_sub(200)..at + 80]).into_owned()
                });
                assert_eq!(around, None, "{name}");
            }
        }
    });
}

#[tokio::test]
async fn a_key_that_has_no_shape_is_hidden_by_the_request_it_came_with() {
    let site = Site::open();
    // Such as an old key of another program.
    let upload = ingest::Upload {
        content_type: None,
        body: report(2, "Backup", "see my-old-key-of-1.4!").to_string().into_bytes(),
        key: Some("my-old-key-of-1.4".into()),
        source: "192.0.2.7".into(),
    };
    let actor = ingest::authenticate(&site.state.services, None).await.unwrap();
    ingest::accept(&site.state.services, &actor, upload).await.unwrap();
    for (name, content) in site.files() {
        assert!(!content.windows(17).any(|bytes| bytes == b"my-old-key-of-1.4"), "{name}");
    }
}

#[tokio::test]
async fn live_status_has_a_door_of_its_own() {
    let site = Site::new();
    let key = site.key("nas").await;
    let answer = site.post(&format!("/api/status/{key}"), live("Progress", "Backup_ProcessingFiles")).await;
    assert_eq!(answer.json()["result"], "recorded");
    assert_eq!(site.get("/api/v1/summary").await.json()["running"], 1);
    let mut foreign = post(&format!("/api/status/{key}"), "application/json", live("Progress", "x"));
    foreign.headers_mut().insert(header::HOST, "elsewhere.example".parse().unwrap());
    assert_eq!(site.send_as_it_is(foreign).await.status, StatusCode::OK, "the key is enough");
    assert_eq!(site.post("/api/status/wrong", live("Progress", "x")).await.status, StatusCode::UNAUTHORIZED);
    let nobody: Request<_> = get(&format!("/api/status/{key}"));
    assert_eq!(site.send_as_it_is(nobody).await.json()["key"], "valid");
}
