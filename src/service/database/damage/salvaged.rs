//! What a salvage brings back, with counts.

use std::collections::BTreeMap;

use super::{
    Fixture,
    file::{JOBS, RUNS, SERVERS, connect},
};
use crate::{
    db::{
        checks,
        dynamic::{self, Row},
    },
    dto::database::salvage::{SalvageReport, SalvagedTable},
    error::Error,
    service::{Actor, database},
    time::Timestamp,
    zone::Zone,
};

fn salvage(file: &Fixture) -> Result<SalvageReport, Error> {
    let before = std::fs::read(file.path()).unwrap();
    let now = Timestamp::from_unix(crate::service::testing::NOON);
    let result = database::salvage(
        &Actor::CommandLine,
        (&file.path(), &file.new_file()),
        &Zone::utc(),
        now,
        &mut |_| {},
    );
    assert!(std::fs::read(file.path()).unwrap() == before, "the damaged file was changed");
    if result.is_ok() {
        let mut conn = connect(&file.new_file());
        assert_eq!(checks::structure(&mut conn).unwrap(), Vec::<String>::new());
        assert_eq!(checks::orphans(&mut conn).unwrap(), []);
        assert_eq!(checks::damaged_content(&mut conn).unwrap().1, 0);
    } else {
        assert!(!file.new_file().exists());
    }
    result
}

fn table<'r>(report: &'r SalvageReport, name: &str) -> &'r SalvagedTable {
    report.tables.iter().find(|table| table.table == name).unwrap()
}

/// How many rows of the new file are exactly those of the old one.
fn same_runs(file: &Fixture) -> usize {
    let rows = |path: &std::path::Path| -> BTreeMap<String, Row> {
        let all = dynamic::rows(&mut connect(path), "SELECT * FROM backups").unwrap();
        all.into_iter().map(|row| (format!("{:?}", row.0[0]), row)).collect()
    };
    let (old, new) = (rows(&Fixture::new().path()), rows(&file.new_file()));
    new.iter().filter(|(id, row)| old.get(*id) == Some(*row)).count()
}

/// Where rows came from: table, pages, reports, index; and how many are lost.
fn sources(row: &SalvagedTable) -> (i64, i64, i64, i64, Option<i64>) {
    (row.from_table, row.from_pages, row.from_reports, row.from_index, row.lost)
}

#[test]
fn a_sound_file_comes_whole() {
    let file = Fixture::new();
    let report = salvage(&file).unwrap();
    assert!(report.complete, "{report:#?}");
    assert_eq!(sources(table(&report, "backups")), (RUNS, 0, 0, 0, Some(0)));
    assert_eq!(same_runs(&file), usize::try_from(RUNS).unwrap());
    assert_eq!((table(&report, "servers").kept, table(&report, "jobs").kept), (SERVERS, JOBS));
    let totals = "SELECT job_id, day, runs, files_size FROM job_days ORDER BY 1, 2";
    let summaries = "SELECT id, run_count, uploaded_total, recent, next_expected, due_at FROM jobs";
    let sites = "SELECT day, runs, successes, failures FROM site_days ORDER BY day";
    for query in [totals, summaries] {
        let read = |path: &std::path::Path| dynamic::rows(&mut connect(path), query).unwrap();
        assert_eq!(read(&file.new_file()), read(&file.path()), "{query}");
    }
    assert_eq!(dynamic::rows(&mut connect(&file.new_file()), sites).unwrap().len(), 120);
}

#[test]
fn show_everything() {
    for (name, damage) in CASES {
        let mut file = Fixture::new();
        damage(&mut file);
        match salvage(&file) {
            Ok(report) => println!(
                "{name}: {:?} same {} servers {:?} jobs {:?} raw {:?} gaps {:?} mended {:?} notes {:?}",
                sources(table(&report, "backups")),
                same_runs(&file),
                sources(table(&report, "servers")),
                sources(table(&report, "jobs")),
                sources(table(&report, "raw_reports")),
                table(&report, "backups").gaps,
                report.mended,
                report.notes
            ),
            Err(error) => println!("{name}: {error}"),
        }
    }
}

type Damage = fn(&mut Fixture);
const CASES: &[(&str, Damage)] = &[
    ("bits in data", |file| {
        let pages = file.pages("backups", "leaf");
        file.flip(&pages[3..6], 6);
    }),
    ("leaves zeroed", |file| {
        let pages = file.pages("backups", "leaf");
        file.zero(&pages[3..6]);
    }),
    ("root zeroed", |file| {
        let pages = file.pages("backups", "internal");
        file.zero(&pages[..1]);
    }),
    ("root and map zeroed", |file| {
        let pages = file.pages("backups", "internal");
        file.zero(&pages[..1]);
        file.zero(&[2]);
    }),
    ("leaves and raw leaves zeroed", |file| {
        let pages = file.pages("backups", "leaf");
        file.zero(&pages[3..6]);
        let pages = file.pages("raw_reports", "leaf");
        file.zero(&pages[..20]);
    }),
    ("servers zeroed", |file| {
        let pages = file.pages("servers", "leaf");
        file.zero(&pages);
    }),
    ("jobs zeroed", |file| {
        let pages = file.pages("jobs", "leaf");
        file.zero(&pages);
    }),
    ("first page zeroed", |file| file.zero(&[1])),
    ("header", |file| file.change(&[1], |page| page[..40].fill(0x55))),
    ("truncated", |file| file.truncate(60)),
    ("no jobs", |file| file.sql("DELETE FROM sqlite_schema WHERE tbl_name IN ('jobs', 'operations')")),
    ("index zeroed", |file| {
        let pages = file.pages("idx_backups_server_id", "leaf");
        file.zero(&pages[..2]);
    }),
    ("bits in index", |file| {
        let pages = file.pages("idx_backups_server_id", "leaf");
        file.flip(&pages[..2], 6);
    }),
];
