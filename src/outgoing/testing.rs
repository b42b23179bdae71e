//! An HTTP server on loopback for tests.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// The server; it runs until the process ends.
pub(crate) struct Server {
    /// Scheme, host and port.
    pub(crate) url: String,
    /// Number of requests received.
    pub(crate) requests: Arc<AtomicUsize>,
}

impl Server {
    /// Starts a server that responds to each path with the text that `answer` returns, and closes
    /// the connection.
    pub(crate) fn start(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        Self::start_with_bodies(move |path, _| answer(path))
    }

    /// The same with the body of each request.
    pub(crate) fn start_with_bodies(answer: impl Fn(&str, &[u8]) -> String + Send + 'static) -> Self {
        Self::start_with_heads(move |head, body| {
            let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
            answer(path, body)
        })
    }

    /// The same with the first line and the headers of each request.
    pub(crate) fn start_with_heads(answer: impl Fn(&[String], &[u8]) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<AtomicUsize> = Arc::default();
        let counter = requests.clone();
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let lines = reader.by_ref().lines().map_while(Result::ok);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let length = head.iter().find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
                });
                let mut body = vec![0; length.unwrap_or(0)];
                counter.fetch_add(1, Ordering::Relaxed);
                if reader.read_exact(&mut body).is_err() {
                    continue;
                }
                // The client may have closed the connection already.
                let _ = stream.write_all(answer(&head, &body).as_bytes());
            }
        });
        Self { url, requests }
    }

    /// Returns a response with this body.
    pub(crate) fn ok(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
    }

    /// Returns a redirect.
    pub(crate) fn redirect(to: &str) -> String {
        format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    /// Returns the number of requests received.
    pub(crate) fn count(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}
