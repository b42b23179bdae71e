//! Log lines as Duplicati writes them, `yyyy-MM-dd HH:mm:ss zz - [Level-Tag]: message`, in the sender's wall clock.

use super::{
    fleet::System,
    random::Random,
    report::Run,
    scenario::{Failure, Outcome, Warning},
};
use crate::{time::Timestamp, zone::Zone};

/// Writes the lines of one run, seconds apart.
pub(super) struct Lines<'z> {
    zone: &'z Zone,
    at: Timestamp,
    lines: Vec<String>,
}

impl<'z> Lines<'z> {
    /// The whole log of a run: at most 20 lines.
    pub(super) fn of(run: &Run, zone: &'z Zone) -> Vec<String> {
        let mut log = Self { zone, at: run.start, lines: Vec::new() };
        let mut random = run.random.clone();
        log.add("Information", "Controller-StartingOperation", "The operation Backup has started");
        match run.outcome {
            Outcome::Success => {}
            Outcome::Warning(kind) => log.warn(kind, run, &mut random),
            Outcome::Error => log.fail_to_verify(&mut random),
            Outcome::Fatal(failure) => {
                log.add(
                    "Error",
                    "Operation.BackupHandler-FatalError",
                    &format!("Fatal error\n{}", failure.message()),
                );
                return log.lines;
            }
        }
        log.at = run.start.plus(run.duration);
        if run.job.thins_out && !run.thinned.considered.is_empty() {
            log.prune(run);
        }
        log.add("Information", "Controller-CompletedOperation", "The operation Backup has completed");
        log.lines
    }

    fn add(&mut self, level: &str, tag: &str, text: &str) {
        let offset = self.zone.offset(self.at);
        let clock = self.at.plus(i64::from(offset)).to_string().replace('T', " ").replace('Z', "");
        let hours = offset / 3600;
        self.lines.push(format!("{clock} {hours:+03} - [{level}-Duplicati.Library.Main.{tag}]: {text}"));
        self.at = self.at.plus(1);
    }

    fn warn(&mut self, kind: Warning, run: &Run, random: &mut Random) {
        if kind == Warning::Quota {
            return self.add(
                "Warning",
                "Operation.FilelistProcessor-BackendQuotaNear",
                "Backend quota is close to being exceeded: 93.10% of the space is in use",
            );
        }
        for _ in 0..1 + random.below(6) {
            let path = path(run.machine.system, random);
            let why = match kind {
                Warning::TooLong => "PathTooLongException: The specified file name or path is too long, or a component of the specified path is too long.".to_owned(),
                Warning::Denied => format!("UnauthorizedAccessException: Access to the path '{path}' is denied."),
                Warning::Locked | Warning::Quota => format!("IOException: The process cannot access the file '{path}' because it is being used by another process."),
            };
            self.add("Warning", UNREAD, &format!("Failed to process path: {path}\n{why}"));
        }
    }

    fn fail_to_verify(&mut self, random: &mut Random) {
        let volume = volume(random);
        self.add(
            "Retry",
            "BackendManager-RetryGet",
            &format!(
                "Operation Get with file {volume} attempt 1 of 5 failed with message: Hash mismatch on file"
            ),
        );
        self.add("Error", "Operation.TestHandler-FailedToProcessFile", &format!(
            "Failed to process file {volume}\nHashMismatchException: Hash mismatch on file \"/tmp/dup-1f0c\", recorded hash: q83vEjRWeJA=, actual hash: mHZUMhD+3LqY="));
    }

    /// What the retention policy says; the versions that are left can be read from it.
    fn prune(&mut self, run: &Run) {
        let tag = |name: &str| format!("Operation.DeleteHandler:RetentionPolicy-{name}");
        self.add("Information", &tag("StartCheck"), "Start checking if backups can be removed");
        self.add("Information", &tag("FramesAndIntervals"),
            "Time frames and intervals pairs: 7.00:00:00 / 1.00:00:00, 28.00:00:00 / 7.00:00:00, 365.00:00:00 / 30.00:00:00");
        let considered = self.dates(&run.thinned.considered);
        self.add("Information", &tag("BackupList"), &format!("Backups to consider: {considered}"));
        let deleted = self.dates(&run.thinned.deleted);
        self.add(
            "Information",
            &tag("BackupsToDelete"),
            &format!("Backups outside of all time frames and thus getting deleted: {deleted}"),
        );
        self.add("Information", &tag("AllBackupsToDelete"), &format!("All backups to delete: {deleted}"));
    }

    fn dates(&self, times: &[Timestamp]) -> String {
        let date = |at: &Timestamp| {
            let local = at.plus(i64::from(self.zone.offset(*at)));
            let (year, month, day) = local.utc_day().civil();
            let clock = local.to_string();
            let clock = clock.get(11..19).unwrap_or_default();
            format!("{day:02}/{month:02}/{year:04} {clock}")
        };
        times.iter().map(date).collect::<Vec<_>>().join(", ")
    }
}

impl Failure {
    /// The exception's type and message.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::UnknownFiles => {
                "Duplicati.Library.Interface.RemoteListVerificationException: Found 3 remote files that are not recorded in local storage. This can be caused by having two backups sharing a destination folder which is not supported. It can also be caused by restoring an old database. If you are certain that only one backup uses the folder and you have the most recent version of the database, you can use repair to delete the unknown files."
            }
            Self::Unreachable => {
                "System.Net.Http.HttpRequestException: Connection refused (backup.example.net:443)"
            }
            Self::Full => "System.IO.IOException: No space left on device",
            Self::TimedOut => "System.TimeoutException: The operation List has timed out after 00:10:00",
        }
    }
}

fn volume(random: &mut Random) -> String {
    format!("duplicati-b{:016x}{:016x}.dblock.zip.aes", random.number(), random.number())
}

/// The tag of warnings about files that could not be read.
const UNREAD: &str = "Operation.Backup.FileBlockProcessor.FileEntry-PathProcessingFailed";

/// Warnings about files that could not be read, as a system has them: their first lines.
pub(super) fn unread(system: System) -> impl Iterator<Item = String> {
    let line = |path| format!("[Warning-Duplicati.Library.Main.{UNREAD}]: Failed to process path: {path}");
    paths(system).iter().map(line)
}

fn path(system: System, random: &mut Random) -> &'static str {
    random.pick(paths(system)).unwrap_or("/etc")
}

const fn paths(system: System) -> &'static [&'static str] {
    match system {
        System::Windows => &[
            r"C:\Users\Reception\AppData\Local\Microsoft\Outlook\reception@example.net.ost",
            r"C:\Users\Reception\NTUSER.DAT",
            r"C:\ProgramData\Accounting\company.fdb",
            r"C:\Users\Reception\Documents\~$Price list 2026.xlsx",
        ],
        System::Mac => &[
            "/Users/jo/Library/Application Support/AddressBook/AddressBook-v22.abcddb-wal",
            "/Users/jo/Library/Containers/com.apple.mail/Data/DataVaults",
            "/Users/jo/Pictures/Photos Library.photoslibrary/database/Photos.sqlite-shm",
        ],
        System::Linux => &[
            "/var/lib/docker/overlay2/5f1c0a/merged/run/lock",
            "/srv/files/@eaDir/.SynoIndex.lock",
            "/home/anna/.cache/mozilla/firefox/k2j1.default/cache2/index.lock",
            "/etc/ssl/private/ssl-cert-snakeoil.key",
        ],
    }
}
