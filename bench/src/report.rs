//! Reports as Duplicati 2.2 sends them, with about 20 log lines.

use std::fmt::Write as _;

use duplistatus::time::Timestamp;

use crate::scale::Slot;

/// Returns the name of a server.
pub fn server_name(server: u32) -> String {
    format!("server-{server:03}")
}

/// Returns the name of a job.
pub fn job_name(job: u32) -> String {
    format!("Job {}", job + 1)
}

/// Returns the machine id of a server.
pub fn machine_id(server: u32) -> String {
    format!("{:032x}", u128::from(server) + 0x00c0_ffee_0000)
}

/// Returns the bytes of a report's log as Duplicati writes it: the texts of its lines.
///
/// # Errors
/// If [`body`] is not JSON.
pub fn log_bytes(slot: Slot) -> serde_json::Result<usize> {
    let sent: serde_json::Value = serde_json::from_slice(body(slot).as_ref())?;
    let lines = sent.get("LogLines").and_then(|lines| lines.as_array());
    Ok(lines.into_iter().flatten().filter_map(|line| line.as_str()).map(str::len).sum())
}

/// Returns the report of one run.
pub fn body(slot: Slot) -> String {
    let Slot { server, job, start } = slot;
    let end = start.plus(754);
    let (name, machine, job_name) = (server_name(server), machine_id(server), job_name(job));
    let mut lines = String::new();
    for number in 0..20 {
        let comma = if number == 0 { "" } else { "," };
        let stamp = stamp(start.plus(number * 30));
        let _ = match number {
            4 | 11 => write!(
                lines,
                r#"{comma}"{stamp} +00 - [Warning-Duplicati.Library.Main.Operation.Backup.FileBlockProcessor.FileEntry-PathProcessingFailed]: Failed to process path: C:\\Users\\{name}\\AppData\\Local\\Microsoft\\Outlook\\mail-{number}.ost\nIOException: The process cannot access the file because it is being used by another process.""#
            ),
            _ => write!(
                lines,
                r#"{comma}"{stamp} +00 - [Information-Duplicati.Library.Main.BasicResults-BackendEvent]: Backend event: Put - Completed: duplicati-b5f0c{number:02}e8a1d94c02b7f3312ab98e00d1.dblock.zip.aes (49.92 MB)""#
            ),
        };
    }
    format!(
        r#"{{"Data":{{"DeletedFiles":12,"DeletedFolders":1,"ModifiedFiles":311,"ExaminedFiles":184211,"OpenedFiles":402,"AddedFiles":91,"SizeOfModifiedFiles":51938211,"SizeOfAddedFiles":830112390,"SizeOfExaminedFiles":412998127361,"SizeOfOpenedFiles":882050601,"NotProcessedFiles":0,"AddedFolders":4,"TooLargeFiles":0,"FilesWithError":0,"ModifiedFolders":0,"ModifiedSymlinks":0,"AddedSymlinks":0,"DeletedSymlinks":0,"PartialBackup":false,"Dryrun":false,"MainOperation":"Backup","CompactResults":null,"DeleteResults":null,"RepairResults":null,"TestResults":null,"ParsedResult":"Warning","Interrupted":false,"Version":"2.2.0.1 (2.2.0.1_stable_2025-11-09)","EndTime":"{end}","BeginTime":"{start}","Duration":"00:12:34.1230000","MessagesActualLength":18,"WarningsActualLength":2,"ErrorsActualLength":0,"BackendStatistics":{{"RemoteCalls":31,"BytesUploaded":611220981,"BytesDownloaded":53001223,"FilesUploaded":24,"FilesDownloaded":3,"FilesDeleted":2,"FoldersCreated":0,"RetryAttempts":0,"UnknownFileSize":0,"UnknownFileCount":0,"KnownFileCount":8123,"KnownFileSize":287661203991,"LastBackupDate":"{start}","BackupListCount":27,"TotalQuotaSpace":4000000000000,"FreeQuotaSpace":1200000000000,"AssignedQuotaSpace":-1,"ReportedQuotaError":false,"ReportedQuotaWarning":false}}}},"Extra":{{"OperationName":"Backup","machine-id":"{machine}","machine-name":"{name}","backup-name":"{job_name}","backup-id":"DB-{job}","operating-system":"Windows","operating-system-detailed":"Microsoft Windows 11 Pro","destination-type":"s3"}},"LogLines":[{lines}],"Exception":null}}"#
    )
}

fn stamp(at: Timestamp) -> String {
    at.to_string().replace('T', " ").replace('Z', "")
}
