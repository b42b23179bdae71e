//! Kinds of damage, and the result of check, repair and salvage for each.

use super::{
    Fixture,
    file::{JOBS, RUNS, SERVERS, connect},
    repaired::repair,
    salvaged::{salvage, same_runs, table},
};
use crate::{
    db::{care::orphans, engine::integrity},
    dto::database::salvage::{SalvageReport, SalvagedTable},
};

/// Returns whether `db integrity` would find a problem.
fn check(file: &Fixture) -> bool {
    let mut conn = connect(&file.path());
    let structure = integrity::check(&mut conn);
    let content = orphans::damaged_values(&mut conn);
    structure.map_or(true, |found| !found.is_empty()) || content.map_or(true, |(_, count)| count > 0)
}

/// A kind of damage and the expected results.
struct Case {
    name: &'static str,
    damage: fn(&mut Fixture),
    found: Found,
    /// Minimum number of runs that a salvage recovers, and of those that are unchanged.
    runs: i64,
    same: i64,
    /// Where they come from.
    from: fn(&SalvageReport) -> bool,
}

/// Expected result of check and repair.
#[derive(Debug, PartialEq)]
enum Found {
    /// The check finds nothing, because something is missing rather than wrong; a repair recreates it.
    Missing,
    /// The check finds it, and a repair fixes it.
    Repaired,
    /// The check finds it; a repair changes nothing and says what to do.
    Beyond,
}

fn runs(report: &SalvageReport) -> &SalvagedTable {
    table(report, "backups")
}

fn from_tables(report: &SalvageReport) -> bool {
    runs(report).from_table == RUNS
}

fn zero(file: &Fixture, name: &str, kind: &str, count: usize) {
    let pages = file.pages(name, kind);
    file.zero(&pages[..count.min(pages.len())]);
}

const CASES: &[Case] = &[
    Case {
        name: "bits of a table's rows",
        damage: |file| {
            let pages = file.pages("backups", "leaf");
            file.flip(&pages[3..6], 6);
        },
        found: Found::Repaired,
        runs: RUNS,
        same: RUNS - 3 * 6,
        from: |report| from_tables(report) && !report.mended.is_empty(),
    },
    Case {
        name: "leaves of a table",
        damage: |file| zero(file, "backups", "leaf", 5),
        found: Found::Beyond,
        runs: RUNS,
        same: RUNS,
        from: |report| runs(report).from_reports > 0 && runs(report).from_index == 0,
    },
    Case {
        name: "leaves of runs, and all their reports",
        damage: |file| {
            zero(file, "backups", "leaf", 5);
            zero(file, "raw_reports", "leaf", usize::MAX);
        },
        found: Found::Beyond,
        runs: RUNS,
        same: RUNS - 100,
        from: |report| runs(report).from_index > 0 && table(report, "raw_reports").kept == 0,
    },
    Case {
        name: "the root of a table",
        damage: |file| zero(file, "backups", "internal", 1),
        found: Found::Beyond,
        runs: RUNS,
        same: RUNS,
        from: |report| runs(report).from_pages == RUNS,
    },
    Case {
        name: "the root of a table, and the page of parents",
        damage: |file| {
            zero(file, "backups", "internal", 1);
            file.zero(&[2]);
        },
        found: Found::Beyond,
        runs: RUNS,
        same: RUNS,
        from: |report| runs(report).from_pages == RUNS,
    },
    Case {
        name: "all servers and jobs",
        damage: |file| {
            zero(file, "servers", "leaf", 1);
            zero(file, "jobs", "leaf", 1);
        },
        found: Found::Beyond,
        runs: RUNS,
        same: RUNS,
        from: |report| {
            (table(report, "servers").from_index, table(report, "jobs").from_index) == (SERVERS, JOBS)
        },
    },
    Case {
        name: "the first page",
        damage: |file| file.zero(&[1]),
        found: Found::Beyond,
        runs: RUNS,
        same: RUNS,
        from: |report| runs(report).from_pages == RUNS && report.notes.len() == 2,
    },
    Case {
        name: "a wrong header",
        damage: |file| file.change(&[1], |page| page[..40].fill(0x55)),
        found: Found::Beyond,
        runs: RUNS,
        same: RUNS,
        from: |report| from_tables(report) && report.notes.len() == 1,
    },
    Case {
        name: "the last two fifths are cut off",
        damage: |file| file.truncate(60),
        found: Found::Beyond,
        runs: RUNS * 6 / 10,
        same: RUNS * 4 / 10,
        from: |report| runs(report).from_index > 0 && !report.complete,
    },
    Case {
        name: "missing tables",
        damage: |file| file.sql("DROP TABLE jobs; DROP TABLE operations"),
        found: Found::Missing,
        runs: RUNS,
        same: RUNS,
        from: |report| from_tables(report) && report.mended.get("jobs recreated") == Some(&JOBS),
    },
    Case {
        name: "bits of an index",
        damage: |file| {
            let pages = file.pages("idx_backups_server_id", "leaf");
            file.flip(&pages[..2], 6);
        },
        found: Found::Repaired,
        runs: RUNS,
        same: RUNS,
        from: from_tables,
    },
    Case {
        name: "many bits of an index",
        damage: |file| {
            let pages = file.pages("idx_backups_server_id", "leaf");
            file.flip(&pages[..2], 16);
        },
        found: Found::Repaired,
        runs: RUNS,
        same: RUNS,
        from: from_tables,
    },
    Case {
        name: "bits of all of an index",
        damage: |file| {
            let pages = file.pages("idx_backups_server_id", "leaf");
            file.flip(&pages, 16);
        },
        found: Found::Beyond,
        runs: RUNS,
        same: RUNS,
        from: from_tables,
    },
    Case {
        name: "bits of every index of runs",
        damage: |file| {
            for index in ["idx_backups_server_id", "idx_backups_start_time", "idx_backups_status"] {
                let pages = file.pages(index, "leaf");
                file.flip(&pages, 16);
            }
        },
        found: Found::Repaired,
        runs: RUNS,
        same: RUNS,
        from: from_tables,
    },
    Case {
        name: "leaves of an index",
        damage: |file| zero(file, "idx_backups_server_id", "leaf", 2),
        found: Found::Beyond,
        runs: RUNS,
        same: RUNS,
        from: from_tables,
    },
];

#[test]
fn what_each_command_brings_back() {
    let mut wrong = Vec::new();
    for Case { name, damage, found, runs: least, same, from } in CASES {
        let damaged = || {
            let mut file = Fixture::new();
            damage(&mut file);
            file
        };
        let is_found = check(&damaged());
        let repaired = repair(&damaged(), false);
        let now = match (is_found, &repaired) {
            (false, Ok(report)) if !report.nothing_to_do() => Found::Missing,
            (true, Ok(_)) => Found::Repaired,
            (true, Err(error)) if error.to_string().contains("db salvage") => Found::Beyond,
            _ => panic!("{name}: found {is_found}, {repaired:?}"),
        };
        let file = damaged();
        let report = salvage(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let are_same = same_runs(&file);
        let is_enough = runs(&report).kept >= *least && are_same >= *same && from(&report);
        if now != *found || !is_enough {
            let why = repaired.as_ref().err().map(ToString::to_string);
            wrong.push(format!("{name}: {now:?}, {why:?}, {are_same} the same, {report:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
