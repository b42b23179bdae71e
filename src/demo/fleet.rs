//! Who backs up what: the made-up machines and their jobs.

use super::scenario::{
    Scenario,
    Scenario::{Abandoned, Excused, Failing, Known, New, Paused, Silent, Steady, Stuck, Warned},
};

/// A machine that sends reports.
#[derive(Debug)]
pub(super) struct Machine {
    /// Name it reports under.
    pub name: &'static str,
    /// What a person called it.
    pub alias: Option<&'static str>,
    /// What a person wrote about it.
    pub notes: Option<&'static str>,
    /// Its kind of system; decides what paths look like.
    pub system: System,
    /// The system, in words.
    pub system_name: &'static str,
    /// Its Duplicati.
    pub version: &'static str,
    /// A time when it was switched off: days ago, from and to.
    pub away: Option<(i64, i64)>,
    /// What it backs up.
    pub jobs: &'static [Job],
}

/// Kinds of systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    /// Any Linux.
    Linux,
    /// Windows.
    Windows,
    /// macOS.
    Mac,
}

/// A job.
#[derive(Debug)]
pub(super) struct Job {
    /// What its owner called it.
    pub name: &'static str,
    /// When it runs.
    pub rhythm: Timetable,
    /// How many days ago it began.
    pub since: i64,
    /// Bytes of its source in the beginning.
    pub source: i64,
    /// Files of its source in the beginning.
    pub files: i64,
    /// Growth in a year: percent.
    pub growth: i64,
    /// How long it usually takes: seconds.
    pub duration: i64,
    /// Kind of destination.
    pub destination: &'static str,
    /// Size of the destination, where it can tell: bytes.
    pub quota: Option<i64>,
    /// Whether old versions are thinned out by age; otherwise the last 30 are kept.
    pub thins_out: bool,
    /// What becomes of it.
    pub scenario: Scenario,
}

/// When a job runs, by the clock of the site.
#[derive(Debug, Clone, Copy)]
pub(super) enum Timetable {
    /// Every day at a minute of the day.
    Daily(i64),
    /// Monday to Friday.
    Weekdays(i64),
    /// On one day of the week, 0 being Monday.
    Weekly(i64, i64),
    /// Every so many hours, around the clock.
    Hours(i64),
}
use Timetable::{Daily, Hours, Weekdays, Weekly};

const GB: i64 = 1_000_000_000;
const MB: i64 = 1_000_000;
const TB: i64 = 1_000 * GB;
const V21: &str = "2.1.0.5 (2.1.0.5_stable_2025-03-04)";
const V22: &str = "2.2.0.1 (2.2.0.1_stable_2025-11-09)";
const V23: &str = "2.3.0.0 (2.3.0.0_stable_2026-04-14)";

/// A steady job of the last year; what differs is written over it.
const JOB: Job = Job {
    name: "",
    rhythm: Daily(120),
    since: 365,
    source: GB,
    files: 1000,
    growth: 20,
    duration: 600,
    destination: "ssh",
    quota: None,
    thins_out: true,
    scenario: Steady,
};

/// A machine without peculiarities.
const MACHINE: Machine = Machine {
    name: "",
    alias: None,
    notes: None,
    system: System::Linux,
    system_name: "Debian GNU/Linux 13 (trixie)",
    version: V22,
    away: None,
    jobs: &[],
};

