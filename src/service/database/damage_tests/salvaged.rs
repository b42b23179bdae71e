//! What a salvage recovers, with counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::OnceLock,
};

use diesel::connection::SimpleConnection as _;

use super::{
    Fixture,
    file::{JOBS, RUNS, SERVERS, connect},
};
use crate::{
    db::{
        care::orphans,
        engine::{
            dynamic::{self, Row},
            integrity,
        },
    },
    dto::database::salvage::{SalvageReport, SalvagedTable},
    error::Error,
    service::{Actor, database},
    time::Timestamp,
    zone::Zone,
};

pub(super) fn salvage(file: &Fixture) -> Result<SalvageReport, Error> {
    let before = fs::read(file.path()).unwrap();
    let now = Timestamp::from_unix(crate::service::testing::NOON);
    let result = database::salvage(
        &Actor::CommandLine,
        (&file.path(), &file.new_file()),
        &Zone::utc(),
        now,
        &mut |_| {},
    );
    assert!(fs::read(file.path()).unwrap() == before, "the damaged file was changed");
    if result.is_ok() {
        let mut conn = connect(&file.new_file());
        assert_eq!(integrity::check(&mut conn).unwrap(), Vec::<String>::new());
        assert_eq!(orphans::orphans(&mut conn).unwrap(), []);
        assert_eq!(orphans::damaged_values(&mut conn).unwrap().1, 0);
        for table in ["servers", "jobs", "backups", "operations"] {
            let invented = format!("SELECT count(*) FROM {table} WHERE id < 1");
            assert_eq!(dynamic::number(&mut conn, &invented).unwrap(), Some(0), "{table}");
        }
    } else {
        assert!(!file.new_file().exists());
    }
    result
}

pub(super) fn table<'r>(report: &'r SalvageReport, name: &str) -> &'r SalvagedTable {
    report.tables.iter().find(|table| table.table == name).unwrap()
}

/// Returns how many runs of the new file equal those of the old one.
pub(super) fn same_runs(file: &Fixture) -> i64 {
    static OLD: OnceLock<BTreeMap<i64, Row>> = OnceLock::new();
    let rows = |path: &Path| -> BTreeMap<i64, Row> {
        let all = dynamic::rows(&mut connect(path), "SELECT * FROM backups").unwrap();
        all.into_iter().map(|row| (row.0[0].integer().unwrap(), row)).collect()
    };
    let old = OLD.get_or_init(|| rows(&Fixture::new().path()));
    let same = rows(&file.new_file()).into_iter().filter(|(id, row)| old.get(id) == Some(row)).count();
    i64::try_from(same).unwrap()
}

/// Returns the sources of rows (table, pages, reports, index), and how many are lost.
fn sources(row: &SalvagedTable) -> (i64, i64, i64, i64, Option<i64>) {
    (row.from_table, row.from_pages, row.from_reports, row.from_index, row.lost)
}

#[test]
fn a_sound_file_comes_whole() {
    let file = Fixture::new();
    let report = salvage(&file).unwrap();
    assert!(report.complete, "{report:#?}");
    assert_eq!(sources(table(&report, "backups")), (RUNS, 0, 0, 0, Some(0)));
    assert_eq!(same_runs(&file), RUNS);
    assert_eq!((table(&report, "servers").kept, table(&report, "jobs").kept), (SERVERS, JOBS));
    let totals = "SELECT job_id, day, runs, files_size FROM job_days ORDER BY 1, 2";
    let summaries = "SELECT id, run_count, uploaded_total, recent FROM jobs";
    let sites = "SELECT day, runs, successes, failures FROM site_days ORDER BY day";
    for query in [totals, summaries] {
        let read = |path: &Path| dynamic::rows(&mut connect(path), query).unwrap();
        assert_eq!(read(&file.new_file()), read(&file.path()), "{query}");
    }
    assert_eq!(dynamic::rows(&mut connect(&file.new_file()), sites).unwrap().len(), 120);
}

#[test]
fn what_is_in_a_cut_wal_comes_up_to_its_last_whole_transaction() {
    let (live, file) = (Fixture::new(), Fixture::new());
    let mut conn = connect(&live.path());
    conn.batch_execute("PRAGMA wal_autocheckpoint = 0").unwrap();
    for name in ["first", "second", "third"] {
        conn.batch_execute(&format!("INSERT INTO servers (name) VALUES ('{name}')")).unwrap();
    }
    fs::copy(live.path(), file.path()).unwrap();
    let wal = fs::read(live.wal()).unwrap();
    fs::write(file.wal(), &wal[..wal.len() - 100]).unwrap();
    let report = salvage(&file).unwrap();
    assert_eq!(table(&report, "servers").kept, SERVERS + 2, "{report:#?}");
    assert!(report.notes[0].contains("1 transactions after it are lost"), "{report:#?}");
    assert!(!report.complete);
    assert_eq!(fs::read(file.wal()).unwrap().len(), wal.len() - 100, "the WAL was changed");
    let last = "SELECT name FROM servers ORDER BY id DESC LIMIT 1";
    assert_eq!(dynamic::texts(&mut connect(&file.new_file()), last).unwrap(), ["second"]);
    // Without the WAL, the content of the file itself is recovered.
    fs::remove_file(file.wal()).unwrap();
    fs::remove_file(file.new_file()).unwrap();
    assert_eq!(table(&salvage(&file).unwrap(), "servers").kept, SERVERS);
}

