//! Rules, quiet hours, the history of messages and links in messages, through forms without JavaScript.

use axum::http::{StatusCode, header};
use duplistatus::{
    access::Role,
    db::tables::notifications::claim,
    ids::ChannelId,
    notify::{
        Combine,
        snooze_link::{LASTS, PURPOSE, SnoozeLink},
    },
};

use crate::site::{Site, deep, form, from_address, get, report};

const RULES: &str = "/settings/notifications/rules";

/// The page as it is shown: all texts of the program are in its head.
async fn shown(site: &Site, path: &str) -> String {
    main(&site.get(path).await.body)
}

fn main(html: &str) -> String {
    let (_, main) = html.split_once("<main").unwrap();
    main.split_once("</main>").unwrap().0.to_owned()
}

fn failed() -> serde_json::Value {
    let mut failed = report(2);
    failed["Data"]["ParsedResult"] = "Fatal".into();
    failed
}

#[test]
fn a_rule_is_tried_saved_changed_and_deleted() {
    deep(|| async {
        let site = Site::open();
        let html = shown(&site, RULES).await;
        assert!(html.contains("Add a channel first"), "{html}");
        site.channel("family").await;
        site.channel("boss").await;
        site.post("/api/upload", failed()).await;
        site.state.services.clock().set(site.state.services.clock().now().plus(300));
        let fields = "form%5Bscope%5D=server&form%5Bname%5D=nas&form%5Btopics%5D%5B%5D=failed&form%5Btells%5D=channels\
                      &form%5Bchannels%5D%5B%5D=2&form%5Bdelay%5D=&form%5Breminder%5D=daily&form%5Bafter%5D=4\
                      &form%5Bothers%5D%5B%5D=1";
        let tried = shown(&site, &format!("{RULES}?{fields}")).await;
        assert!(tried.contains("would have led to") && tried.contains("value=\"nas\""), "{tried}");
        assert!(tried.contains("No rules"), "nothing was stored: {tried}");
        let wrong = site.get(&format!("{RULES}?{}", fields.replace("=nas", "=none"))).await.body;
        assert!(wrong.contains("there is no server “none”"), "{wrong}");
        let refused = site.submit("save_rule", RULES, &fields.replace("=nas", "=none")).await;
        assert!(refused.header(header::LOCATION).contains("__err="), "{refused:?}");
        let saved = site.submit("save_rule", RULES, fields).await;
        assert_eq!(saved.header(header::LOCATION), format!("{RULES}#rule-1"), "{saved:?}");
        let html = shown(&site, RULES).await;
        for part in ["Server nas", "failed: notify boss", "If not acknowledged after 4 h: notify family"] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let html = shown(&site, &format!("{RULES}?rule=1")).await;
        assert!(html.contains("Change the rule") && html.contains("name=\"rule\" value=\"1\""), "{html}");
        let nobody = "form%5Bscope%5D=site&form%5Bname%5D=&form%5Btopics%5D%5B%5D=failed&form%5Btells%5D=nobody\
                      &form%5Bdelay%5D=&form%5Breminder%5D=&form%5Bafter%5D=&rule=1";
        site.submit("save_rule", RULES, nobody).await;
        let html = shown(&site, RULES).await;
        assert!(html.contains("Whole site") && html.contains("failed: notify nobody"), "{html}");
        // A new rule for a job begins with its name.
        let html = shown(&site, &format!("{RULES}?job=1")).await;
        assert!(html.contains("value=\"nas / Documents\""), "{html}");
        assert_eq!(site.get(&format!("{RULES}?job=99")).await.status, StatusCode::NOT_FOUND);
        let deleted = site.submit("delete_rule", RULES, "rule=1&name=").await;
        assert_eq!(deleted.header(header::LOCATION), RULES, "{deleted:?}");
        assert!(shown(&site, RULES).await.contains("No rules"));
    });
}

#[test]
fn quiet_hours_are_set_and_wrong_ones_are_explained() {
    deep(|| async {
        let site = Site::open();
        site.channel("family").await;
        let fields = "channel=1&form%5Bfrom%5D=22%3A00&form%5Bto%5D=07%3A00&form%5Bweekdays%5D%5B%5D=mon\
                      &form%5Bzone%5D=Europe%2FBerlin&form%5Breminder%5D=weekly&has-urgent=true&urgent=true";
        let saved = site.submit("save_hours", RULES, fields).await;
        assert_eq!(saved.header(header::LOCATION), format!("{RULES}#hours-1"), "{saved:?}");
        let html = shown(&site, RULES).await;
        assert!(html.contains("Quiet from 22:00 to 07:00, Mon (Europe/Berlin)"), "{html}");
        let wrong = site.submit("save_hours", RULES, &fields.replace("Berlin", "Nowhere")).await;
        assert!(wrong.header(header::LOCATION).contains("__err="), "{wrong:?}");
        // A request that is not from the form would switch the box off.
        let without =
            site.submit("save_hours", RULES, &fields.replace("has-urgent=true&urgent=true", "")).await;
        assert!(without.header(header::LOCATION).contains("__err="), "{without:?}");
    });
}

