//! The program with real sockets on loopback: clients that are slow, many, or gone.

mod many;
mod slow;
mod stopping;

use std::{net::SocketAddr, time::Duration};

use duplistatus::access::Role;
use server::{limits::Limits, listen, router::router, state::AppState};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
    time::timeout,
};

use crate::site::{Site, report};

/// Longer than any step of these tests takes.
const SOON: Duration = Duration::from_secs(20);

/// A limit that these tests never reach.
const NEVER: Duration = Duration::from_secs(600);

/// A site that listens on a socket.
struct Listening {
    site: Site,
    address: SocketAddr,
    cookie: String,
    serving: JoinHandle<()>,
}

impl Listening {
    /// Starts a site with open ingest and these limits.
    async fn with(limits: Limits, state: impl FnOnce(&mut AppState)) -> Self {
        let site = Site::with(
            "",
            |options| options.open_ingest = true,
            |all| {
                all.limits = limits;
                state(all);
            },
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let all = site.state.clone();
        let serving =
            tokio::spawn(listen::serve(listener, router(all.clone()), limits, all.proxies, all.stopping));
        let cookie = site.sign_in("root", Role::Viewer).await;
        Self { site, address, cookie, serving }
    }

    /// Connects from 127.0.0.1.
    async fn connect(&self) -> Wire {
        self.connect_from([127, 0, 0, 1]).await
    }

    /// Connects from this loopback address.
    async fn connect_from(&self, from: [u8; 4]) -> Wire {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((from, 0))).unwrap();
        let stream = timeout(SOON, socket.connect(self.address)).await.unwrap().unwrap();
        Wire { stream, cookie: self.cookie.clone() }
    }
}

/// A connection of a signed-in user.
struct Wire {
    stream: TcpStream,
    cookie: String,
}

impl Wire {
    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Sends a text a few bytes at a time until the other end closes the connection.
    async fn dribble(&mut self, text: &str, pause: Duration) {
        for byte in text.as_bytes().chunks(4) {
            if self.stream.write_all(byte).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Reads the head of the next response and whatever came with it.
    async fn answer(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// Reads until this text arrives or the connection ends.
    async fn until(&mut self, text: &str) -> String {
        let mut received = Vec::new();
        let read = async {
            while !String::from_utf8_lossy(&received).contains(text) {
                if self.stream.read_buf(&mut received).await.unwrap() == 0 {
                    break;
                }
            }
        };
        timeout(SOON, read).await.unwrap();
        String::from_utf8(received).unwrap()
    }

    /// Reads until the other end closes the connection; a reset counts as an end.
    async fn rest(&mut self) -> String {
        let mut received = Vec::new();
        while let Ok(1..) = timeout(SOON, self.stream.read_buf(&mut received)).await.unwrap() {}
        String::from_utf8(received).unwrap()
    }

    /// Sends a GET request on a connection that stays open.
    async fn get(&mut self, path: &str) -> String {
        let cookie = &self.cookie;
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n")).await;
        self.answer().await
    }

    async fn upload(&mut self, hour: u8) -> String {
        let body = report(hour).to_string();
        self.send(&format!("{}{body}", upload_head(body.len()))).await;
        self.answer().await
    }
}

fn upload_head(length: usize) -> String {
    format!("POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n")
}

#[track_caller]
fn has_status(answer: &str, status: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
}
