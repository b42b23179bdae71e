//! The list of schedules, many jobs at once, and what is set for a group, a server or everything, as each role; and the same through the API.

use axum::http::{Method, StatusCode, header};
use duplistatus::access::{Role, Scope};
use serde_json::{Value, json};

use crate::site::{Answer, Site, deep, form, get, post, report};

/// Two servers in a group, of which one has two jobs.
async fn site() -> Site {
    let site = Site::open();
    for (machine, job) in [("nas", "Photos"), ("nas", "=1+1"), ("desk", "Home")] {
        let mut sent = report(2);
        sent["Extra"]["machine-name"] = json!(machine);
        sent["Extra"]["machine-id"] = json!(machine);
        sent["Extra"]["backup-name"] = json!(job);
        assert_eq!(site.post("/api/upload", &sent).await.status, StatusCode::OK);
    }
    site
}

async fn page(site: &Site, cookie: &str, path: &str) -> Answer {
    let mut request = get(path);
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    let mut answer = site.send(request).await;
    answer.body = answer.body.replace("<!>", "");
    answer
}

/// Sends a form as a browser does, from a page.
async fn submit(site: &Site, cookie: &str, function: &str, body: &str, from: &str) -> Answer {
    let mut request = form(function, from, body);
    let headers = request.headers_mut();
    headers.insert(header::ORIGIN, "http://backup.example".parse().unwrap());
    headers.insert(header::COOKIE, cookie.parse().unwrap());
    site.send(request).await
}

const LAPTOP: &str = "form%5Bschedule%5D=&form%5Btolerance%5D=laptop";

