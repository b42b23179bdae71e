//! Health: for monitors, for administrators' programs, and on every page while nothing can be stored.

use std::fs;

use axum::http::{StatusCode, header};
use duplistatus::{
    access::Role,
    db::{
        Db, StoreErrorKind,
        engine::{copy::Form, dynamic},
    },
    dto::database::RestoreChoice,
    error::Error,
    service::{
        Actor, Crypto, Services,
        database::{self, Target},
    },
    zone::Zone,
};

use crate::site::{Site, deep, get, post, report};

/// Returns the number of a page of the file that holds an index, counted from 1.
async fn index_page(site: &Site) -> usize {
    let sql = "SELECT max(pageno) FROM dbstat WHERE name = 'idx_backups_status' AND pagetype = 'leaf'";
    let page = site.state.services.db().read_unpooled(|conn| dynamic::number(conn, sql)).await.unwrap();
    usize::try_from(page.unwrap()).unwrap()
}

/// Erases a page.
fn zero(page: &mut [u8]) {
    page.fill(0);
}

/// Makes a row differ between the index and its table.
fn flip(page: &mut [u8]) {
    let at = page.windows(7).position(|bytes| bytes.eq_ignore_ascii_case(b"success")).unwrap();
    page[at] ^= 1;
}

/// Moves everything from the WAL into the file, and changes one page as a bad disk does.
async fn damage(site: &Site, change: fn(&mut [u8])) {
    let services = &site.state.services;
    let page = index_page(site).await;
    database::checkpoint(services, &Actor::CommandLine).await.unwrap();
    let path = services.db().path();
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes[(page - 1) * 16_384..page * 16_384]);
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn monitors_are_told_whether_it_runs_and_whether_it_stores() {
    let site = Site::new();
    let ready = site.send_as_it_is(get("/api/health")).await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_eq!(
        (ready.json()["status"].as_str(), ready.json()["database"].as_str()),
        (Some("healthy"), Some("ok"))
    );
    assert_eq!(site.send_as_it_is(get("/api/health/live")).await.json()["status"], "live");

    site.state.services.db().stop_writing("page 7");
    let degraded = site.send_as_it_is(get("/api/health")).await;
    assert_eq!(degraded.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(degraded.json()["status"], "degraded");
    assert!(!degraded.body.contains("page 7"), "what is wrong is for administrators: {degraded:?}");
    // Restarting would not repair it.
    assert_eq!(site.send_as_it_is(get("/api/health/live")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_list_is_for_administrators() {
    let site = Site::new();
    let list = site.get("/api/v1/health").await;
    assert_eq!(list.status, StatusCode::OK);
    let list = list.json();
    let checks = list["checks"].as_array().unwrap();
    assert!(checks.len() >= 14, "{list}");
    assert_eq!(list["state"], checks[0]["state"], "the worst comes first");
    let schema = checks.iter().find(|check| check["name"] == "schema").unwrap();
    assert_eq!((schema["state"].as_str(), schema["advice"].as_str()), (Some("ok"), Some("")));
    assert!(checks.iter().all(|check| check["figure"].as_str().is_some_and(|figure| !figure.is_empty())));
    for role in [Role::Viewer, Role::Operator] {
        let cookie = site.sign_in(role.as_str(), role).await;
        let mut request = get("/api/v1/health");
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        assert_eq!(site.send_as_it_is(request).await.status, StatusCode::NOT_FOUND);
    }
}

#[test]
fn a_damaged_file_is_shown_and_not_written_until_it_is_repaired() {
    deep(|| async {
        let site = Site::open();
        let services = &site.state.services;
        for hour in 2..6 {
            assert_eq!(site.post("/api/upload", report(hour)).await.status, StatusCode::OK);
        }
        assert!(!site.get("/").await.body.contains("class=\"database-banner\""));
        damage(&site, flip).await;
        let found = database::check_integrity(services, &Actor::CommandLine).await.unwrap();
        assert!(found.file[0].contains("missing from index idx_backups_status"), "{found:?}");
        assert!(services.db().read_only_cause().is_some());

        // Everything is shown, and every signed-in user is told.
        for path in ["/", "/servers/1", "/settings/health", "/rejected", "/account"] {
            let page = site.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {page:?}");
            assert!(page.body.contains("data-system-problem=\"damaged\""), "{path}");
            assert!(page.body.contains("duplistatus db repair"), "{path}");
        }
        let stranger = site.send_as_it_is(get("/login")).await;
        assert!(
            stranger.status == StatusCode::OK && !stranger.body.contains("class=\"database-banner\""),
            "{stranger:?}"
        );
        // What is not stored is not acknowledged.
        let refused = site.post("/api/upload", report(7)).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{refused:?}");
        assert_eq!(refused.header(header::RETRY_AFTER), "60");
        assert!(refused.json()["hint"].as_str().unwrap().contains("Nothing was stored"));
        // Users who sign in are told why that does not work.
        let form = "name=root&password=a+long+row+of+words+7";
        let mut request = post("/api/fn/sign_in", "application/x-www-form-urlencoded", form);
        request.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
        let sign_in = site.send_as_it_is(request).await;
        assert_eq!(sign_in.status, StatusCode::SERVICE_UNAVAILABLE, "{sign_in:?}");
        assert!(sign_in.body.contains("ReadOnly"), "{sign_in:?}");
        assert!(!database::recheck(services).await.unwrap(), "nobody has mended it");

        // Another process repairs it.
        let now = services.clock().now();
        database::repair(&Actor::CommandLine, services.db().path(), false, &Zone::utc(), now).unwrap();
        assert!(database::recheck(services).await.unwrap());
        assert_eq!(site.post("/api/upload", report(7)).await.status, StatusCode::OK);
        assert_eq!(site.get("/api/health").await.status, StatusCode::OK);
        assert!(!site.get("/").await.body.contains("class=\"database-banner\""));
    });
}

#[tokio::test]
async fn a_backup_takes_the_place_of_a_damaged_file() {
    let site = Site::open();
    for hour in 2..6 {
        site.post("/api/upload", report(hour)).await;
    }
    let services = &site.state.services;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db");
    database::backup(services, &Actor::CommandLine, Target::File(backup.clone()), Form::CHECKED)
        .await
        .unwrap();
    damage(&site, zero).await;
    let _ = database::check_integrity(services, &Actor::CommandLine).await;
    assert_eq!(site.post("/api/upload", report(7)).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let wrong = folder.path().join("wrong.db");
    fs::write(&wrong, "no database").unwrap();
    let refused =
        database::restore(services, &Actor::CommandLine, wrong, None, RestoreChoice::default()).await;
    assert!(matches!(refused, Err(Error::Invalid { field: "file", .. })), "{refused:?}");
    assert!(services.db().read_only_cause().is_some());
    database::restore(services, &Actor::CommandLine, backup, None, RestoreChoice::default()).await.unwrap();
    assert!(services.db().read_only_cause().is_none());
    assert_eq!(site.post("/api/upload", report(7)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn damage_is_remembered_over_a_restart() {
    let site = Site::open();
    for hour in 2..6 {
        site.post("/api/upload", report(hour)).await;
    }
    let services = &site.state.services;
    damage(&site, zero).await;
    let _ = database::check_integrity(services, &Actor::CommandLine).await;
    services.db().close().await;
    let again = Services::new(
        Db::open(services.db().path()).unwrap(),
        services.clock().clone(),
        services.zone().clone(),
        services.options().clone(),
        Crypto::for_made_up_data().unwrap(),
    );
    assert!(again.db().read_only_cause().is_none(), "a cheap look does not find it");
    database::follow_last_check(&again).await;
    let refused = again.db().write(|_| Ok(())).await.unwrap_err();
    assert_eq!(refused.kind, StoreErrorKind::ReadOnly);
}

#[tokio::test]
async fn a_table_that_is_gone_is_damage() {
    let site = Site::open();
    site.post("/api/upload", report(2)).await;
    let db = site.state.services.db();
    db.write(|tx| dynamic::execute(tx.conn, "DROP TABLE notifications", &[])).await.unwrap();
    db.close().await;
    let again = Db::open(db.path()).unwrap();
    assert!(
        again.read_only_cause().is_some_and(|read_only_cause| read_only_cause.what.contains("notifications")),
        "{:?}",
        again.read_only_cause()
    );
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost_when_there_is_room_again() {
    deep(|| async {
        let site = Site::open();
        site.post("/api/upload", report(2)).await;
        // The database may not grow beyond its current pages, so the next one is too much. The writer's connection is
        // replaced afterwards, as when someone has freed disk space.
        let fill = || async {
            let pages = "PRAGMA max_page_count = 1";
            site.state.services.db().write(move |tx| dynamic::rows(tx.conn, pages)).await.unwrap();
        };
        let mut large = report(3);
        // Text that compression hardly shrinks.
        let mut dice = 7_u64;
        let lines = (0..700).map(|_| {
            let words: String = (0..4)
                .map(|_| {
                    dice = dice.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(1);
                    format!("{dice:016x}")
                })
                .collect();
            format!("2026-11-23 02:00:00 +00 - [Warning-A-B]: {words}")
        });
        large["LogLines"] = lines.collect::<Vec<_>>().into();
        fill().await;
        let refused = site.post("/api/upload", &large).await;
        assert_eq!(refused.status, StatusCode::INSUFFICIENT_STORAGE, "{refused:?}");
        assert!(refused.json()["hint"].as_str().unwrap().contains("Free space"), "{refused:?}");
        assert!(site.state.services.db().read_only_cause().is_none(), "a full disk is no damage");
        assert_eq!(site.get("/").await.status, StatusCode::OK);
        let stored = site.post("/api/upload", &large).await;
        assert_eq!(stored.status, StatusCode::OK, "{stored:?}");
        assert_eq!(site.get("/api/v1/database/stats").await.json()["runs"], 2);
    });
}
