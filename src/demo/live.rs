//! A run under way: the live status of Duplicati 2.3.1 and later.

use serde_json::{Value, json};

use super::{
    fleet::{FLEET, Job, Machine},
    report::machine_id,
};
use crate::time::Timestamp;

/// The job that is running, and its number in the fleet.
fn running() -> Option<(&'static Machine, &'static Job, i64)> {
    let machine = FLEET.first()?;
    Some((machine, machine.jobs.first()?, 1))
}

/// What the running job says at a moment, `elapsed` seconds after the demonstration was opened. It says 42 % then, and
/// goes on slowly enough never to end in a day.
pub(super) fn status(now: Timestamp, elapsed: i64) -> Option<Value> {
    Some(message(running()?, "Progress", now.plus(-elapsed - 2_280), now, (420 + elapsed / 200).min(990)))
}

/// What a job says of a run that has come so far: of a thousand.
pub(super) fn message(
    (machine, job, number): (&Machine, &Job, i64),
    status: &str,
    started: Timestamp,
    now: Timestamp,
    permille: i64,
) -> Value {
    let bytes = job.source / 1000 * permille;
    json!({
        "operation": "Backup", "status": status, "isCompleted": false,
        "startedUtc": started.to_string(), "reportedUtc": now.to_string(),
        "metadata": {
            "machineId": machine_id(machine), "machineName": machine.name, "backupId": format!("DB-{number}"),
            "backupName": job.name, "duplicatiVersion": machine.version, "destinationType": job.destination,
        },
        "progress": {
            "phase": "Backup_ProcessingFiles", "progress": f64::from(i32::try_from(permille).unwrap_or(0)) / 1000.0,
            "filesProcessed": job.files / 1000 * permille, "fileCount": job.files,
            "fileSizeProcessed": bytes, "fileSize": job.source, "countingFiles": false,
        },
    })
}
