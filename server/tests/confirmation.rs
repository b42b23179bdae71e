//! Commands that delete or replace data ask first, and a start that would go wrong is rejected with a remedy: the
//! built program.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use duplistatus::{
    crypto::SecretKeys,
    db::{
        Db,
        engine::owner,
        tables::{
            servers,
            users::{self, UserPatch},
        },
    },
    time::Timestamp,
};

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duplistatus"));
    command.args(["--log", "error", "--addr", "127.0.0.1:0", "--data-dir"]).arg(folder).args(arguments);
    command.env_remove("DUPLISTATUS_SECRET_KEY").env_remove("DUPLISTATUS_TIME_ZONE").stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).args(["--time-zone", "UTC"]).output().unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(!output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("duplistatus.db")).unwrap();
    db.write(|tx| servers::create(tx.conn, "nas", Timestamp::from_unix(1_795_435_200))).await.unwrap();
    db.close().await;
    SecretKeys::load(folder.path(), None).unwrap();
    folder
}

#[tokio::test]
async fn without_a_terminal_and_without_yes_nothing_is_replaced() {
    let folder = filled().await;
    let file = folder.path().join("kept.db");
    let path = file.to_str().unwrap();
    done(folder.path(), &["db", "backup", path]);
    done(folder.path(), &["server", "add", "attic"]);
    let key = fs::read(folder.path().join("secret.key")).unwrap();
    let content = fs::read(&file).unwrap();
    for (arguments, words) in [
        (&["db", "restore", path][..], "contains 1 server and 0 runs"),
        (&["db", "backup", path], "already exists"),
        (&["db", "backup", "--compress", path], "already exists"),
        (&["db", "dump", path], "already exists"),
        (&["db", "export", path], "already exists"),
        (&["secret", "rotate"], "delete the old key"),
    ] {
        let why = refused(folder.path(), arguments);
        assert!(
            why.contains("not confirmed") && why.contains("--yes") && why.contains(words),
            "{arguments:?}: {why}"
        );
    }
    assert!(
        fs::read(&file).unwrap() == content && fs::read(folder.path().join("secret.key")).unwrap() == key
    );
    assert!(done(folder.path(), &["server", "list"]).contains("attic"));
    done(folder.path(), &["db", "backup", "--yes", path]);
    assert!(done(folder.path(), &["db", "restore", "--yes", path]).contains("Restored: 2 servers"));
    // There is nothing to lose, so there is no question.
    fs::remove_file(folder.path().join("duplistatus.db")).unwrap();
    done(folder.path(), &["db", "restore", path]);
}

#[tokio::test]
async fn a_zone_without_a_name_is_refused_by_every_command_that_counts_days() {
    let folder = filled().await;
    let outer = tempfile::tempdir().unwrap();
    let zone = outer.path().join("zone");
    // Something that is not a zone at all is rejected the same way.
    fs::write(&zone, "TZif").unwrap();
    for tz in ["CET-1CEST,M3.5.0,M10.5.0/3", &format!(":{}", zone.display())] {
        for arguments in
            [&["serve"][..], &["demo"], &["db", "stats"], &["db", "repair", "--yes"], &["server", "list"]]
        {
            let output = command(folder.path(), arguments).env("TZ", tz).output().unwrap();
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                !output.status.success() && why.contains("set it with --time-zone "),
                "{tz} {arguments:?}: {why}"
            );
        }
        let doctor = command(folder.path(), &["doctor"]).env("TZ", tz).output().unwrap();
        let told = String::from_utf8_lossy(&doctor.stdout).into_owned();
        assert_eq!(doctor.status.code(), Some(2), "{told}");
        assert!(told.contains("--time-zone "), "{told}");
    }
    assert!(!folder.path().join("demo").exists());
    for tz in ["Asia/Kathmandu", "UTC", ":UTC", ""] {
        let output = command(folder.path(), &["db", "stats"]).env("TZ", tz).output().unwrap();
        assert!(output.status.success(), "{tz}: {output:?}");
    }
}

