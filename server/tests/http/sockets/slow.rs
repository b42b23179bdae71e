//! Clients that are slow or send too much.

use std::time::{Duration, Instant};

use server::limits::Limits;

use super::{Listening, NEVER, SOON, has_status, report, upload_head};

const SHORT: Duration = Duration::from_millis(150);
const PAUSE: Duration = Duration::from_millis(10);

#[tokio::test]
async fn a_head_that_does_not_come_is_cut_off() {
    let limits = Limits { head: SHORT, idle: NEVER, ..Limits::default() };
    let site = Listening::with(limits, |_| {}).await;
    let (mut silent, mut half, mut slow) = (site.connect().await, site.connect().await, site.connect().await);
    half.send("GET /api/health HTTP/1.1\r\nHost: loc").await;
    let begun = Instant::now();
    let endless = format!("GET /api/health HTTP/1.1\r\nX: {}", "x".repeat(10_000));
    slow.dribble(&endless, PAUSE).await;
    for wire in [&mut silent, &mut half, &mut slow] {
        assert_eq!(wire.rest().await, "");
    }
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn between_requests_there_is_more_time_and_the_next_head_has_its_own() {
    let limits = Limits { head: SHORT, idle: NEVER, ..Limits::default() };
    let site = Listening::with(limits, |_| {}).await;
    let mut wire = site.connect().await;
    has_status(&wire.get("/api/health").await, "200");
    tokio::time::sleep(SHORT * 3).await;
    has_status(&wire.get("/api/health").await, "200");
    wire.send("GET /api/health HT").await;
    assert_eq!(wire.rest().await, "");
}

#[tokio::test]
async fn an_idle_connection_is_closed_in_the_end() {
    let limits = Limits { head: SHORT, idle: SHORT, ..Limits::default() };
    let site = Listening::with(limits, |_| {}).await;
    let mut wire = site.connect().await;
    has_status(&wire.get("/api/health").await, "200");
    assert_eq!(wire.rest().await, "");
}

#[tokio::test]
async fn a_live_stream_outlives_every_clock() {
    let limits = Limits {
        head: SHORT,
        idle: SHORT,
        send: SHORT,
        body_window: SHORT,
        body_total: SHORT,
        answer: SHORT,
        ..Limits::default()
    };
    let site = Listening::with(limits, |_| {}).await;
    let mut live = site.connect().await;
    has_status(&live.get("/api/live").await, "200");
    tokio::time::sleep(SHORT * 3).await;
    has_status(&site.connect().await.upload(2).await, "200");
    let revision = *site.site.state.services.db().revision().borrow();
    live.until(&format!("data: {revision}\n")).await;
}

#[tokio::test]
async fn a_body_that_stalls_or_dribbles_is_answered_408() {
    let limits = Limits { body_window: SHORT, body_bytes: 1000, ..Limits::default() };
    let site = Listening::with(limits, |_| {}).await;
    let theme = "POST /api/theme HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n\r\ntheme=";
    for start in [&upload_head(5000), &(upload_head(5000) + "{\"Data\""), theme] {
        let mut wire = site.connect().await;
        wire.send(start).await;
        let answer = wire.rest().await;
        has_status(&answer, "408");
        assert!(answer.contains("connection: close") && answer.contains("too slowly"), "{answer}");
        assert!(answer.contains("x-content-type-options"), "{answer}");
    }
    let mut wire = site.connect().await;
    wire.send(&upload_head(100_000)).await;
    wire.dribble(&"x".repeat(400), PAUSE).await;
    has_status(&wire.rest().await, "408");
}

#[tokio::test]
async fn a_body_that_keeps_coming_may_take_long_and_not_for_ever() {
    let limits = Limits { body_window: SHORT, body_bytes: 100, ..Limits::default() };
    let site = Listening::with(limits, |_| {}).await;
    let body = report(2).to_string() + &" ".repeat(10_000);
    let mut wire = site.connect().await;
    wire.send(&upload_head(body.len())).await;
    let begun = Instant::now();
    for piece in body.as_bytes().chunks(500) {
        wire.send(std::str::from_utf8(piece).unwrap()).await;
        tokio::time::sleep(PAUSE * 2).await;
    }
    has_status(&wire.answer().await, "200");
    assert!(begun.elapsed() > SHORT * 2, "{:?}", begun.elapsed());

    let site = Listening::with(Limits { body_total: SHORT, ..limits }, |_| {}).await;
    let mut wire = site.connect().await;
    wire.send(&upload_head(90_000)).await;
    for _ in 0..40 {
        if tokio::io::AsyncWriteExt::write_all(&mut wire.stream, &[b' '; 500]).await.is_err() {
            break;
        }
        tokio::time::sleep(PAUSE * 2).await;
    }
    has_status(&wire.rest().await, "408");
}

#[tokio::test]
async fn heads_are_bounded() {
    let site = Listening::with(Limits::default(), |_| {}).await;
    let long = format!("GET /api/health HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    let many = format!("GET /api/health HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: x\r\n".repeat(150));
    for head in [long, many] {
        let mut wire = site.connect().await;
        wire.send(&head).await;
        let answer = wire.rest().await;
        has_status(&answer, "431");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{answer}");
        assert!(body.contains("cookies of this site"), "{answer}");
    }
    let allowed = format!("GET /api/health HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(20_000));
    let mut wire = site.connect().await;
    wire.send(&allowed).await;
    has_status(&wire.answer().await, "200");
}

#[tokio::test]
async fn who_does_not_read_its_answer_is_cut_off() {
    let limits = Limits { send: SHORT, ..Limits::default() };
    let site = Listening::with(limits, |_| {}).await;
    let mut wire = site.connect().await;
    // Responses that are never read fill the buffers of both ends; then no more requests are
    // accepted.
    let request = "GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    let begun = Instant::now();
    while begun.elapsed() < SOON {
        match tokio::time::timeout(
            SOON,
            tokio::io::AsyncWriteExt::write_all(&mut wire.stream, request.as_bytes()),
        )
        .await
        {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => break,
        }
    }
    panic!("it was waited for");
}
