//! The report of a backup, key by key as Duplicati 2.1 to 2.3 write it.

use serde_json::{Value, json};

use super::{
    figures::Figures,
    fleet::{Job, Machine, System},
    log::Lines,
    random::Random,
    retention::PrunedVersions,
    scenario::{Outcome, Warning},
};
use crate::{time::Timestamp, zone::Zone};

/// A run that has ended.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub machine: &'static Machine,
    pub job: &'static Job,
    pub number: i64,
    pub start: Timestamp,
    pub duration: i64,
    pub outcome: Outcome,
    pub figures: Figures,
    pub thinned: PrunedVersions,
    pub next: Option<Timestamp>,
    pub random: Random,
}

impl Run {
    /// The whole document.
    pub(super) fn to_json(&self, zone: &Zone) -> Value {
        let lines = Lines::of(self, zone);
        let exception = match self.outcome {
            Outcome::Fatal(failure) => json!(format!(
                "{}\n   at Duplicati.Library.Main.Operation.BackupHandler.RunAsync(String[] sources, IFilter filter)\n   at Duplicati.Library.Main.Controller.RunAction[T](T result, Func`3 method)",
                failure.message()
            )),
            _ => Value::Null,
        };
        json!({ "Data": self.data(&lines, zone), "Extra": extra(self.machine, self.job, self.number, self.next),
            "LogLines": lines, "Exception": exception })
    }

    fn data(&self, lines: &[String], zone: &Zone) -> Value {
        // An exception leaves zeros where the run never got to.
        let none = Figures::default();
        let is_fatal = matches!(self.outcome, Outcome::Fatal(_));
        let figures = if is_fatal { &none } else { &self.figures };
        let count = |level: &str| lines.iter().filter(|line| line.contains(&format!("[{level}-"))).count();
        json!({
            "DeletedFiles": figures.deleted, "DeletedFolders": figures.deleted / 9,
            "ModifiedFiles": figures.modified, "ExaminedFiles": figures.files,
            "OpenedFiles": figures.added + figures.modified, "AddedFiles": figures.added,
            "SizeOfModifiedFiles": figures.modified_size, "SizeOfAddedFiles": figures.added_size,
            "SizeOfExaminedFiles": figures.source,
            "SizeOfOpenedFiles": figures.added_size + figures.modified_size,
            "NotProcessedFiles": 0, "AddedFolders": figures.added / 12, "TooLargeFiles": 0,
            "FilesWithError": i64::from(self.outcome == Outcome::Error), "TimestampChangedFiles": figures.modified / 4,
            "ModifiedFolders": 0, "ModifiedSymlinks": 0, "AddedSymlinks": 0, "DeletedSymlinks": 0,
            "PartialBackup": false, "Dryrun": false, "MainOperation": "Backup",
            "CompactResults": null, "DeleteResults": null, "RepairResults": null, "TestResults": null,
            "ParsedResult": self.outcome.parsed_result(), "Interrupted": false, "Version": self.machine.version,
            "EndTime": if is_fatal { "0001-01-01T00:00:00".into() } else { self.start.plus(self.duration).to_string() },
            "BeginTime": self.start.to_string(), "Duration": clock(self.duration),
            "MessagesActualLength": lines.len(), "WarningsActualLength": count("Warning"),
            "ErrorsActualLength": count("Error"),
            "BackendStatistics": self.statistics(figures, is_fatal, zone),
        })
    }

    fn statistics(&self, figures: &Figures, is_fatal: bool, zone: &Zone) -> Value {
        let quota = self.job.quota.filter(|_| !is_fatal);
        let used_by_others = quota.unwrap_or(0) / 10;
        json!({
            "RemoteCalls": figures.volumes + 6, "BytesUploaded": figures.uploaded,
            "BytesDownloaded": if is_fatal { 0 } else { 53_000_000 }, "FilesUploaded": figures.volumes,
            "FilesDownloaded": if is_fatal { 0 } else { 3 }, "FilesDeleted": self.thinned.deleted.len(), "FoldersCreated": 0,
            "RetryAttempts": i64::from(self.outcome == Outcome::Error), "UnknownFileSize": 0, "UnknownFileCount": 0,
            "KnownFileCount": figures.stored / 50_000_000 * 2 + self.thinned.left,
            "KnownFileSize": figures.stored,
            "LastBackupDate": if is_fatal { "0001-01-01T00:00:00".into() } else { local(self.start, zone) },
            "BackupListCount": if is_fatal { 0 } else { self.thinned.left },
            "TotalQuotaSpace": quota.unwrap_or(0),
            "FreeQuotaSpace": quota.map_or(0, |total| (total - used_by_others - figures.stored).max(total / 50)),
            "AssignedQuotaSpace": -1, "ReportedQuotaError": false,
            "ReportedQuotaWarning": self.outcome == Outcome::Warning(Warning::Quota),
        })
    }
}

/// Who sends it; what the sender is was added with 2.2.
pub(super) fn extra(machine: &Machine, job: &Job, number: i64, next: Option<Timestamp>) -> Value {
    let mut extra = json!({
        "OperationName": "Backup", "machine-id": machine_id(machine), "machine-name": machine.name,
        "backup-name": job.name, "backup-id": format!("DB-{number}"),
    });
    if let Some(extra) = extra.as_object_mut().filter(|_| !machine.version.starts_with("2.1")) {
        extra.insert("operating-system".into(), machine.system.as_str().into());
        extra.insert("operating-system-detailed".into(), machine.system_name.into());
        extra.insert("destination-type".into(), job.destination.into());
        let next = next.filter(|_| machine.version.starts_with("2.3"));
        let next = next.map(|at| at.to_string().replace(['-', ':'], ""));
        extra.extend(next.map(|next| ("next-scheduled-run".to_owned(), Value::from(next))));
    }
    extra
}

/// 32 hex digits, as Duplicati makes them.
pub(super) fn machine_id(machine: &Machine) -> String {
    let name: Vec<i64> = machine.name.bytes().map(i64::from).collect();
    let mut random = Random::of(&name);
    format!("{:016x}{:016x}", random.number(), random.number())
}

impl System {
    /// Duplicati's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::Windows => "Windows",
            Self::Mac => "MacOS",
        }
    }
}

/// A .NET time span.
pub(super) fn clock(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}.4120000", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn local(at: Timestamp, zone: &Zone) -> String {
    let offset = zone.offset(at);
    let clock = at.plus(i64::from(offset)).to_string().replace('Z', "");
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
    format!("{clock}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}
