//! Many clients at once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use server::{client::Proxies, limits::Limits};

use super::{Listening, NEVER, Wire, has_status};

/// Opens idle connections from loopback addresses, 200 from each.
async fn idle(site: &Listening, count: usize) -> Vec<Wire> {
    let mut wires = Vec::with_capacity(count);
    for number in 0..count {
        let from = u8::try_from(number / 200 + 2).unwrap();
        wires.push(site.connect_from([127, 0, 1, from]).await);
    }
    wires
}

/// Measures uploads, each on its own connection; returns the median and the longest time.
async fn uploads(site: &Listening) -> [Duration; 2] {
    let mut times = Vec::new();
    for hour in 0..20 {
        let begun = Instant::now();
        has_status(&site.connect().await.upload(hour).await, "200");
        times.push(begun.elapsed());
    }
    times.sort();
    [times[10], times[19]]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_idle_connections_do_not_stop_uploads() {
    // Both ends of each connection are in this process, whose limit of open files may be lower.
    let possible = Limits::for_this_process(Some(5000)).connections;
    let site = Listening::with(Limits { head: NEVER, ..Limits::default() }, |_| {}).await;
    let mut wires = idle(&site, 2000.min(possible / 3)).await;
    let [_, longest] = uploads(&site).await;
    assert!(longest < Duration::from_secs(5), "{longest:?}");
    // They are still open and usable.
    for wire in wires.iter_mut().step_by(199) {
        has_status(&wire.get("/api/health").await, "200");
    }
}

#[tokio::test]
async fn at_the_limit_the_oldest_idle_connection_makes_room() {
    let limits = Limits { connections: 100, head: NEVER, ..Limits::default() };
    let site = Listening::with(limits, |_| {}).await;
    let mut wires = idle(&site, 150).await;
    let mut last = site.connect().await;
    has_status(&last.upload(2).await, "200");
    for wire in &mut wires[..51] {
        assert_eq!(wire.rest().await, "", "the oldest are gone");
    }
    has_status(&wires[149].get("/api/health").await, "200");
}

#[tokio::test]
async fn one_address_cannot_keep_others_out() {
    let limits = Limits { connections_per_address: 3, ..Limits::default() };
    let site = Listening::with(limits, |_| {}).await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut wire = site.connect().await;
        has_status(&wire.get("/api/live").await, "200");
        streams.push(wire);
    }
    let refused = site.connect().await.rest().await;
    has_status(&refused, "503");
    assert!(refused.contains("Retry-After: 5"), "{refused}");
    has_status(&site.connect_from([127, 0, 0, 2]).await.upload(2).await, "200");
    drop(streams.pop());
    while site.connect().await.upload(3).await.is_empty() {}
}

#[tokio::test]
async fn a_trusted_proxy_has_as_many_connections_as_there_are() {
    let limits = Limits { connections_per_address: 3, ..Limits::default() };
    let trusting = Arc::new(Proxies::new("127.0.0.1".parse().unwrap()));
    let site = Listening::with(limits, |state| state.proxies = trusting).await;
    let mut streams = Vec::new();
    for _ in 0..10 {
        let mut wire = site.connect().await;
        has_status(&wire.get("/api/live").await, "200");
        streams.push(wire);
    }
    has_status(&site.connect().await.upload(2).await, "200");
}

#[tokio::test]
async fn live_streams_are_at_most_half_of_all_connections() {
    let limits = Limits { connections: 8, ..Limits::default() };
    let site = Listening::with(limits, |_| {}).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        let mut wire = site.connect().await;
        has_status(&wire.get("/api/live").await, "200");
        streams.push(wire);
    }
    let refused = site.connect().await.get("/api/live").await;
    has_status(&refused, "503");
    assert!(refused.contains("retry-after: 5"), "{refused}");
    has_status(&site.connect().await.upload(2).await, "200");
}