#[test]
fn what_only_an_index_knew_is_not_all_of_it() {
    let file = Fixture::new();
    file.sql(
        "UPDATE servers SET alias = 'The box', notes = 'in the cellar'; PRAGMA wal_checkpoint(TRUNCATE);",
    );
    file.zero(&file.pages("servers", "leaf"));
    let report = salvage(&file).unwrap();
    let servers = table(&report, "servers");
    assert_eq!((servers.kept, servers.from_index, servers.lost), (SERVERS, SERVERS, Some(0)));
    assert!(!report.complete, "names are there, what people wrote is not");
}

#[test]
fn a_compressed_backup_is_read_as_far_as_it_goes() {
    let file = Fixture::new();
    let whole = fs::read(file.path()).unwrap();
    let compressed = zstd::encode_all(whole.as_slice(), 3).unwrap();
    fs::write(file.path(), &compressed).unwrap();
    let report = salvage(&file).unwrap();
    assert!(report.complete && report.notes.is_empty(), "{report:#?}");
    assert_eq!(table(&report, "backups").kept, RUNS);
    fs::remove_file(file.new_file()).unwrap();
    fs::write(file.path(), &compressed[..compressed.len() * 3 / 4]).unwrap();
    let report = salvage(&file).unwrap();
    assert!(!report.complete && report.notes[0].contains("Only part of the backup"), "{report:#?}");
    assert!((1..=RUNS).contains(&table(&report, "backups").kept), "{report:#?}");
}

#[test]
fn nothing_is_invented_for_what_was_cut_off() {
    let runs = |path: &Path| {
        let facts = "SELECT id || ' ' || start_time || ' ' || status || ' ' || backup_name FROM backups";
        dynamic::texts(&mut connect(path), facts).unwrap().into_iter().collect::<BTreeSet<_>>()
    };
    let old = runs(&Fixture::new().path());
    let mut kept = Vec::new();
    for percent in [20, 35, 50, 65, 80, 95] {
        let file = Fixture::new();
        file.truncate(percent);
        let Ok(report) = salvage(&file) else {
            kept.push(0);
            continue;
        };
        assert!(!report.complete, "{percent} %: {report:#?}");
        let new = runs(&file.new_file());
        assert!(new.is_subset(&old), "{percent} %: {:?}", new.difference(&old).next());
        kept.push(new.len());
        let unknown = "SELECT count(*) FROM servers WHERE name LIKE 'server %(restored)'";
        let made = dynamic::number(&mut connect(&file.new_file()), unknown).unwrap();
        assert!(made <= Some(SERVERS), "{percent} %: {made:?}");
        let found = table(&report, "backups");
        assert!(found.kept <= RUNS, "{percent} %");
        assert!(found.expected.is_none_or(|expected| expected == RUNS), "{percent} %: {found:?}");
    }
    // Otherwise the cases above would test nothing.
    assert!(kept.is_sorted() && kept.iter().filter(|runs| **runs > 0).count() >= 3, "{kept:?}");
}

#[test]
fn nothing_is_overwritten_and_what_is_no_database_is_said() {
    let file = Fixture::new();
    fs::write(file.new_file(), "mine").unwrap();
    let now = Timestamp::from_unix(crate::service::testing::NOON);
    let salvage = |from: &Path, to: &Path| {
        database::salvage(&Actor::CommandLine, (from, to), &Zone::utc(), now, &mut |_| {})
    };
    let error = salvage(&file.path(), &file.new_file()).unwrap_err().to_string();
    assert!(error.contains("already exists"), "{error}");
    assert_eq!(fs::read(file.new_file()).unwrap(), b"mine");
    fs::remove_file(file.new_file()).unwrap();
    for content in ["", "hello", &"hello ".repeat(20_000)] {
        fs::write(file.path(), content).unwrap();
        let error = salvage(&file.path(), &file.new_file()).unwrap_err().to_string();
        assert!(error.contains("no readable row") || error.contains("is empty"), "{error}");
        assert!(!file.new_file().exists());
    }
    assert!(matches!(
        database::salvage(
            &Actor::Guest { address: String::new() },
            (&file.path(), &file.new_file()),
            &Zone::utc(),
            now,
            &mut |_| {}
        ),
        Err(Error::Forbidden)
    ));
}