#[tokio::test]
async fn a_start_sweeps_what_a_killed_process_left_and_nothing_else() {
    let folder = filled().await;
    let id = owner::instance(folder.path()).unwrap();
    let left = folder.path().join(format!("received-{id}-killedkilled-1"));
    let mine = folder.path().join("received-letters");
    for path in [&left, &mine] {
        fs::create_dir(path).unwrap();
        fs::write(path.join("file"), "content").unwrap();
    }
    fs::set_permissions(&left, fs::Permissions::from_mode(0o700)).unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    for path in [left.join("file"), left.clone()] {
        fs::File::open(path).unwrap().set_modified(old).unwrap();
    }
    let mut server = command(folder.path(), &["--time-zone", "UTC", "serve"]).spawn().unwrap();
    let gone = (0..1000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        !left.exists()
    });
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(gone && mine.join("file").exists());
}

#[tokio::test]
async fn who_disables_a_person_or_removes_a_second_factor_is_asked_first() {
    let folder = filled().await;
    let path = folder.path();
    let with_password = |arguments: &[&str]| {
        use std::io::Write as _;
        let mut command = command(path, arguments);
        let mut child = command
            .args(["--time-zone", "UTC"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The program may reject the command before it reads its input.
        let _ = child.stdin.take().unwrap().write_all(b"violet teapot under seven bridges\n");
        child.wait_with_output().unwrap()
    };
    for name in ["root", "bob"] {
        assert!(with_password(&["user", "create", name, "--role", "administrator"]).status.success());
    }
    let why = refused(path, &["user", "disable", "bob"]);
    assert!(
        why.contains("not confirmed") && why.contains("Disable bob, end 0 sessions and suspend 0 API keys"),
        "{why}"
    );
    assert!(!done(path, &["user", "list"]).contains("disabled"));
    done(path, &["user", "disable", "bob", "--yes"]);
    assert!(done(path, &["user", "list"]).contains("disabled"));
    // A user who is already disabled loses nothing more.
    done(path, &["user", "disable", "bob"]);
    done(path, &["user", "enable", "bob"]);

    // Without a second factor there is none to lose. With one, the question comes before the password is read.
    assert!(with_password(&["user", "reset-password", "bob", "--second-factor"]).status.success());
    let db = Db::open(&path.join("duplistatus.db")).unwrap();
    db.write(|tx| {
        let bob = users::find_by_name(tx.conn, "bob")?.unwrap();
        let patch = UserPatch {
            totp_secret: Some(Some("sealed".into())),
            totp_confirmed_at: Some(Some("2026-11-23T12:00:00Z".into())),
            ..UserPatch::default()
        };
        users::change(tx.conn, bob.id(), &patch, Timestamp::from_unix(1_795_435_200))
    })
    .await
    .unwrap();
    db.close().await;
    let output = with_password(&["user", "reset-password", "bob", "--second-factor"]);
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && why.contains("Remove the second factor of bob"), "{why}");
    assert!(
        with_password(&["user", "reset-password", "bob"]).status.success(),
        "the factor stays, so nothing is asked"
    );
    assert!(with_password(&["user", "reset-password", "bob", "--second-factor", "--yes"]).status.success());
}

#[tokio::test]
async fn a_command_that_fails_says_why_in_a_plain_line() {
    let folder = filled().await;
    let nowhere = folder.path().join("nowhere");
    for arguments in [
        &["user", "unlock", "nobody"][..],
        &["key", "revoke", "77"],
        &["server", "delete", "attic", "--yes"],
        &["db", "restore", "none.db", "--yes"],
        &["import", "none.csv"],
        &["server", "set", "attic", "--alias", "x"],
    ] {
        let told = refused(folder.path(), arguments);
        assert!(told.starts_with("error: ") && told.matches("error:").count() == 1, "{arguments:?}: {told}");
        assert!(!told.contains("ERROR") && !told.contains("\u{1b}["), "no line of a log: {told}");
    }
    let told = refused(&nowhere, &["key", "list"]);
    assert!(told.starts_with("error: there is no database in "), "{told}");
    // `serve` ends with a line of its log.
    let file = folder.path().join("secret.key");
    let served = command(&file, &["serve", "--time-zone", "UTC"]).output().unwrap();
    let served = String::from_utf8(served.stderr).unwrap();
    assert!(served.contains("ERROR") && served.contains("secret.key"), "{served}");
}
