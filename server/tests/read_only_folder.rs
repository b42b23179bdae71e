//! The built program on a data folder that its user can read but not write: it shows the stored
//! data.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use duplistatus::{crypto::SecretKeys, db::Db};

/// A user id that owns no files: root would ignore the permissions.
const NOBODY: u32 = 65_534;

/// The program, killed when the test ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Waits until the program listens and sends a request; returns the response.
fn ask(address: &str, head: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let length = body.len();
    write!(
        stream,
        "{head} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[tokio::test]
async fn what_cannot_be_written_is_read() {
    let outer = tempfile::tempdir().unwrap();
    allow(outer.path(), 0o755);
    let folder = outer.path().join("data");
    fs::create_dir(&folder).unwrap();
    Db::open(&folder.join("duplistatus.db")).unwrap().close().await;
    SecretKeys::load(&folder, None).unwrap();
    for entry in fs::read_dir(&folder).unwrap() {
        allow(&entry.unwrap().path(), 0o444);
    }
    allow(&folder, 0o555);

    // If other users cannot reach the built program, they can reach this link to it.
    let executable = outer.path().join("duplistatus");
    let built = Path::new(env!("CARGO_BIN_EXE_duplistatus"));
    if fs::hard_link(built, &executable).is_err() {
        fs::copy(built, &executable).unwrap();
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let mut command = Command::new(&executable);
    command
        .args(["--addr", &address, "--open-ingest", "--log", "error", "--time-zone", "UTC", "--data-dir"])
        .arg(&folder)
        .current_dir(outer.path())
        .stdin(Stdio::null());
    if fs::metadata(outer.path()).unwrap().uid() == 0 {
        command.gid(NOBODY).uid(NOBODY);
    }
    let mut program = Program(command.spawn().unwrap());
    let deadline = Instant::now() + Duration::from_secs(30);
    let health = loop {
        if let Some(answer) = ask(&address, "GET /api/health", "") {
            break answer;
        }
        assert!(Instant::now() < deadline, "it does not answer");
        assert_eq!(program.0.try_wait().unwrap(), None, "it ended");
        thread::sleep(Duration::from_millis(20));
    };
    assert!(health.starts_with("HTTP/1.1 503") && health.contains("degraded"), "{health}");
    let live = ask(&address, "GET /api/health/live", "").unwrap();
    assert!(live.starts_with("HTTP/1.1 200"), "{live}");
    let page = ask(&address, "GET /login", "").unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let report = r#"{"Data":{"MainOperation":"Backup","ParsedResult":"Success","BeginTime":"2026-11-23T02:00:00Z",
        "EndTime":"2026-11-23T02:10:00Z"},"Extra":{"OperationName":"Backup","backup-name":"a","machine-name":"nas"}}"#;
    let refused = ask(&address, "POST /api/upload", report).unwrap();
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("Nothing was stored"), "{refused}");
}
