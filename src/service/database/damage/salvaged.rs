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
        invariants,
    },
    dto::database::salvage::{SalvageReport, SalvagedTable},
    error::Error,
    service::{Actor, database},
    time::Timestamp,
    zone::Zone,
};

pub(super) fn salvage(file: &Fixture) -> Result<SalvageReport, Error> {
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
        assert_eq!(invariants::integrity_check(&mut conn).unwrap(), Vec::<String>::new());
        assert_eq!(checks::orphans(&mut conn).unwrap(), []);
        assert_eq!(checks::damaged_content(&mut conn).unwrap().1, 0);
    } else {
        assert!(!file.new_file().exists());
    }
    result
}

pub(super) fn table<'r>(report: &'r SalvageReport, name: &str) -> &'r SalvagedTable {
    report.tables.iter().find(|table| table.table == name).unwrap()
}

/// How many rows of the new file are exactly those of the old one.
pub(super) fn same_runs(file: &Fixture) -> usize {
    let rows = |path: &std::path::Path| -> BTreeMap<String, Row> {
        let all = dynamic::rows(&mut connect(path), "SELECT * FROM backups").unwrap();
        all.into_iter().map(|row| (format!("{:?}", row.0[0]), row)).collect()
    };
    let (old, new) = (rows(&Fixture::new().path()), rows(&file.new_file()));
    new.iter().filter(|(id, row)| old.get(*id) == Some(*row)).count()
}

/// Where rows came from: table, pages, reports, index; and how many are lost.
pub(super) fn sources(row: &SalvagedTable) -> (i64, i64, i64, i64, Option<i64>) {
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
