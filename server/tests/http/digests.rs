//! Digests, templates and reports of a period through their pages and forms, without JavaScript, as each role.

use axum::http::{Request, StatusCode, header};
use duplistatus::{
    access::Role,
    dto::channel::ChannelForm,
    service::{Actor, notifications::channels},
    topic::Topic,
};

use crate::site::{Answer, Site, deep, form, get, report};

/// Sends a form as a browser does: with an error it is led back to the page.
async fn submit(site: &Site, cookie: &str, function: &str, body: &str) -> Answer {
    let mut request = form(function, "/settings/digests", body);
    let headers = request.headers_mut();
    headers.insert(header::ORIGIN, "http://backup.example".parse().unwrap());
    headers.insert(header::COOKIE, cookie.parse().unwrap());
    site.send(request).await
}

async fn ask(site: &Site, cookie: &str, path: &str) -> Answer {
    let mut request: Request<_> = get(path);
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    site.send(request).await
}

async fn page(site: &Site, cookie: &str, path: &str) -> String {
    let answer = ask(site, cookie, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body.replace("<!>", "")
}

/// A site with a job that failed, and a channel.
async fn site() -> Site {
    let site = Site::open();
    let mut failed = report(2);
    failed["Data"]["ParsedResult"] = "Error".into();
    site.post("/api/upload", failed).await;
    let form = ChannelForm {
        name: "family".into(),
        kind: "ntfy".into(),
        target: "http://127.0.0.1:9".into(),
        to: "backups".into(),
        topics: vec![Topic::Failed],
        is_enabled: true,
        ..ChannelForm::default()
    };
    channels::create(&site.state.services, &Actor::CommandLine, form).await.unwrap();
    site
}

const DIGEST: &str = "form%5Bname%5D=Monday&form%5Bchannel%5D=1&form%5Bgroup%5D=&form%5Bevery%5D=weekly&form%5Bweekday%5D=0\
    &form%5Bmonth_day%5D=1&form%5Bat%5D=07%3A00&form%5Bzone%5D=Europe%2FBerlin&has-in_use=true&in_use=true";

#[test]
fn an_administrator_manages_digests_and_an_operator_only_sees_them() {
    deep(|| async {
        let site = site().await;
        let administrator = site.sign_in("ada", Role::Administrator).await;
        let operator = site.sign_in("otto", Role::Operator).await;
        let denied = submit(&site, &operator, "save_digest", DIGEST).await;
        assert_ne!(denied.header(header::LOCATION), "/settings/digests", "{denied:?}");
        let done = submit(&site, &administrator, "save_digest", DIGEST).await;
        assert_eq!(done.header(header::LOCATION), "/settings/digests", "{done:?}");
        let html = page(&site, &administrator, "/settings/digests").await;
        assert!(html.contains("Weekly on Mon at 07:00 (Europe/Berlin)"), "{html}");

        let wrong = DIGEST.replace("Europe%2FBerlin", "Middle%2FEarth").replace("Monday", "Tuesday");
        let refused = submit(&site, &administrator, "save_digest", &wrong).await;
        let back = refused.header(header::LOCATION).to_owned();
        let html = page(&site, &administrator, back.trim_start_matches("http://backup.example")).await;
        assert!(html.contains("is not a time zone"), "{html}");

        let html = page(&site, &administrator, "/settings/digests?preview=1").await;
        assert!(html.contains("Weekly summary: 1 job needs attention"), "{html}");
        let gone = ask(&site, &administrator, "/settings/digests?preview=9").await.status;
        assert!(!gone.is_server_error(), "{gone}");
        let sent = submit(&site, &administrator, "send_digest", "digest=1").await;
        assert_eq!(sent.header(header::LOCATION), "/settings/digests?sent=1", "{sent:?}");
        let html = page(&site, &administrator, "/settings/digests?sent=1").await;
        assert!(html.contains("Waiting to be sent since"), "{html}");
        let stale = submit(&site, &administrator, "delete_digest", "digest=1&name=Tuesday").await;
        assert!(stale.header(header::LOCATION).contains("__err="), "{stale:?}");
        submit(&site, &administrator, "delete_digest", "digest=1&name=Monday").await;
        let html = page(&site, &administrator, "/settings/digests").await;
        assert!(html.contains("No digests yet"), "{html}");
        let audit = page(&site, &administrator, "/settings/audit").await;
        for action in ["digest.create", "digest.send", "digest.delete"] {
            assert!(audit.contains(action), "{action}: {audit}");
        }
    });
}

#[test]
fn a_template_is_previewed_saved_and_reset_without_script() {
    deep(|| async {
        let site = site().await;
        let administrator = site.sign_in("ada", Role::Administrator).await;
        let form = |body: &str| {
            format!(
                "form%5Btopic%5D=failed&form%5Bkind%5D=ntfy&form%5Btitle%5D=%7Bevent%7D%21&form%5Bbody%5D={body}"
            )
        };
        let shown = submit(&site, &administrator, "preview_template", &form("%7Bstatus%7D+%7Bfoo%7D")).await;
        let path = shown.header(header::LOCATION).to_owned();
        assert!(path.starts_with("/settings/templates?topic=failed&kind=ntfy&draft="), "{path}");
        let html = page(&site, &administrator, &path).await;
        assert!(html.contains("There is no variable {foo}."), "{html}");
        let shown = submit(&site, &administrator, "preview_template", &form("%7Bstatus%7D%3Cb%3E")).await;
        let html = page(&site, &administrator, shown.header(header::LOCATION)).await;
        assert!(html.contains("Failed!") && html.contains("Error&lt;b&gt;"), "{html}");
        assert!(html.contains("This text is not saved."), "{html}");
        // What somebody else typed is theirs.
        let other = site.sign_in("bob", Role::Administrator).await;
        let html = page(&site, &other, shown.header(header::LOCATION)).await;
        assert!(html.contains("This is the default text."), "{html}");

        let refused = submit(&site, &administrator, "save_template", &form("%7Bfoo%7D")).await;
        assert!(refused.header(header::LOCATION).contains("__err="), "{refused:?}");
        let saved = submit(&site, &administrator, "save_template", &form("%7Bstatus%7D")).await;
        assert_eq!(saved.header(header::LOCATION), "/settings/templates?topic=failed&kind=ntfy");
        let html = page(&site, &administrator, saved.header(header::LOCATION)).await;
        assert!(html.contains("This text was changed."), "{html}");
        let reset = submit(&site, &administrator, "reset_template", "topic=failed&kind=ntfy").await;
        let html = page(&site, &administrator, reset.header(header::LOCATION)).await;
        assert!(html.contains("This is the default text."), "{html}");
        let operator = site.sign_in("otto", Role::Operator).await;
        let denied = submit(&site, &operator, "save_template", &form("x")).await;
        assert!(!denied.header(header::LOCATION).starts_with("/settings/templates"), "{denied:?}");
    });
}

#[test]
fn a_viewer_reads_the_report_of_a_period_and_its_file() {
    deep(|| async {
        let site = site().await;
        let viewer = site.sign_in("vera", Role::Viewer).await;
        let html = page(&site, &viewer, "/report?from=2026-11-23&to=2026-11-23").await;
        assert!(
            html.contains("1 job needs attention") && html.contains("0 good, 1 failed, 0 incomplete"),
            "{html}"
        );
        let html = ask(&site, &viewer, "/report?from=2026-11-23&to=2026-11-01").await.body;
        assert!(html.to_lowercase().contains("the last day must not be before the first day"), "{html}");
        let file = ask(&site, &viewer, "/api/v1/report/download?from=2026-11-23&to=2026-11-23").await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
        assert!(
            file.header(header::CONTENT_DISPOSITION).contains("duplistatus-report-2026-11-23-2026-11-23.csv")
        );
        assert_eq!(file.body.lines().count(), 2, "{}", file.body);
        for wrong in ["from=yesterday", "from=2026-11-23&to=2026-11-01", "group=a&group=b", "days=3"] {
            let answer = ask(&site, &viewer, &format!("/api/v1/report/download?{wrong}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}: {}", answer.body);
        }
        let nobody = site.call_as_it_is(get("/api/v1/report/download")).await;
        assert_eq!(nobody.status(), StatusCode::SEE_OTHER, "to the sign-in page");
    });
}