/// Everything that reports.
#[rustfmt::skip]
pub(super) const FLEET: &[Machine] = &[
    Machine { name: "nas", alias: Some("Basement NAS"), notes: Some("Rack in the basement, behind the boiler. Disks replaced in spring."),
        system_name: "Synology DSM 7.2", version: V21, away: Some((212, 209)), jobs: &[
        Job { name: "Photos", rhythm: Daily(125), source: 1_420 * GB, files: 186_400, growth: 14, duration: 2_900, destination: "b2", ..JOB },
        Job { name: "Documents", rhythm: Daily(210), source: 88 * GB, files: 74_210, growth: 22, duration: 640, destination: "b2", ..JOB },
        Job { name: "Music", rhythm: Weekly(6, 300), source: 412 * GB, files: 38_950, growth: 4, duration: 3_700, destination: "file", quota: Some(4 * TB), ..JOB },
        Job { name: "Home folders", rhythm: Daily(250), source: 236 * GB, files: 312_800, growth: 31, duration: 1_450, destination: "file", quota: Some(4 * TB), ..JOB },
    ], ..MACHINE },
    Machine { name: "office-pc", alias: Some("Reception"), notes: Some("Switched off at night; backups run during the day."),
        system: System::Windows, system_name: "Microsoft Windows 11 Pro 10.0.26100", version: V23, away: Some((148, 139)), jobs: &[
        Job { name: "Accounting", rhythm: Weekdays(1_110), source: 19 * GB, files: 21_340, growth: 38, duration: 420, destination: "onedrivev2", quota: Some(1_099 * GB), scenario: Warned, ..JOB },
        Job { name: "Desktop", rhythm: Weekdays(735), source: 46 * GB, files: 58_020, growth: 12, duration: 510, destination: "smb", quota: Some(2 * TB), thins_out: false, scenario: Known, ..JOB },
        Job { name: "Outlook", rhythm: Weekdays(1_035), source: 31 * GB, files: 14, growth: 45, duration: 980, destination: "smb", quota: Some(2 * TB), thins_out: false, ..JOB },
    ] },
    Machine { name: "vm-mail", alias: Some("Mail server"), version: V23, system_name: "Debian GNU/Linux 12 (bookworm)", jobs: &[
        Job { name: "Maildir", rhythm: Hours(1), since: 21, source: 164 * GB, files: 1_204_300, growth: 60, duration: 210, destination: "s3", ..JOB },
        Job { name: "Maildir, nightly", rhythm: Daily(30), source: 121 * GB, files: 918_400, growth: 35, duration: 1_980, destination: "s3", ..JOB },
        Job { name: "Configuration", rhythm: Weekly(0, 195), source: 84 * MB, files: 2_310, growth: 6, duration: 38, destination: "s3", thins_out: false, scenario: Excused, ..JOB },
    ], ..MACHINE },
    Machine { name: "laptop-jo", alias: Some("Jo's laptop"), notes: Some("Travels a lot. Ask Jo before calling it late."),
        system: System::Mac, system_name: "macOS 15.6", version: V22, jobs: &[
        Job { name: "Home", rhythm: Daily(1_225), since: 320, source: 212 * GB, files: 402_700, growth: 28, duration: 1_320, destination: "googledrive", quota: Some(2 * TB), scenario: Silent, ..JOB },
        Job { name: "USB stick", rhythm: Weekly(2, 900), since: 70, source: 14 * GB, files: 2_480, growth: 0, duration: 260, destination: "file", scenario: Abandoned, ..JOB },
    ], ..MACHINE },
    Machine { name: "db-01", version: V23, system_name: "Ubuntu 24.04.3 LTS", jobs: &[
        Job { name: "PostgreSQL dumps", rhythm: Daily(75), source: 54 * GB, files: 96, growth: 70, duration: 860, destination: "s3", scenario: Failing, ..JOB },
        Job { name: "WAL archive", rhythm: Hours(2), since: 28, source: 22 * GB, files: 1_420, growth: 30, duration: 95, destination: "s3", thins_out: false, ..JOB },
    ], ..MACHINE },
    Machine { name: "web-02", version: V22, away: Some((61, 58)), jobs: &[
        Job { name: "Websites", rhythm: Daily(250), source: 37 * GB, files: 288_100, growth: 18, duration: 730, destination: "webdav", ..JOB },
        Job { name: "Uploads", rhythm: Daily(280), since: 240, source: 128 * GB, files: 64_700, growth: 85, duration: 1_150, destination: "webdav", scenario: Stuck, ..JOB },
    ], ..MACHINE },
    Machine { name: "vm-git", alias: Some("Git and CI"), version: V23, jobs: &[
        Job { name: "Repositories", rhythm: Hours(6), since: 180, source: 61 * GB, files: 742_000, growth: 40, duration: 480, destination: "ssh", quota: Some(6 * TB), ..JOB },
        Job { name: "Artifacts", rhythm: Weekly(5, 330), source: 340 * GB, files: 18_200, growth: 52, duration: 5_400, destination: "ssh", quota: Some(6 * TB), thins_out: false, ..JOB },
    ], ..MACHINE },
    Machine { name: "pi-garden", alias: Some("Garden camera"), system_name: "Raspberry Pi OS 13", jobs: &[
        Job { name: "Clips", rhythm: Daily(1_380), since: 300, source: 9 * GB, files: 4_120, growth: 160, duration: 340, destination: "ssh", quota: Some(6 * TB), thins_out: false, scenario: Paused },
        Job { name: "Configuration", rhythm: Daily(45), since: 3, source: 12 * MB, files: 318, growth: 0, duration: 14, destination: "ssh", scenario: New, ..JOB },
    ], ..MACHINE },
];
