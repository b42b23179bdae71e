//! One table: kinds of damage, and what the check, a repair and a salvage make of each.

use super::{
    Fixture,
    file::{RUNS, connect},
    repaired::repair,
    salvaged::{salvage, same_runs, sources, table},
};
use crate::db::invariants;

type Damage = fn(&mut Fixture);

/// What becomes of a damaged file.
struct Case {
    name: &'static str,
    damage: Damage,
    /// Whether the check finds it.
    found: bool,
    /// Whether a repair in place mends it.
    repaired: bool,
    /// Runs that a salvage brings, and how many of them are exactly what they were, at least.
    runs: i64,
    same: i64,
}

const CASES: &[Case] = &[
    Case {
        name: "bits of a table's rows",
        damage: |file| {
            let pages = file.pages("backups", "leaf");
            file.flip(&pages[3..6], 6);
        },
        found: true,
        repaired: false,
        runs: RUNS,
        same: 1,
    },
    Case {
        name: "leaves of a table are zeros",
        damage: |file| {
            let pages = file.pages("backups", "leaf");
            file.zero(&pages[3..6]);
        },
        found: true,
        repaired: false,
        runs: RUNS,
        same: 1,
    },
    Case {
        name: "the root of a table is zeros",
        damage: |file| {
            let pages = file.pages("backups", "internal");
            file.zero(&pages[..1]);
        },
        found: true,
        repaired: false,
        runs: RUNS,
        same: 1,
    },
    Case {
        name: "the root of a table and the parents' page are zeros",
        damage: |file| {
            let pages = file.pages("backups", "internal");
            file.zero(&pages[..1]);
            file.zero(&[2]);
        },
        found: true,
        repaired: false,
        runs: RUNS,
        same: 1,
    },
    Case {
        name: "leaves of runs and of their reports are zeros",
        damage: |file| {
            let pages = file.pages("backups", "leaf");
            file.zero(&pages[3..6]);
            let pages = file.pages("raw_reports", "leaf");
            file.zero(&pages);
        },
        found: true,
        repaired: false,
        runs: RUNS,
        same: 1,
    },
    Case {
        name: "the servers are zeros",
        damage: |file| {
            let pages = file.pages("servers", "leaf");
            file.zero(&pages);
        },
        found: true,
        repaired: false,
        runs: RUNS,
        same: RUNS,
    },
    Case {
        name: "the jobs are zeros",
        damage: |file| {
            let pages = file.pages("jobs", "leaf");
            file.zero(&pages);
        },
        found: true,
        repaired: false,
        runs: RUNS,
        same: RUNS,
    },
    Case {
        name: "the first page is zeros",
        damage: |file| file.zero(&[1]),
        found: true,
        repaired: false,
        runs: RUNS,
        same: RUNS,
    },
    Case {
        name: "a wrong header",
        damage: |file| file.change(&[1], |page| page[..40].fill(0x55)),
        found: true,
        repaired: false,
        runs: RUNS,
        same: RUNS,
    },
    Case {
        name: "the last two fifths are gone",
        damage: |file| file.truncate(60),
        found: true,
        repaired: false,
        runs: 1,
        same: 1,
    },
    Case {
        name: "tables are missing",
        damage: |file| {
            file.sql("DROP TABLE jobs; DROP TABLE operations");
        },
        found: false,
        repaired: true,
        runs: RUNS,
        same: RUNS,
    },
    Case {
        name: "leaves of an index are zeros",
        damage: |file| {
            let pages = file.pages("idx_backups_server_id", "leaf");
            file.zero(&pages[..2]);
        },
        found: true,
        repaired: false,
        runs: RUNS,
        same: RUNS,
    },
    Case {
        name: "bits of an index",
        damage: |file| {
            let pages = file.pages("idx_backups_server_id", "leaf");
            file.flip(&pages[..2], 6);
        },
        found: true,
        repaired: true,
        runs: RUNS,
        same: RUNS,
    },
];

#[test]
fn what_each_command_brings_back() {
    let mut wrong = Vec::new();
    for case in CASES {
        let damaged = || {
            let mut file = Fixture::new();
            (case.damage)(&mut file);
            file
        };
        let file = damaged();
        let found =
            invariants::integrity_check(&mut connect(&file.path())).map_or(true, |found| !found.is_empty());
        let file = damaged();
        let repaired = repair(&file, false);
        let file = damaged();
        let report = salvage(&file).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let (runs, same) = (table(&report, "backups"), same_runs(&file));
        println!(
            "{}: found {found}, repaired {:?}, runs {:?} of {}, same {same}, servers {:?}, jobs {:?}, reports {:?}, gaps {:?}, mended {:?}, {:?}",
            case.name,
            repaired.as_ref().map(|report| &report.changed).map_err(ToString::to_string),
            sources(runs),
            runs.kept,
            sources(table(&report, "servers")),
            sources(table(&report, "jobs")),
            sources(table(&report, "raw_reports")),
            runs.gaps,
            report.mended,
            report.notes
        );
        let same = i64::try_from(same).unwrap();
        if (found, repaired.is_ok()) != (case.found, case.repaired)
            || runs.kept < case.runs
            || same < case.same
        {
            wrong.push(case.name);
        }
    }
    assert_eq!(wrong, Vec::<&str>::new());
}