#[test]
fn the_history_is_filtered_and_a_row_is_sent_again() {
    deep(|| async {
        let site = Site::open();
        site.channel("family").await;
        site.post("/api/upload", failed()).await;
        let path = "/settings/notifications/history";
        let html = shown(&site, path).await;
        assert!(html.contains("nas / Documents") && html.contains("waiting"), "{html}");
        for (query, is_found) in [
            ("channel=1&status=queued&topic=failed&server=nas&from=2026-11-01&to=2026-11-30", true),
            ("status=sent", false),
            ("topic=late", false),
            ("server=other", false),
            ("to=2026-11-01", false),
            ("status=lost&topic=x&channel=y&page=-1", true),
        ] {
            let html = shown(&site, &format!("{path}?{query}")).await;
            assert_eq!(html.contains("nas / Documents"), is_found, "{query}");
        }
        let waits = site.submit("resend_notification", path, "notification=1").await;
        assert!(waits.header(header::LOCATION).contains("__err="), "{waits:?}");
        // A dispatcher has it, and the receiver refuses it.
        let services = &site.state.services;
        let now = services.clock().now();
        services
            .db()
            .write(move |tx| {
                claim::next(tx.conn, ChannelId(1), (None, Combine::Server), now)?;
                duplistatus::db::tables::notifications::outcome::failed(tx.conn, 1, "403", None, now)
            })
            .await
            .unwrap();
        let html = shown(&site, path).await;
        assert!(html.contains("403") && html.contains("Send again"), "{html}");
        let again = site.submit("resend_notification", path, "notification=1").await;
        assert_eq!(again.header(header::LOCATION), format!("{path}?resent=true"), "{again:?}");
        assert!(shown(&site, &format!("{path}?status=queued")).await.contains("nas / Documents"));
        // The page of incidents says who was told.
        assert!(shown(&site, "/incidents").await.contains("Not delivered to family: 403"));
    });
}

/// The path of the link in a message that was sent about the incident 1.
async fn link(site: &Site) -> String {
    let services = &site.state.services;
    let now = services.clock().now();
    let taken = services
        .db()
        .write(move |tx| claim::next(tx.conn, ChannelId(1), (None, Combine::Server), now))
        .await
        .unwrap();
    let link = SnoozeLink { message: taken.unwrap().message, incident: Some(1), expires: now.plus(LASTS) };
    let token = link.token(|text| services.secrets().sign(PURPOSE, text)).unwrap();
    format!("/snooze/{token}")
}

#[test]
fn a_link_works_without_signing_in_and_shows_before_it_acts() {
    deep(|| async {
        let site = Site::open();
        // Somebody has an account, so that strangers are asked to sign in everywhere else.
        site.sign_in("somebody", Role::Viewer).await;
        site.channel("family").await;
        site.post("/api/upload", failed()).await;
        let path = link(&site).await;
        let token = path.strip_prefix("/snooze/").unwrap();
        for _ in 0..2 {
            let seen = site.send_as_it_is(get(&path)).await;
            assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
            assert!(
                seen.body.contains("nas / Documents") && seen.body.contains("use_snooze_link"),
                "{seen:?}"
            );
            assert_eq!(seen.header(header::REFERRER_POLICY), "same-origin");
            assert_eq!(seen.header(header::CACHE_CONTROL), "no-store");
        }
        assert!(shown(&site, "/incidents").await.contains("nas / Documents"), "it is open");
        // The same as another site's page would send it.
        let mut foreign = form("use_snooze_link", &path, &format!("token={token}&act=acknowledge"));
        foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(site.send_as_it_is(foreign).await.status, StatusCode::FORBIDDEN);
        let wrong =
            site.send_as_it_is(form("use_snooze_link", &path, &format!("token={token}&act=close"))).await;
        assert!(wrong.header(header::LOCATION).contains("__err="), "{wrong:?}");
        assert!(shown(&site, "/incidents").await.contains("nas / Documents"), "it is open");
        let done = site
            .send_as_it_is(form("use_snooze_link", &path, &format!("token={token}&act=acknowledge")))
            .await;
        assert_eq!(done.header(header::LOCATION), path, "{done:?}");
        let html = shown(&site, "/incidents?state=acknowledged").await;
        assert!(html.contains("link from channel family"), "{html}");
        let seen = main(&site.send_as_it_is(get(&path)).await.body);
        assert!(seen.contains("Done.") && !seen.contains("<form"), "{seen}");
        assert!(shown(&site, "/settings/audit").await.contains("link from channel family"));
    });
}

#[test]
fn wrong_links_are_not_found_and_guessing_is_slowed_down() {
    deep(|| async {
        let site = Site::open();
        site.channel("family").await;
        site.post("/api/upload", failed()).await;
        let path = link(&site).await;
        let forged = format!("{}{}", &path[..path.len() - 1], if path.ends_with('0') { '1' } else { '0' });
        for wrong in [forged.as_str(), "/snooze/1", "/snooze/%2f%2e"] {
            let answer = site.send_as_it_is(get(wrong)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}: {answer:?}");
            assert!(!answer.body.contains("Documents"), "{answer:?}");
        }
        let mut last = StatusCode::NOT_FOUND;
        for _ in 0..30 {
            last = site.send_as_it_is(get(&forged)).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(site.send_as_it_is(get(&path)).await.status, StatusCode::OK, "the right one still works");
        let elsewhere = from_address(get(&forged), [198, 51, 100, 7]);
        assert_eq!(site.send_as_it_is(elsewhere).await.status, StatusCode::NOT_FOUND);
        // It expires.
        site.state.services.clock().set(site.state.services.clock().now().plus(LASTS));
        let old = main(&site.send_as_it_is(get(&path)).await.body);
        assert!(old.contains("has expired") && !old.contains("Documents"), "{old}");
    });
}
