//! What people set about jobs, through the page of a job and its forms, as each role.

use axum::http::{Request, StatusCode, header};
use duplistatus::access::Role;

use crate::site::{Answer, Site, deep, get, post, report};

/// Sends a form as a browser does: with an error it is led back to the page.
async fn submit(site: &Site, cookie: &str, function: &str, body: &str) -> Answer {
    let mut request =
        post(&format!("/api/fn/{function}"), "application/x-www-form-urlencoded", body.to_owned());
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, "text/html".parse().unwrap());
    headers.insert(header::HOST, "backup.example".parse().unwrap());
    headers.insert(header::ORIGIN, "http://backup.example".parse().unwrap());
    headers.insert(header::REFERER, "http://backup.example/jobs/1".parse().unwrap());
    headers.insert(header::COOKIE, cookie.parse().unwrap());
    site.send(request).await
}

async fn page(site: &Site, cookie: &str, path: &str) -> String {
    let mut request: Request<_> = get(path);
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    let answer = site.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body.replace("<!>", "")
}

/// A function, a form that it takes, and one that it does not, with why.
type Form = (&'static str, &'static str, Option<(&'static str, &'static str)>);

/// The forms of the page of a job.
const FORMS: [Form; 9] = [
    (
        "set_schedule",
        "jobs%5B%5D=1&form%5Bschedule%5D=every&form%5Bevery%5D=1&form%5Bunit%5D=D&form%5Bat%5D=02%3A00&form%5Btolerance%5D=laptop&form%5Bzone%5D=Europe%2FBerlin",
        Some((
            "jobs%5B%5D=1&form%5Bschedule%5D=cron&form%5Bcron%5D=61+*+*+*+*&form%5Btolerance%5D=inherit",
            "not a valid minute in a cron expression",
        )),
    ),
    ("set_checks", "job=1&on%5B%5D=shrank", Some(("job=1&on%5B%5D=luck", "there is no such check"))),
    (
        "accept_warning",
        "job=1&kind=Locked%3A+locked&days=30",
        Some(("job=1&kind=Locked&days=-3", "choose a day in the future")),
    ),
    ("withdraw_warning", "job=1&kind=Locked%3A+locked", None),
    (
        "add_window",
        "jobs%5B%5D=1&form%5Bkind%5D=weekly&form%5Bname%5D=updates&form%5Bat%5D=02%3A00&form%5Blength%5D=4h&form%5Bweekdays%5D%5B%5D=sun",
        Some((
            "jobs%5B%5D=1&form%5Bkind%5D=once&form%5Bfrom%5D=2026-12-24T08%3A00&form%5Buntil%5D=2026-12-24T07%3A00",
            "the end must be after the start",
        )),
    ),
    ("delete_window", "window=1&jobs%5B%5D=1", None),
    (
        "pause",
        "jobs%5B%5D=1&until=4h&reason=away",
        Some(("jobs%5B%5D=1&until=soon&reason=", "write day and time")),
    ),
    ("resume", "jobs%5B%5D=1", Some(("jobs%5B%5D=1", "it is not paused"))),
    ("pause", "server=1&until=&reason=moved", Some(("until=&reason=", "choose 1 to 1000 jobs"))),
];

#[test]
fn an_operator_sets_everything_about_a_job_and_a_viewer_nothing() {
    deep(|| async {
        let site = Site::open();
        site.post("/api/upload", &report(2)).await;
        let viewer = site.sign_in("vera", Role::Viewer).await;
        let operator = site.sign_in("otto", Role::Operator).await;
        for (function, good, bad) in FORMS {
            let denied = submit(&site, &viewer, function, good).await;
            assert_ne!(denied.header(header::LOCATION), "/jobs/1", "{function}: {denied:?}");
            let done = submit(&site, &operator, function, good).await;
            let location = done.header(header::LOCATION);
            let expected = if good.starts_with("server") { "/servers/1/schedule" } else { "/jobs/1" };
            assert_eq!(location, expected, "{function}: {done:?}");
            if let Some((body, why)) = bad {
                let refused = submit(&site, &operator, function, body).await;
                let back = refused.header(header::LOCATION).to_owned();
                assert!(back.contains("__err="), "{function}: {refused:?}");
                let html = page(&site, &operator, back.trim_start_matches("http://backup.example")).await;
                let html = html.to_lowercase();
                assert!(html.contains(why), "{function} says {why}: {html}");
            }
        }
        // What was set is on the page, and in the audit log with who did it.
        let html = page(&site, &viewer, "/jobs/1").await;
        for words in
            ["Daily at 02:00", "Europe/Berlin", "set for this job", "Paused", "for its server", "moved"]
        {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!html.contains("action=\"/api/fn/pause\""), "no forms for a viewer");
        let administrator = site.sign_in("ada", Role::Administrator).await;
        let html = page(&site, &administrator, "/settings/audit").await;
        assert!(html.contains("otto") && html.contains("Change schedule, tolerance or checks"), "{html}");
    });
}

#[test]
fn a_preview_needs_no_script_and_changes_nothing() {
    deep(|| async {
        let site = Site::open();
        for day in 1..9 {
            site.post("/api/upload", &report(day)).await;
        }
        let operator = site.sign_in("otto", Role::Operator).await;
        let tried = "/jobs/1?form%5Bschedule%5D=every&form%5Bevery%5D=1&form%5Bunit%5D=D&form%5Bat%5D=02%3A00&form%5Bweekdays%5D%5B%5D=mon&form%5Btolerance%5D=inherit&form%5Bzone%5D=";
        let html = page(&site, &operator, tried).await;
        assert!(html.contains("With these settings: ") && html.contains("Current settings: "), "{html}");
        assert!(html.contains("Next: 30 Nov 02:00"), "{html}");
        assert!(!html.contains("set for this job"), "nothing was set: {html}");
        let wrong = page(&site, &operator, "/jobs/1?form%5Bschedule%5D=cron&form%5Bcron%5D=a").await;
        assert!(wrong.contains("A cron expression has five fields"), "{wrong}");
    });
}

#[test]
fn a_job_that_is_not_there_is_not_found() {
    deep(|| async {
        let site = Site::open();
        let operator = site.sign_in("otto", Role::Operator).await;
        for path in ["/jobs/99", "/jobs/x", "/jobs/-1"] {
            let mut request = get(path);
            request.headers_mut().insert(header::COOKIE, operator.parse().unwrap());
            assert_eq!(site.send(request).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let gone = submit(&site, &operator, "pause", "jobs%5B%5D=99&until=&reason=").await;
        assert!(gone.header(header::LOCATION).contains("__err="), "{gone:?}");
    });
}
