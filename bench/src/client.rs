//! A minimal client: HTTP/1.1, one connection kept alive, one request at a time.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, bail};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

/// The longest time that a response may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A connection to the program.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
    /// The cookies of the sign-in; empty before it.
    cookie: String,
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `ETag`; empty if there is none.
    pub tag: String,
    /// The `Content-Encoding`.
    pub encoding: Option<String>,
    /// The cookies that are set: `name=value; name=value`. Empty if there are none.
    pub cookies: String,
    /// The body as sent, still compressed, without the framing.
    pub body: Vec<u8>,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::with_capacity(16 * 1024, stream), address, cookie: String::new() })
    }

    /// Requests a path; `accept` is the `Accept-Encoding`.
    pub async fn get(&mut self, path: &str, accept: &str) -> anyhow::Result<Answer> {
        self.get_unless(path, accept, "").await
    }

    /// Requests a path, unless it has this tag.
    pub async fn get_unless(&mut self, path: &str, accept: &str, tag: &str) -> anyhow::Result<Answer> {
        let Self { address, cookie, .. } = &*self;
        let unless = if tag.is_empty() { String::new() } else { format!("If-None-Match: {tag}\r\n") };
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nAccept: text/html\r\nAccept-Encoding: {accept}\r\n{unless}\r\n"
        );
        self.exchange(head.into_bytes()).await
    }

    /// Posts JSON.
    pub async fn post(&mut self, path: &str, json: &str) -> anyhow::Result<Answer> {
        self.send(path, "application/json", json).await
    }

    /// Signs in: later requests are made as this user.
    pub async fn sign_in(&mut self, name: &str, password: &str) -> anyhow::Result<()> {
        let form = format!("name={name}&password={password}&next=/");
        let answer = self.send("/api/fn/sign_in", "application/x-www-form-urlencoded", &form).await?;
        anyhow::ensure!(!answer.cookies.is_empty(), "signing in was answered {}", answer.status);
        self.cookie = answer.cookies;
        Ok(())
    }

    async fn send(&mut self, path: &str, kind: &str, body: &str) -> anyhow::Result<Answer> {
        let (Self { address, cookie, .. }, length) = (&*self, body.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nContent-Type: {kind}\r\nAccept: application/json\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.exchange(request.into_bytes()).await
    }

    async fn exchange(&mut self, request: Vec<u8>) -> anyhow::Result<Answer> {
        let exchange = async {
            self.stream.get_mut().write_all(&request).await?;
            self.answer().await
        };
        timeout(TIMEOUT, exchange).await.context("no answer in time")?
    }

    async fn answer(&mut self) -> anyhow::Result<Answer> {
        let first = self.line().await?;
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no status")?;
        let (mut length, mut chunked, mut encoding, mut cookies) = (0_usize, false, None, Vec::new());
        let mut tag = String::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
                "set-cookie" => cookies.extend(value.split(';').next().map(str::to_owned)),
                "etag" => value.clone_into(&mut tag),
                "content-encoding" => encoding = Some(value.to_owned()),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let size = usize::from_str_radix(self.line().await?.trim(), 16)?;
                self.take(size, &mut body).await?;
                self.line().await?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.take(length, &mut body).await?;
        }
        Ok(Answer { status, tag, encoding, cookies: cookies.join("; "), body })
    }

    async fn take(&mut self, size: usize, body: &mut Vec<u8>) -> anyhow::Result<()> {
        let start = body.len();
        body.resize(start + size, 0);
        if let Some(rest) = body.get_mut(start..) {
            self.stream.read_exact(rest).await?;
        }
        Ok(())
    }

    async fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            bail!("the connection was closed");
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}
