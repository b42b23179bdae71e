//! The built program with ten thousand idle connections.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed step should fail the test")]

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

const WANTED: usize = 10_000;
/// Connections from one address; the program accepts 256.
const FROM_ONE: usize = 200;

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Raises the limit of open files as far as possible; returns how many connections this process and the
/// program may each have.
fn possible() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
    let files =
        getrlimit(Resource::Nofile).current.map_or(usize::MAX, |files| usize::try_from(files).unwrap());
    WANTED.min(files.saturating_sub(300))
}

async fn exchange(address: &str, request: String) -> Option<String> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

/// Measures twenty uploads, each on its own connection; returns the median and the longest time.
async fn uploads(address: &str, first: usize) -> [Duration; 2] {
    let mut times = Vec::new();
    for number in first..first + 20 {
        let body = format!(
            r#"{{"Data":{{"MainOperation":"Backup","ParsedResult":"Success","BeginTime":"2026-01-01T00:{number:02}:00Z"}},
            "Extra":{{"OperationName":"Backup","backup-name":"Job","machine-name":"nas"}}}}"#
        );
        let begun = Instant::now();
        let answer = exchange(
            address,
            format!(
                "POST /api/upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        )
        .await
        .unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        times.push(begun.elapsed());
    }
    times.sort();
    [times[10], times[19]]
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_idle_connections_do_not_stop_uploads() {
    let folder = tempfile::tempdir().unwrap();
    let count = possible();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let program = Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        .args(["--addr", &address, "--open-ingest", "--log", "error", "--data-dir"])
        .arg(folder.path())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let program = Program(program);
    let health = || "GET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_owned();
    let deadline = Instant::now() + Duration::from_secs(60);
    while exchange(&address, health()).await.is_none() {
        assert!(Instant::now() < deadline, "it does not answer");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let before = uploads(&address, 0).await;
    let mut idle = Vec::with_capacity(count);
    for number in 0..count {
        let socket = TcpSocket::new_v4().unwrap();
        let from = u8::try_from(number / FROM_ONE + 2).unwrap();
        socket.bind(([127, 0, 1, from], 0).into()).unwrap();
        idle.push(socket.connect(address.parse().unwrap()).await.unwrap());
    }
    let beside = uploads(&address, 20).await;
    eprintln!("an upload, median and longest: {before:?}; beside {count} idle connections: {beside:?}");
    assert!(beside[1] < Duration::from_secs(2), "{beside:?}");
    let open = idle.iter().filter(|stream| matches!(stream.try_read(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock));
    assert_eq!(open.count(), count, "they were still there");
    drop(program);
}
