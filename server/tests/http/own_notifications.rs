//! The page on which a user subscribes browsers to messages, through its forms.

use axum::http::{StatusCode, header};
use duplistatus::access::Role;

use crate::site::{Answer, Site, deep, form, get};

/// The browser of the example of RFC 8291.
const BROWSER: &str = "form[endpoint]=https%3A%2F%2F1.1.1.1%2Fsend%2Fs3cret\
    &form[p256dh]=BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4\
    &form[auth]=BTBZMqHH6r4Tts7J_aSIgg&form[browser]=Firefox%20on%20Linux&form[topics][]=failed&form[topics][]=system";

/// Sends a form as a browser does.
async fn submit(site: &Site, cookie: &str, function: &str, body: &str) -> Answer {
    let mut request = form(function, "/account/notifications", body);
    let headers = request.headers_mut();
    headers.insert(header::ORIGIN, "http://backup.example".parse().unwrap());
    headers.insert(header::COOKIE, cookie.parse().unwrap());
    site.send(request).await
}

async fn page(site: &Site, cookie: &str, path: &str) -> String {
    let mut request = get(path);
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    let answer = site.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body.replace("<!>", "")
}

#[test]
fn each_user_has_browsers_of_their_own_and_administrators_see_them_as_channels() {
    deep(|| async {
        let site = Site::open();
        let viewer = site.sign_in("vera", Role::Viewer).await;
        let administrator = site.sign_in("ada", Role::Administrator).await;
        let html = page(&site, &viewer, "/account/notifications").await;
        assert!(html.contains("No browser yet") && html.contains("data-push-key=\"B"), "{html}");
        assert!(
            !html.contains("name=\"form[topics][]\" value=\"system\""),
            "a viewer does not see the health of the program: {html}"
        );
        assert!(
            page(&site, &administrator, "/account/notifications")
                .await
                .contains("name=\"form[topics][]\" value=\"system\"")
        );
        assert!(page(&site, &viewer, "/account").await.contains("href=\"/account/notifications\""));

        // Without JavaScript, the browser says nothing about itself.
        let empty = "form[endpoint]=&form[p256dh]=&form[auth]=&form[browser]=&form[topics][]=failed";
        let refused = submit(&site, &viewer, "subscribe_browser", empty).await;
        let back = refused.header(header::LOCATION).trim_start_matches("http://backup.example").to_owned();
        let html = page(&site, &viewer, &back).await;
        assert!(html.contains("this needs JavaScript, and permission of the browser"), "{html}");

        let done = submit(&site, &viewer, "subscribe_browser", BROWSER).await;
        assert_eq!(done.header(header::LOCATION), "/account/notifications?subscribed=1", "{done:?}");
        let html = page(&site, &viewer, "/account/notifications?subscribed=1").await;
        assert!(html.contains("vera: Firefox on Linux") && html.contains("Sends: failed<"), "{html}");
        assert!(!html.contains("s3cret"), "{html}");
        let html = page(&site, &administrator, "/settings/notifications").await;
        assert!(html.contains("vera: Firefox on Linux") && html.contains("https://1.1.1.1/…"), "{html}");
        assert!(!html.contains("s3cret"), "{html}");

        // It is nobody else's.
        for function in ["test_browser", "unsubscribe_browser"] {
            let refused = submit(&site, &administrator, function, "channel=1").await;
            assert!(refused.header(header::LOCATION).contains("__err="), "{refused:?}");
        }
        let done = submit(&site, &viewer, "unsubscribe_browser", "channel=1").await;
        assert_eq!(done.header(header::LOCATION), "/account/notifications", "{done:?}");
        let html = page(&site, &viewer, "/account/notifications").await;
        assert!(html.contains(">No browser yet") && html.contains(">Administrators have added no"), "{html}");

        // What is sent to everyone is shown, but not to whom.
        site.channel("family").await;
        let html = page(&site, &viewer, "/account/notifications").await;
        assert!(html.contains("<strong>family</strong>") && !html.contains("ntfy.sh/backups"), "{html}");
    });
}
