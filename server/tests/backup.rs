//! `duplistatus db backup`, `restore`, `dump` and `export`: the built program, with and without a running server.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed step should fail the test")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use duplistatus::{
    db::{Db, tables::servers},
    time::Timestamp,
};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_duplistatus");

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["--time-zone", "UTC", "--data-dir"]).arg(folder).args(arguments).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).args(["--log", "error"]).output().unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(!output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

async fn add(folder: &Path, name: &'static str) {
    let db = Db::open(&folder.join("duplistatus.db")).unwrap();
    db.write(move |tx| servers::create(tx.conn, name, Timestamp::from_unix(1_795_435_200))).await.unwrap();
    db.close().await;
}

fn servers_of(folder: &Path) -> Vec<String> {
    let all: Value = serde_json::from_str(&done(folder, &["server", "list", "--json"])).unwrap();
    all["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|server| server["name"].as_str().unwrap().to_owned())
        .collect()
}

/// A server process, killed when the test ends.
struct Server(Child);

impl Server {
    /// Starts the server and waits until it listens.
    fn start(folder: &Path) -> Self {
        let mut child = command(folder, &["--addr", "127.0.0.1:0", "serve"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = lines.by_ref().map(Result::unwrap).find(|line| line.contains("duplistatus is at"));
        assert!(said.is_some(), "it ended");
        // Keeps reading, so that the server never blocks on a full pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_running_server_restores_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db.zst");
    add(folder.path(), "nas").await;
    let server = Server::start(folder.path());
    let mode = fs::metadata(folder.path().join("control.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let told = done(folder.path(), &["db", "backup", "--compress", backup.to_str().unwrap()]);
    assert!(told.contains("every page checked"), "{told}");
    done(folder.path(), &["server", "add", "attic"]);
    assert_eq!(servers_of(folder.path()), ["attic", "nas"]);
    let told = done(folder.path(), &["db", "restore", "--yes", backup.to_str().unwrap()]);
    assert!(told.contains("Restored: 1 server,") && told.contains("kept as"), "{told}");
    assert_eq!(servers_of(folder.path()), ["nas"]);

    fs::write(&backup, "no backup").unwrap();
    let why = refused(folder.path(), &["db", "restore", "--yes", backup.to_str().unwrap()]);
    assert!(why.contains("not a backup of duplistatus"), "{why}");
    assert_eq!(servers_of(folder.path()), ["nas"]);
    drop(server);
}

#[tokio::test]
async fn there_is_one_server_for_a_folder_also_after_it_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let why = refused(folder.path(), &["--addr", "127.0.0.1:0", "serve"]);
    let expected = format!("(process {}) is already using this data folder", server.0.id());
    assert!(why.contains(&expected), "{why}");
    // Commands work while the server runs.
    done(folder.path(), &["db", "status"]);
    drop(server);
    drop(Server::start(folder.path()));
}

#[tokio::test]
async fn without_a_server_a_missing_and_a_damaged_database_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db");
    let path = folder.path().join("duplistatus.db");
    add(folder.path(), "nas").await;
    done(folder.path(), &["db", "backup", backup.to_str().unwrap()]);
    fs::remove_file(&path).unwrap();
    let told = done(folder.path(), &["db", "restore", "--yes", backup.to_str().unwrap()]);
    assert!(told.contains("There was no previous database"), "{told}");
    fs::write(&path, vec![1; 100_000]).unwrap();
    let told = done(folder.path(), &["db", "restore", "--yes", backup.to_str().unwrap()]);
    assert!(told.contains("could not be read"), "{told}");
    assert_eq!(servers_of(folder.path()), ["nas"]);
    let told: Value = serde_json::from_str(&done(
        folder.path(),
        &["db", "restore", "--yes", "--json", backup.to_str().unwrap()],
    ))
    .unwrap();
    assert_eq!((&told["servers"], &told["compared"]), (&1.into(), &true.into()));
}

#[tokio::test]
async fn backups_go_to_a_folder_and_to_pipes() {
    let folder = tempfile::tempdir().unwrap();
    add(folder.path(), "nas").await;
    let kept = folder.path().join("elsewhere");
    done(folder.path(), &["--backup-dir", kept.to_str().unwrap(), "db", "backup", "--no-verify"]);
    assert_eq!(fs::read_dir(&kept).unwrap().count(), 1);
    let piped = run(folder.path(), &["db", "backup", "-"]);
    assert!(piped.status.success() && piped.stdout.starts_with(b"SQLite format 3\0"), "{:?}", piped.stderr);
    assert!(done(folder.path(), &["db", "dump", "-"]).contains("INSERT INTO \"servers\" VALUES (1, 'nas'"));
    assert_eq!(done(folder.path(), &["db", "export", "-"]), "[\n]\n");
    let file = folder.path().join("runs.json");
    assert!(done(folder.path(), &["db", "export", file.to_str().unwrap()]).contains("0 runs"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    for command in ["export", "dump"] {
        fs::write(&file, "of yesterday").unwrap();
        let why = refused(folder.path(), &["db", command, file.to_str().unwrap()]);
        assert!(why.contains("not confirmed") && why.contains("already exists (12 B)"), "{why}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "of yesterday");
        done(folder.path(), &["db", command, file.to_str().unwrap(), "--yes"]);
        assert_ne!(fs::read_to_string(&file).unwrap(), "of yesterday");
    }
    let table = folder.path().join("runs.csv");
    done(folder.path(), &["db", "export", table.to_str().unwrap()]);
    assert!(
        fs::read_to_string(&table).unwrap().starts_with("\"export\",\"server\""),
        "its name says what it is"
    );
    for (arguments, words) in [
        (["--server", "nsa"], "use one of nas"),
        (["--job", "Documents"], "there are none yet"),
        (["--from", "yesterday"], "2026-11-23"),
        (["--status", "splendid"], "success, warning"),
    ] {
        let why = refused(folder.path(), &[&["db", "export", "-"], &arguments[..]].concat());
        assert!(why.contains(words), "{arguments:?}: {why}");
    }
    let left = fs::read_dir(folder.path())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    assert_eq!(left.filter(|name| name.starts_with("backup-")).count(), 0);
    let why = refused(folder.path(), &["db", "backup", "/none/such/folder/file"]);
    assert!(why.contains("/none/such/folder"), "{why}");
}
