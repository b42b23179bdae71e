//! Checks whether a server is running, and what responds at its address.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use duplistatus::dto::health::{Check, State};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::check;
use crate::{cli::GlobalOptions, server_lock::AlreadyServed};

/// Time limit for the response.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum bytes read of the response; the health response is short.
const LONGEST: u64 = 16 * 1024;

/// What is listening at the address.
#[derive(Debug, PartialEq, Eq)]
enum Listener {
    /// Nothing, and it can be bound.
    Free,
    /// Nothing, but it cannot be bound.
    Refused(String),
    /// A duplistatus server, with its status.
    Ours(String),
    /// Another program.
    Other,
}

pub(super) async fn checks(options: &GlobalOptions, served_by: Option<&AlreadyServed>) -> [Check; 2] {
    let server = match served_by {
        Some(server) => check("server", State::Ok, server.running(), ""),
        None => check(
            "server",
            State::Note,
            "not running for this data folder",
            "Start it with `duplistatus serve`, with the same --data-dir.",
        ),
    };
    // The running server stores its address; the options of this command may differ.
    let place = served_by.and_then(|server| server.place.clone());
    let (address, base) = place.unwrap_or_else(|| (options.addr, options.base_path.as_str().to_owned()));
    let there = ask(address, &base).await;
    [server, port(address, &there, served_by.is_some())]
}

fn port(address: SocketAddr, there: &Listener, is_served: bool) -> Check {
    match there {
        Listener::Ours(status) if status == "healthy" => {
            check("port", State::Ok, format!("duplistatus responds at {address}"), "")
        }
        Listener::Ours(status) => check(
            "port",
            State::Failing,
            format!("duplistatus responds at {address} with the status {status}"),
            "See the other checks and its log for the cause.",
        ),
        Listener::Free if is_served => check(
            "port",
            State::Warning,
            format!("no response at {address}, although a server is running"),
            "It may listen on another address. Run this command with the same --addr and --base-path, or in the same environment.",
        ),
        Listener::Free => check("port", State::Ok, format!("{address} is free"), ""),
        Listener::Refused(why) => check(
            "port",
            State::Failing,
            format!("cannot listen on {address}: {why}"),
            "Choose another --addr.",
        ),
        Listener::Other => check(
            "port",
            State::Failing,
            format!("another program responds at {address}, or duplistatus under another --base-path"),
            "Stop it, or choose another --addr.",
        ),
    }
}

async fn ask(address: SocketAddr, base: &str) -> Listener {
    if address.port() == 0 {
        // Port 0 means any free port.
        return Listener::Free;
    }
    let answer = tokio::time::timeout(TIMEOUT, health_of(reachable(address), base)).await;
    match answer {
        Ok(Ok(text)) => status_in(&text).map_or(Listener::Other, Listener::Ours),
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            match TcpListener::bind(address).await {
                Ok(_) => Listener::Free,
                Err(error) => Listener::Refused(error.to_string()),
            }
        }
        Ok(Err(error)) if error.kind() != io::ErrorKind::AddrNotAvailable => Listener::Other,
        Ok(Err(error)) => Listener::Refused(error.to_string()),
        Err(_) => Listener::Other,
    }
}

/// Replaces an unspecified address by loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn health_of(address: SocketAddr, base: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET {base}/api/health HTTP/1.1\r\nHost: {address}\r\nUser-Agent: duplistatus doctor\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Returns the status in a response of duplistatus; `None` for other responses.
fn status_in(answer: &str) -> Option<String> {
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let json: serde_json::Value = serde_json::from_str(body.trim()).ok()?;
    json.get("database")?;
    let status = json.get("status")?.as_str()?;
    ["healthy", "degraded", "unavailable"].contains(&status).then(|| status.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Responds to one connection with a text.
    async fn answering(text: &'static str) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            if let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(text.as_bytes()).await;
            }
        });
        Ok(address)
    }

    #[tokio::test]
    async fn who_answers_is_told() -> Result<(), Box<dyn std::error::Error>> {
        let healthy =
            "HTTP/1.1 200 OK\r\nA: b\r\n\r\n{\"status\":\"healthy\",\"version\":\"1\",\"database\":\"ok\"}";
        let address = answering(healthy).await?;
        let there = ask(address, "").await;
        assert_eq!(there, Listener::Ours("healthy".into()));
        assert_eq!(port(address, &there, true).state, State::Ok);
        let sick =
            "HTTP/1.1 503 No\r\n\r\n{\"status\":\"degraded\",\"version\":\"1\",\"database\":\"read-only\"}";
        let there = ask(answering(sick).await?, "/base").await;
        assert_eq!(port(address, &there, true).state, State::Failing, "{there:?}");
        for other in [
            "HTTP/1.1 200 OK\r\n\r\n<html>",
            "",
            "220 mail\r\n",
            "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"healthy\"}",
        ] {
            let there = ask(answering(other).await?, "").await;
            assert_eq!(there, Listener::Other, "{other}");
            assert_eq!(port(address, &there, false).state, State::Failing);
        }
        let free = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        assert_eq!(ask(free, "").await, Listener::Free);
        assert_eq!(port(free, &Listener::Free, false).state, State::Ok);
        assert_eq!(port(free, &Listener::Free, true).state, State::Warning);
        assert_eq!(reachable("0.0.0.0:7".parse()?), "127.0.0.1:7".parse()?);
        Ok(())
    }
}