#[test]
fn each_place_has_its_page_and_its_forms_lead_back_to_it() {
    deep(|| async {
        let site = site().await;
        let operator = site.sign_in("otto", Role::Operator).await;
        let viewer = site.sign_in("vera", Role::Viewer).await;
        submit(&site, &operator, "label_server", "server=1&group=A%26B&tags=", "/servers/1/labels").await;
        for (place, path) in [
            ("site=true", "/settings/schedules/all"),
            ("group=1", "/groups/1"),
            ("server=1", "/servers/1/schedule"),
        ] {
            let window = "form%5Bkind%5D=weekly&form%5Bname%5D=w&form%5Bat%5D=02%3A00&form%5Blength%5D=4h&form%5Bweekdays%5D%5B%5D=sun";
            for (function, fields) in [
                ("set_schedule", LAPTOP),
                ("set_checks", "on%5B%5D=shrank"),
                ("add_window", window),
                ("pause", "until=4h&reason=away"),
                ("resume", ""),
            ] {
                let body = format!("{place}&{fields}");
                let denied = submit(&site, &viewer, function, &body, path).await;
                assert_ne!(denied.header(header::LOCATION), path, "{function} {place}: {denied:?}");
                let done = submit(&site, &operator, function, &body, path).await;
                assert_eq!(done.header(header::LOCATION), path, "{function} {place}: {done:?}");
            }
            let shown = page(&site, &operator, path).await;
            assert_eq!(shown.status, StatusCode::OK, "{path}");
            assert!(shown.body.contains("<option value=\"laptop\" selected"), "{path}: {}", shown.body);
            assert_eq!(page(&site, &viewer, path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        // What is wrong is said on the page it came from.
        let wrong = "group=1&form%5Bschedule%5D=cron&form%5Bcron%5D=x&form%5Btolerance%5D=inherit";
        let refused = submit(&site, &operator, "set_schedule", wrong, "/groups/1").await;
        let back = refused.header(header::LOCATION).trim_start_matches("http://backup.example").to_owned();
        let shown = page(&site, &operator, &back).await;
        assert!(shown.body.contains("A cron expression has five fields"), "{}", shown.body);
        // Nothing is both.
        let both = format!("group=1&server=1&{LAPTOP}");
        let refused = submit(&site, &operator, "set_schedule", &both, "/groups/1").await;
        assert!(refused.header(header::LOCATION).contains("__err="), "{refused:?}");
        for path in ["/groups/9", "/groups/x", "/servers/9/schedule", "/servers/x/schedule"] {
            assert_eq!(page(&site, &operator, path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let job = page(&site, &operator, "/jobs/1").await.body;
        assert!(job.contains("href=\"/servers/1/schedule\" class=\"text-link\">set for its server"), "{job}");
        let job = page(&site, &viewer, "/jobs/1").await.body;
        assert!(!job.contains("/servers/1/schedule"), "{job}");
    });
}

#[test]
fn a_preview_of_a_group_changes_nothing() {
    deep(|| async {
        let site = site().await;
        let operator = site.sign_in("otto", Role::Operator).await;
        submit(&site, &operator, "label_server", "server=1&group=A&tags=", "/servers/1/labels").await;
        let tried = "form%5Bschedule%5D=every&form%5Bevery%5D=1&form%5Bunit%5D=D&form%5Bat%5D=02%3A00&form%5Btolerance%5D=desktop&form%5Bzone%5D=";
        for (path, jobs) in [
            ("/groups/1?", "all 2 jobs"),
            ("/servers/1/schedule?", "all 2 jobs"),
            ("/settings/schedules/all?", "all 3 jobs"),
            ("/settings/schedules/edit?jobs%5B%5D=1&jobs%5B%5D=3&", "all 2 jobs"),
            ("/settings/schedules/edit?all=true&filter%5Btext%5D=nas&", "all 2 jobs"),
        ] {
            let shown = page(&site, &operator, &format!("{path}{tried}")).await.body;
            assert!(shown.contains("With these settings: "), "{path}: {shown}");
            assert!(shown.contains(&format!("Calculated for {jobs}.")), "{path}: {shown}");
        }
        let list = page(&site, &operator, "/settings/schedules?source=set").await.body;
        assert!(list.contains("No matches"), "{list}");
    });
}

#[test]
fn many_jobs_are_changed_by_boxes_or_by_what_the_filter_shows() {
    deep(|| async {
        let site = site().await;
        let operator = site.sign_in("otto", Role::Operator).await;
        let viewer = site.sign_in("vera", Role::Viewer).await;
        let edit = "/settings/schedules/edit?jobs%5B%5D=1&jobs%5B%5D=3&filter%5Bpage%5D=1";
        let shown = page(&site, &operator, edit).await;
        assert!(shown.body.contains("2 jobs of 2 servers"), "{}", shown.body);
        assert_eq!(page(&site, &viewer, edit).await.status, StatusCode::NOT_FOUND);
        let none = page(&site, &operator, "/settings/schedules/edit").await;
        assert!(none.status == StatusCode::OK && none.body.contains("No jobs selected"), "{}", none.body);

        let boxes = format!("jobs%5B%5D=1&jobs%5B%5D=3&filter%5Bstate%5D=new&filter%5Bpage%5D=2&{LAPTOP}");
        let denied = submit(&site, &viewer, "set_schedule", &boxes, edit).await;
        assert!(!denied.header(header::LOCATION).contains("done="), "{denied:?}");
        let done = submit(&site, &operator, "set_schedule", &boxes, edit).await;
        let back = "/settings/schedules?state=new&page=2&done=2";
        assert_eq!(done.header(header::LOCATION), back, "{done:?}");
        assert!(page(&site, &operator, back).await.body.contains("2 jobs were changed."));

        let all = |count: i64| format!("all=true&count={count}&filter%5Btext%5D=NAS&filter%5Bpage%5D=1");
        let other = submit(&site, &operator, "pause", &format!("{}&until=&reason=", all(3)), edit).await;
        assert!(other.header(header::LOCATION).contains("__err="), "not as many as were shown: {other:?}");
        let done = submit(&site, &operator, "pause", &format!("{}&until=&reason=", all(2)), edit).await;
        assert_eq!(done.header(header::LOCATION), "/settings/schedules?text=NAS&done=2", "{done:?}");
        let paused = page(&site, &operator, "/settings/schedules?state=paused").await.body;
        assert!(paused.contains("2 jobs") && paused.contains("Until resumed"), "{paused}");

        let labels = "servers=1,2&act=set&group=M%C3%BCller&add=x,+y&remove=&filter%5Bpage%5D=1";
        let denied = submit(&site, &viewer, "label_servers", labels, edit).await;
        assert!(!denied.header(header::LOCATION).contains("labelled="), "{denied:?}");
        let done = submit(&site, &operator, "label_servers", labels, edit).await;
        assert_eq!(done.header(header::LOCATION), "/settings/schedules?labelled=2", "{done:?}");
        for wrong in [
            "servers=1,x&act=set&group=A&add=&remove=",
            "servers=&act=set&group=A&add=&remove=",
            "servers=1&act=set&group=&add=&remove=",
            "servers=1&act=splendid&group=A&add=&remove=",
            "servers=1&act=&group=&add=&remove=",
        ] {
            let refused = submit(&site, &operator, "label_servers", wrong, edit).await;
            assert!(refused.header(header::LOCATION).contains("__err="), "{wrong}: {refused:?}");
        }
        let runs = page(&site, &viewer, "/runs?group=m%C3%BCller&tag=x").await.body;
        assert!(runs.contains("3 runs, 2 servers") && runs.contains("Group: müller"), "{runs}");
    });
}

#[test]
fn a_group_is_renamed_and_deleted_by_its_forms() {
    deep(|| async {
        let site = site().await;
        let operator = site.sign_in("otto", Role::Operator).await;
        let viewer = site.sign_in("vera", Role::Viewer).await;
        for server in [1, 2] {
            let body = format!("server={server}&group=G{server}&tags=");
            submit(&site, &operator, "label_server", &body, "/servers/1/labels").await;
        }
        submit(&site, &operator, "set_schedule", &format!("group=1&{LAPTOP}"), "/groups/1").await;
        let denied = submit(&site, &viewer, "rename_group", "group=1&name=X", "/groups/1").await;
        assert_ne!(denied.header(header::LOCATION), "/groups/1");
        let done = submit(&site, &operator, "rename_group", "group=1&name=Zoo", "/groups/1").await;
        assert_eq!(done.header(header::LOCATION), "/groups/1", "{done:?}");
        assert!(page(&site, &operator, "/groups/1").await.body.contains("of the group Zoo"));
        let joined = submit(&site, &operator, "rename_group", "group=1&name=g2", "/groups/1").await;
        assert_eq!(joined.header(header::LOCATION), "/groups/2", "{joined:?}");
        assert_eq!(page(&site, &operator, "/groups/1").await.status, StatusCode::NOT_FOUND);
        let kept = page(&site, &operator, "/servers/1/schedule").await.body;
        assert!(kept.contains("<option value=\"laptop\" selected"), "what was set for the group: {kept}");
        let wrong = submit(&site, &operator, "delete_group", "group=2&name=other", "/groups/2").await;
        assert!(wrong.header(header::LOCATION).contains("__err="), "{wrong:?}");
        let done = submit(&site, &operator, "delete_group", "group=2&name=G2", "/groups/2").await;
        assert_eq!(done.header(header::LOCATION), "/settings/schedules", "{done:?}");
        assert_eq!(page(&site, &operator, "/groups/2").await.status, StatusCode::NOT_FOUND);
        let administrator = site.sign_in("ada", Role::Administrator).await;
        let trail = page(&site, &administrator, "/settings/audit").await.body;
        for words in ["Rename a group", "Merge two groups", "Delete a group"] {
            assert!(trail.contains(words), "{words}: {trail}");
        }
    });
}

#[test]
fn the_api_has_the_list_its_files_and_the_labels_of_many_servers() {
    deep(|| async {
        let site = site().await;
        let all = site.get("/api/v1/schedules").await.json();
        assert_eq!(all["data"].as_array().map(Vec::len), Some(3), "{all}");
        assert_eq!(all["data"][0]["job_name"], "=1+1");
        let found = site.get("/api/v1/schedules?text=desk&verdict=new&sort=-next").await.json();
        assert_eq!(found["data"].as_array().map(Vec::len), Some(1), "{found}");
        let csv = site.get("/api/v1/schedules/download?format=csv&text=nas&page=9").await;
        assert_eq!(csv.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
        assert!(csv.header(header::CONTENT_DISPOSITION).contains("duplistatus-schedules-2026-"), "{csv:?}");
        assert_eq!(csv.body.lines().count(), 3, "{}", csv.body);
        assert!(csv.body.contains("\"'=1+1\""), "{}", csv.body);
        for (words, field) in [
            ("verdict=splendid", "verdict"),
            ("source=x", "source"),
            ("sort=colour", "sort"),
            ("limit=0", "limit"),
            ("colour=red", "query"),
        ] {
            let refused = site.get(&format!("/api/v1/schedules?{words}")).await;
            let told = (refused.status, &refused.json()["field"]) == (StatusCode::BAD_REQUEST, &json!(field));
            assert!(told, "{words}: {refused:?}");
        }
        assert_eq!(site.get("/api/v1/schedules/download?format=xml").await.status, StatusCode::BAD_REQUEST);

        let label = async |body: Value, cookie: Option<&str>| {
            let mut request = post("/api/v1/labels", "application/json", body.to_string());
            assert_eq!(request.method(), Method::POST);
            if let Some(cookie) = cookie {
                request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            }
            site.send(request).await
        };
        let change = json!({ "servers": [1, 2], "group": "Müller", "add": ["off-site"], "remove": ["old"] });
        let done = label(change.clone(), None).await;
        assert_eq!((done.status, done.json()), (StatusCode::OK, json!({ "changed": 2 })), "{done:?}");
        assert_eq!(label(change.clone(), None).await.json(), json!({ "changed": 0 }));
        for wrong in [
            json!({ "servers": [], "group": "A" }),
            json!({ "servers": [1] }),
            json!({ "group": "A" }),
            json!({ "servers": [1], "groups": "A" }),
            json!({ "servers": "1", "group": "A" }),
            json!({ "servers": [1], "add": ["x".repeat(50)] }),
        ] {
            assert_eq!(label(wrong.clone(), None).await.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
        let gone = label(json!({ "servers": [99], "group": "A" }), None).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        let viewer = site.sign_in("vera", Role::Viewer).await;
        let denied = label(change, Some(&viewer)).await.status;
        assert!([StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&denied), "{denied}");
        assert_eq!(Scope::Write.role(), Role::Operator);
        let groups = site.get("/api/v1/groups").await.json();
        let tags = site.get("/api/v1/tags").await.json();
        let id = |rows: &Value, name: &str| {
            rows["data"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap()["id"].clone()
        };
        let (group, tag) = (id(&groups, "Müller"), id(&tags, "off-site"));
        let runs = site.get(&format!("/api/v1/runs?group={group}&tag={tag}")).await.json();
        assert_eq!(runs["data"].as_array().map(Vec::len), Some(3), "{runs}");
    });
}
