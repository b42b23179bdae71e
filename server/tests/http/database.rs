//! The database of the running server, over the API for administrators.

use std::time::Duration;

use axum::http::{StatusCode, header};
use duplistatus::access::Role;

use crate::site::{Site, get};

#[tokio::test]
async fn the_running_server_tells_its_sizes_its_connections_and_its_slow_queries() {
    let site = Site::new();
    site.state.services.db().queries().set_threshold(Duration::ZERO);
    site.get("/api/v1/summary").await;
    let status = site.get("/api/v1/database").await;
    assert_eq!(status.status, StatusCode::OK, "{status:?}");
    let status = status.json();
    assert_eq!((status["page_size"].as_i64(), status["pool"]["readers"].as_i64()), (Some(16_384), Some(4)));
    let slow = status["slow_queries"].as_array().unwrap();
    assert!(
        slow.iter().any(|query| query["plan"].as_str().is_some_and(|plan| plan.contains("SEARCH"))),
        "{slow:?}"
    );
    assert!(!status["slow_queries"].to_string().contains("binds"), "{slow:?}");
    let tables = site.get("/api/v1/database/tables").await.json();
    assert!(
        tables["data"].as_array().unwrap().iter().any(|table| table["name"] == "users" && table["rows"] == 1)
    );
    assert_eq!(site.get("/api/v1/database/stats").await.json()["users"], 1);
}

#[tokio::test]
async fn nobody_else_is_told() {
    let site = Site::new();
    let operator = site.sign_in("sam", Role::Operator).await;
    for path in ["/api/v1/database", "/api/v1/database/tables", "/api/v1/database/stats"] {
        let mut request = get(path);
        request.headers_mut().insert(header::COOKIE, operator.parse().unwrap());
        assert_eq!(site.send_as_it_is(request).await.status, StatusCode::NOT_FOUND, "{path}");
        let mut request = get(path);
        request.headers_mut().remove(header::ACCEPT);
        assert_eq!(site.send_as_it_is(request).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}
