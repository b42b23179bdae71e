//! `duplistatus db repair` and `db salvage`: the built program on damaged files.
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use duplistatus::{
    db::{Db, engine::dynamic, tables::servers},
    time::Timestamp,
};
use serde_json::Value;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        .current_dir(folder)
        .args(["--log", "error", "--time-zone", "UTC", "--data-dir", ".", "db"])
        .args(arguments)
        .output()
        .unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns a data folder whose database has two servers.
async fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("duplistatus.db")).unwrap();
    for name in ["nas", "attic"] {
        db.write(move |tx| servers::create(tx.conn, name, Timestamp::from_unix(1_795_435_200)))
            .await
            .unwrap();
    }
    db.write(|tx| {
        dynamic::execute(tx.conn, "UPDATE servers SET notes = CAST(x'61ff' AS TEXT) WHERE id = 1", &[])?;
        dynamic::execute(tx.conn, "DROP INDEX idx_servers_name", &[])
    })
    .await
    .unwrap();
    db.close().await;
    folder
}

#[tokio::test]
async fn a_repair_says_what_it_would_do_and_does_it() {
    let folder = filled().await;
    let check = run(folder.path(), &["integrity"]);
    assert!(!check.status.success());
    assert!(
        String::from_utf8_lossy(&check.stdout).contains("servers, row 1: notes is not UTF-8"),
        "{check:?}"
    );
    let told = json(&run(folder.path(), &["repair", "--dry-run", "--json"]));
    assert_eq!(told["created"][0], "index idx_servers_name");
    assert_eq!(told["changed"]["servers.notes is not UTF-8"], 1);
    assert_eq!(told["copy"], Value::Null);
    let done = run(folder.path(), &["repair", "--yes"]);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && text.contains("passes every check"), "{done:?}");
    assert!(run(folder.path(), &["integrity"]).status.success());
    assert_eq!(copies(folder.path(), "before-repair-"), 1);
    let done = run(folder.path(), &["repair", "--yes"]);
    assert!(String::from_utf8_lossy(&done.stdout).contains("has no problems"), "{done:?}");
    assert_eq!(copies(folder.path(), "before-repair-"), 1, "nothing was changed, so nothing is kept");
}

#[tokio::test]
async fn a_file_without_its_first_page_is_salvaged_and_served_again() {
    let folder = filled().await;
    let path = folder.path().join("duplistatus.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[..16_384].fill(0);
    fs::write(&path, &bytes).unwrap();
    // The content of the first page is lost, so other losses cannot be ruled out.
    let salvaged = run(folder.path(), &["salvage", "duplistatus.db", "new.db", "--json"]);
    assert_eq!(salvaged.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&salvaged.stdout).unwrap();
    let servers =
        report["tables"].as_array().unwrap().iter().find(|table| table["table"] == "servers").unwrap();
    assert_eq!((&servers["kept"], &servers["from_pages"]), (&Value::from(2), &Value::from(2)));
    assert!(fs::read(&path).unwrap() == bytes, "the damaged file was changed");
    assert!(
        !run(folder.path(), &["salvage", "duplistatus.db", "new.db"]).status.success(),
        "new.db is there"
    );
    let repair = run(folder.path(), &["repair", "--yes"]);
    let said = String::from_utf8_lossy(&repair.stderr).into_owned();
    assert!(!repair.status.success() && said.contains("a backup may contain more"), "{said}");
    assert_eq!(copies(folder.path(), "salvaged-"), 0);
    assert!(fs::read(&path).unwrap() == bytes, "the damaged file was changed");
    let restored = run(folder.path(), &["restore", "--yes", "new.db"]);
    assert!(restored.status.success(), "{restored:?}");
    assert!(run(folder.path(), &["integrity"]).status.success());
}

#[tokio::test]
async fn a_damaged_index_alone_costs_nothing() {
    let folder = filled().await;
    let path = folder.path().join("duplistatus.db");
    let pages = {
        let mut conn = duplistatus::db::engine::connection::open_unpooled(&path).unwrap();
        let sql = "SELECT pageno FROM dbstat WHERE name = 'sqlite_autoindex_servers_1'";
        dynamic::rows(&mut conn, sql).unwrap()
    };
    let page = usize::try_from(pages.first().unwrap().0.first().unwrap().integer().unwrap()).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[(page - 1) * 16_384..page * 16_384].fill(0);
    fs::write(&path, &bytes).unwrap();
    assert!(!run(folder.path(), &["integrity"]).status.success());
    let told = json(&run(folder.path(), &["repair", "--yes", "--json"]));
    assert_eq!(told["read_out"], true, "{told}");
    assert!(folder.path().join(told["copy"].as_str().unwrap()).is_file(), "the damaged file is kept");
    assert_eq!(copies(folder.path(), "salvaged-"), 0);
    assert!(run(folder.path(), &["integrity"]).status.success());
    let stats = json(&run(folder.path(), &["stats", "--json"]));
    assert_eq!(stats["servers"], 2, "{stats}");
}

/// Returns how many copies are kept for a reason.
fn copies(folder: &Path, reason: &str) -> usize {
    // The folder is created with the first copy.
    let names = fs::read_dir(folder.join("copies")).into_iter().flatten().filter_map(Result::ok);
    names.filter(|entry| entry.file_name().to_string_lossy().starts_with(reason)).count()
}
