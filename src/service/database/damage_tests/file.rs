//! A database filled with reports, copied for each test, and ways to damage it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use diesel::connection::SimpleConnection as _;
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    db::{Connection, engine::dynamic},
    service::testing::{report, send, services},
    time::Timestamp,
};

/// Number of servers, jobs of each, and days of each job.
const SIZE: (i64, i64, i64) = (6, 2, 120);
/// Number of runs.
pub(super) const RUNS: i64 = SIZE.0 * SIZE.1 * SIZE.2;
/// Number of servers.
pub(super) const SERVERS: i64 = SIZE.0;
/// Number of jobs.
pub(super) const JOBS: i64 = SIZE.0 * SIZE.1;
/// Page size in bytes.
const PAGE: usize = 16_384;

/// A copy of the file in its own folder.
pub(super) struct Fixture {
    folder: tempfile::TempDir,
    dice: u64,
}

impl Fixture {
    /// Copies the file, which is always the same.
    pub(super) fn new() -> Self {
        static FILE: OnceLock<Vec<u8>> = OnceLock::new();
        let bytes = FILE.get_or_init(|| {
            let thread = std::thread::spawn(|| {
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(make())
            });
            thread.join().unwrap()
        });
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("duplistatus.db"), bytes).unwrap();
        Self { folder, dice: 7 }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("duplistatus.db")
    }

    /// Path of its WAL.
    pub(super) fn wal(&self) -> PathBuf {
        self.folder.path().join("duplistatus.db-wal")
    }

    /// Path of a file next to it that does not exist.
    pub(super) fn new_file(&self) -> PathBuf {
        self.folder.path().join("new.db")
    }

    /// Executes statements on it directly.
    pub(super) fn sql(&self, sql: &str) {
        let mut conn = connect(&self.path());
        conn.batch_execute(sql).unwrap();
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    }

    /// Returns the pages of a table or index of one kind: `leaf`, `internal`.
    pub(super) fn pages(&self, name: &str, kind: &str) -> Vec<usize> {
        let mut conn = connect(&self.path());
        let sql = format!(
            "SELECT pageno FROM dbstat WHERE name = '{name}' AND pagetype = '{kind}' ORDER BY pageno"
        );
        let rows = dynamic::rows(&mut conn, &sql).unwrap();
        rows.iter().map(|row| usize::try_from(row.0[0].integer().unwrap()).unwrap()).collect()
    }

    /// Changes bytes of pages, counted from 1.
    pub(super) fn change(&self, pages: &[usize], change: impl Fn(&mut [u8])) {
        let mut bytes = fs::read(self.path()).unwrap();
        for page in pages {
            change(&mut bytes[(page - 1) * PAGE..page * PAGE]);
        }
        fs::write(self.path(), bytes).unwrap();
    }

    pub(super) fn zero(&self, pages: &[usize]) {
        self.change(pages, |page| page.fill(0));
    }

    /// Flips bits at pseudo-random places of pages.
    pub(super) fn flip(&mut self, pages: &[usize], bits: usize) {
        let mut bytes = fs::read(self.path()).unwrap();
        for page in pages {
            for _ in 0..bits {
                // A multiplicative generator, which gives the same sequence each time.
                self.dice = self.dice.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(1);
                let place = usize::try_from(self.dice >> 33).unwrap();
                let at = PAGE / 4 + place / 8 % (PAGE * 3 / 4);
                bytes[(page - 1) * PAGE + at] ^= 1 << (place % 8);
            }
        }
        fs::write(self.path(), bytes).unwrap();
    }

    pub(super) fn truncate(&self, percent: usize) {
        let bytes = fs::read(self.path()).unwrap();
        fs::write(self.path(), &bytes[..bytes.len() * percent / 100]).unwrap();
    }
}

pub(super) fn connect(path: &Path) -> Connection {
    let mut conn = <Connection as diesel::Connection>::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute("PRAGMA writable_schema = ON; PRAGMA foreign_keys = OFF;").unwrap();
    conn
}

async fn make() -> Vec<u8> {
    let (folder, services) = services().unwrap();
    let (servers, jobs, days) = SIZE;
    for day in 0..days {
        let mut sent = JoinSet::new();
        for server in 0..servers {
            for job in 0..jobs {
                let begin = Timestamp::from_unix(1_784_000_000 + day * 86_400 + server * 3600 + job * 600);
                let status = ["Success", "Success", "Success", "Warning", "Error"]
                    [usize::try_from((day + server) % 5).unwrap()];
                let mut body = report(&begin.to_string(), status);
                body["Extra"]["machine-name"] = json!(format!("machine {server}"));
                body["Extra"]["machine-id"] = json!(format!("{server:032x}"));
                body["Extra"]["backup-name"] = json!(format!("job {job}"));
                body["Data"]["SizeOfExaminedFiles"] = json!(1000 + day);
                // Every tenth log is longer than a page.
                let lines = if day % 10 == 0 { 300 } else { 12 };
                let line = |n| {
                    format!(
                        "2026-11-23 02:00:00 +00 - [Warning-Tag-{n}]: file number {n} of day {day} was in use"
                    )
                };
                body["LogLines"] = json!((0..lines).map(line).collect::<Vec<_>>());
                let services = services.clone();
                sent.spawn(async move { send(&services, body).await });
            }
        }
        while let Some(stored) = sent.join_next().await {
            stored.unwrap().unwrap();
        }
    }
    let mut restore = report("2026-11-20T02:00:00Z", "Success");
    restore["Data"]["MainOperation"] = json!("Restore");
    restore["Extra"]["OperationName"] = json!("Restore");
    restore["Extra"]["machine-id"] = json!(format!("{:032x}", 0));
    restore["Extra"]["backup-name"] = json!("job 0");
    send(&services, restore).await.unwrap();
    services.db.close().await;
    fs::read(folder.path().join("duplistatus.db")).unwrap()
}
