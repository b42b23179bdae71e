//! Strategies for arbitrary stored runs.

use proptest::prelude::*;

use crate::{
    db::tables::{jobs as job_rows, machine_ids, runs::RunRecord, servers},
    report::{Level, Log, LogLine, bounded_prose, clean_name, word},
    service::{
        Services,
        testing::{NOON, TestResult},
    },
    status::Status,
    time::Timestamp,
};

/// Usual, malicious and arbitrary texts.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "Documents",
            "=HYPERLINK(\"http://192.0.2.1\",\"x\")",
            "'=1+1",
            "''",
            "+49 30",
            "-1",
            "@SUM(A1)",
            "Anna's, \"photos\"; and\tmore",
            "null and void",
            "[Warning-A.B-C]: not one",
            "[\"2026-01-01\"]",
            "... and 5 more",
            "true",
            "17",
            "Größe 写真 \u{1f4be}",
            "{\"m\":\"x\",\"g\":1}",
            "2026-01-01 00:00:00 +00 - [Error-A.B-C]: x",
        ])
        .prop_map(str::to_owned),
        "[ -~]{1,40}",
        "\\PC{1,30}(\n\\PC{1,30})?",
    ]
}

/// Names as they are stored.
fn name() -> impl Strategy<Value = String> {
    any_text().prop_filter_map("no name", |text| clean_name(&text))
}

fn line() -> impl Strategy<Value = LogLine> {
    let level = prop::sample::select(vec![
        Level::Error,
        Level::Warning,
        Level::Information,
        Level::Retry,
        Level::Verbose,
        Level::Profiling,
        Level::DryRun,
        Level::Other,
    ]);
    let tag = prop_oneof![
        Just(None),
        prop::sample::select(vec!["Duplicati.Main-Started", "A.B-C", "odd", "0"])
            .prop_map(|tag| Some(tag.to_owned())),
        any_text().prop_map(|text| word(&text)),
    ];
    let time = prop::option::of(-1000_i64..NOON);
    (time, level, tag, any_text()).prop_filter_map("no text", |(time, level, tag, text)| {
        Some(LogLine { time, level, tag, text: bounded_prose(&text, 8192)? })
    })
}

fn log() -> impl Strategy<Value = Log> {
    let lines = prop_oneof![
        8 => prop::collection::vec(line(), 0..12),
        // More than is stored.
        1 => prop::collection::vec(line(), 2).prop_map(|lines| lines.into_iter().cycle().take(1200).collect()),
    ];
    (lines, prop::option::of(0..i64::MAX), prop_oneof![Just(0), 0..1000_i64])
        .prop_map(|(lines, dropped_by_sender, dropped_by_us)| Log { lines, dropped_by_sender, dropped_by_us })
}

fn number() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(prop_oneof![Just(0), 0..1000_i64, Just(i64::MAX), 0..i64::MAX])
}

fn run() -> impl Strategy<Value = RunRecord> {
    let times = (0..NOON, prop::option::of(0..NOON), 0..NOON, prop::option::of(-60_000_000_000..NOON));
    let flags = prop::array::uniform4(any::<bool>());
    let texts = prop::array::uniform3(prop::option::of(any_text()));
    let versions = prop::collection::vec(-1000..NOON, 0..4);
    let status = prop::sample::select(Status::ALL.to_vec());
    (
        times,
        flags,
        texts,
        versions,
        status,
        log(),
        prop::option::of(0..4_000_000_000_i64),
        prop::collection::vec(number(), 31),
    )
        .prop_map(
            |((start, end, received, claimed), flags, texts, versions, status, log, duration, numbers)| {
                let at = |seconds: i64| Timestamp::from_unix(seconds).to_string();
                let mut numbers = numbers.into_iter();
                let mut next = || numbers.next().flatten();
                let [version, headline, exception] = texts;
                let [start_assumed, interrupted, partial, dry_run] = flags;
                let stored: Vec<String> = versions.iter().map(ToString::to_string).collect();
                RunRecord {
                    server_id: 0,
                    backup_name: String::new(),
                    status: status.as_str().into(),
                    start_time: at(start),
                    end_time: end.map(at),
                    duration,
                    files_count: next(),
                    files_size: next(),
                    storage_size: next(),
                    uploaded_size: next().map(|bytes| bytes / 1_000_000),
                    created_at: at(received),
                    job_id: 0,
                    start_assumed,
                    claimed_start: claimed.map(at),
                    versions: next(),
                    warnings_count: next(),
                    errors_count: next(),
                    messages_count: next(),
                    interrupted,
                    partial,
                    dry_run,
                    opened_files: next(),
                    opened_size: next(),
                    added_files: next(),
                    added_size: next(),
                    modified_files: next(),
                    modified_size: next(),
                    deleted_files: next(),
                    added_folders: next(),
                    modified_folders: next(),
                    deleted_folders: next(),
                    not_processed_files: next(),
                    too_large_files: next(),
                    files_with_error: next(),
                    downloaded_size: next(),
                    files_uploaded: next(),
                    files_downloaded: next(),
                    files_deleted: next(),
                    retry_attempts: next(),
                    storage_files: next(),
                    unknown_files: next(),
                    quota_total: next(),
                    quota_free: next(),
                    quota_assigned: next(),
                    duplicati_version: version.as_deref().and_then(word),
                    destination_type: headline.as_deref().and_then(word),
                    available_versions: (!stored.is_empty()).then(|| stored.join(" ")),
                    headline: headline.and_then(|text| word(&text)),
                    exception: exception.and_then(|text| bounded_prose(&text, 16 * 1024)),
                    begin_text: None,
                    delivery: None,
                    reporting_warnings: 0,
                    messages: (!log.lines.is_empty() || log.is_truncated()).then(|| log.to_bounded_json()),
                }
            },
        )
}

/// Jobs with their server, its machine id and the runs of the job.
pub(super) type Jobs = Vec<(String, Option<String>, String, Option<String>, Vec<RunRecord>)>;

pub(super) fn jobs_with_runs() -> impl Strategy<Value = Jobs> {
    let id = || prop::option::of("[0-9a-f]{8}");
    prop::collection::vec((name(), id(), name(), id(), prop::collection::vec(run(), 1..4)), 1..4)
}

/// Stores the runs unchanged.
pub(super) async fn store(services: &Services, all: Jobs) -> TestResult {
    let zone = services.zone.clone();
    services
        .db
        .write(move |tx| {
            let now = Timestamp::from_unix(NOON);
            for (server, machine, job, backup_id, runs) in &all {
                let server = servers::find_or_create(tx.conn, server, now)?;
                // A machine belongs to one server, and a server here has at most one machine.
                if let Some(machine) = machine
                    && machine_ids::find(tx.conn, machine)?.is_none()
                    && !machine_ids::has_any(tx.conn, server)?
                {
                    machine_ids::note(tx.conn, machine, None, server, now)?;
                }
                let place = job_rows::find_or_create(tx.conn, server, job, backup_id.as_deref(), now)?;
                for run in runs {
                    let mut run = RunRecord { server_id: server.0, job_id: place.id.0, ..run.clone() };
                    run.backup_name.clone_from(job);
                    run.insert_if_new(tx.conn)?;
                }
                crate::db::tables::days::rebuild(tx.conn, &zone)?;
                job_rows::refresh(tx.conn, place)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}
