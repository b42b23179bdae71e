//! Operations other than backups, here and there.

use serde_json::{Value, json};

use super::{
    fleet::{FLEET, Job, Machine},
    random::Random,
    report::{clock, extra},
};
use crate::time::Timestamp;

/// An operation that has ended.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    machine: &'static Machine,
    job: &'static Job,
    number: i64,
    name: &'static str,
    start: Timestamp,
    duration: i64,
}

/// Job (by its number), operation, hours ago.
const STORY: [(i64, &str, i64); 12] = [
    (1, "Compact", 5_210),
    (11, "Restore", 3_330),
    (4, "Test", 2_905),
    (13, "Repair", 2_410),
    (6, "Restore", 1_862),
    (1, "Test", 1_450),
    (9, "Compact", 1_118),
    (2, "Restore", 683),
    (15, "Test", 402),
    (1, "Compact", 263),
    (5, "Restore", 77),
    (13, "Repair", 9),
];

/// Every operation with the time at which its report arrives.
pub(super) fn all(now: Timestamp) -> Vec<(Timestamp, Operation)> {
    let jobs: Vec<(&'static Machine, &'static Job)> =
        FLEET.iter().flat_map(|machine| machine.jobs.iter().map(move |job| (machine, job))).collect();
    // Whole hours, so that a later plan of the same hour repeats none of them at another time.
    let hour = Timestamp::from_unix(now.unix() / 3600 * 3600);
    let make = |(number, name, ago): (i64, &'static str, i64)| {
        let (machine, job) = *jobs.get(usize::try_from(number - 1).ok()?)?;
        let (start, duration) = (hour.plus(-ago * 3600 - 1_000), 90 + ago % 700);
        Some((start.plus(duration + 4), Operation { machine, job, number, name, start, duration }))
    };
    STORY.into_iter().filter_map(make).collect()
}

impl Operation {
    /// The whole document.
    pub(super) fn to_json(&self) -> Value {
        let mut data = json!({
            "MainOperation": self.name, "ParsedResult": "Success", "Interrupted": false,
            "BeginTime": self.start.to_string(), "EndTime": self.start.plus(self.duration).to_string(),
            "Duration": clock(self.duration), "Version": self.machine.version,
            "MessagesActualLength": 4, "WarningsActualLength": 0, "ErrorsActualLength": 0,
        });
        let mut random = Random::of(&[6, self.number, self.start.unix()]);
        let own = match self.name {
            "Restore" => json!({
                "RestoredFiles": 1 + random.below(240), "SizeOfRestoredFiles": random.below(4_000_000_000),
                "RestoredFolders": random.below(30), "RestoredSymlinks": 0, "PatchedFiles": 0, "DeletedFiles": 0,
                "BrokenLocalFiles": [], "BrokenRemoteFiles": [],
            }),
            "Compact" => json!({
                "DeletedFileCount": 20 + random.below(60), "DownloadedFileCount": 20 + random.below(40),
                "UploadedFileCount": 6 + random.below(12), "DeletedFileSize": random.below(3_000_000_000),
                "DownloadedFileSize": random.below(2_000_000_000), "UploadedFileSize": random.below(700_000_000),
                "VacuumResults": null,
            }),
            "Test" => json!({ "Verifications": [
                { "Key": "duplicati-20260801T030000Z.dlist.zip.aes", "Value": [] },
                { "Key": "duplicati-i1c0ffee.dindex.zip.aes", "Value": [] },
                { "Key": "duplicati-b1c0ffee.dblock.zip.aes", "Value": [] },
            ]}),
            _ => json!({ "RecreateDatabaseResults": null }),
        };
        if let (Some(data), Value::Object(own)) = (data.as_object_mut(), own) {
            data.extend(own);
        }
        let mut extra = extra(self.machine, self.job, self.number, None);
        if let Some(name) = extra.get_mut("OperationName") {
            *name = self.name.into();
        }
        json!({ "Data": data, "Extra": extra, "LogLines": [], "Exception": null })
    }
}
