//! Requests are logged with their route, never with their URI.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use axum::http::Method;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::site::{Site, get, report, with_method};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Captured {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_has_the_route_and_never_the_key() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(captured.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    for base in ["", "/duplistatus"] {
        let site = Site::with(base, |_| {}, |_| {});
        let key = site.key("nas").await;
        let url = format!("{base}/api/upload/{key}");
        site.post(&url, report(2)).await;
        site.post(&url, "[").await;
        site.get(&url).await;
        site.send(with_method(get(&url), Method::DELETE)).await;
        site.post(&format!("{url}/more"), report(2)).await;
        site.get(&format!("{base}/nope/{key}")).await;
        site.post(&format!("{base}/api/upload/%ff{key}"), report(2)).await;
        site.get(&format!("{base}/?shown={key}")).await;
        // In the places where the Node application took a key.
        site.post(&format!("{base}/api/upload?api_key={key}"), report(4)).await;
        site.post(&format!("{base}/api/upload?api_key={key}x"), "[").await;
        site.post(&format!("{base}/API/Upload/?api_key={key}"), report(4)).await;
        for body in
            [json!({ "Extra": { "api_key": key } }), json!({ "Data": 7, "Extra": { "api_key": key } })]
        {
            site.post(&format!("{base}/api/upload"), body).await;
        }
        for path in ["/api/summary", "/api/lastbackup/nas", "/api/lastbackups/nas", "/metrics", "/login"] {
            site.get(&format!("{base}{path}?api_key={key}")).await;
            site.send_as_it_is(get(&format!("{base}{path}?api_key=dsk_{key}"))).await;
        }
        let mut from = get(&format!("{base}/settings/users"));
        from.headers_mut()
            .insert("referer", format!("http://backup.example{base}/?api_key={key}").parse().unwrap());
        site.send_as_it_is(from).await;
        site.state.services.db().close().await;
        site.post(&url, report(3)).await;
        let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains(&format!("{base}/api/upload/{{key}}")), "{log}");
        assert!(log.contains("status=503"), "{log}");
        assert!(!log.contains(&key), "{log}");
    }
}
