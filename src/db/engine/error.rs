//! Errors of the database, classified in one place.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What kind of trouble the database is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// Too much is waiting: the same request will work later.
    Busy,
    /// Another process holds the lock of the file: the same request will work once it lets go.
    Locked,
    /// The disk is full.
    Full,
    /// The file cannot be written.
    ReadOnly,
    /// The file was moved or deleted while it was open.
    Gone,
    /// The file is damaged, or is not a database.
    Corrupt,
    /// A read or a write failed.
    Io,
    /// A constraint was violated: our mistake, since services check first.
    Constraint,
    /// A row that was asked for is not there.
    NotFound,
    /// Anything else.
    Other,
}

/// A database operation that failed. Its text is for the log, never for a visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    /// The kind.
    pub kind: StoreErrorKind,
    /// SQLite's words.
    message: String,
}

impl fmt::Display for StoreErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "busy",
            Self::Locked => "another process has locked it",
            Self::Full => "the disk is full",
            Self::ReadOnly => "the file is not writable",
            Self::Gone => "the file was moved or deleted",
            Self::Corrupt => "the file is damaged",
            Self::Io => "a read or a write failed",
            Self::Constraint => "a constraint was violated",
            Self::NotFound => "not found",
            Self::Other => "other error",
        })
    }
}

impl StoreError {
    /// What went wrong with a file of ours.
    pub fn from_io(path: &std::path::Path, error: &std::io::Error) -> Self {
        super::files::io_error(path, error)
    }

    /// An error of our own making.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// An error of which only SQLite's words are known.
    pub(in crate::db) fn of_text(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind: classify(&message), message }
    }

    /// The same, with what was being done.
    pub(crate) fn while_doing(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// The same, with what helps.
    pub(in crate::db) fn with_advice(mut self, advice: &str) -> Self {
        self.message.push_str(advice);
        self
    }

    /// SQLite's words, or ours: for administrators, who may know where files are.
    pub fn reason(&self) -> &str {
        &self.message
    }

    /// The same, with the other processes that have the file open when somebody else holds it.
    pub(in crate::db) fn naming_others(mut self, path: &std::path::Path) -> Self {
        if self.kind == StoreErrorKind::Locked {
            self.message.push_str(&super::files::others(path));
        }
        self
    }

    /// Whether waiting helps.
    pub fn is_busy(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Busy | StoreErrorKind::Locked)
    }

    /// Whether space helps.
    pub fn is_full(&self) -> bool {
        self.kind == StoreErrorKind::Full
    }

    /// Whether nothing can be stored until somebody has mended the file.
    pub fn is_read_only(&self) -> bool {
        matches!(self.kind, StoreErrorKind::ReadOnly | StoreErrorKind::Gone)
    }

    /// Whether SQLite may have rolled the whole transaction back, or the connection can no longer be trusted.
    pub fn ends_transaction(&self) -> bool {
        !matches!(self.kind, StoreErrorKind::Constraint | StoreErrorKind::NotFound | StoreErrorKind::Other)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database error ({:?}): {}", self.kind, self.message)
    }
}

impl std::error::Error for StoreError {}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        let kind = match &error {
            DieselError::NotFound => StoreErrorKind::NotFound,
            DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation,
                _,
            ) => StoreErrorKind::Constraint,
            DieselError::DatabaseError(_, information) => classify(information.message()),
            other => classify(&other.to_string()),
        };
        Self { kind, message: error.to_string() }
    }
}

impl From<diesel::ConnectionError> for StoreError {
    fn from(error: diesel::ConnectionError) -> Self {
        let message = error.to_string();
        Self { kind: classify(&message), message }
    }
}

impl From<r2d2::Error> for StoreError {
    fn from(error: r2d2::Error) -> Self {
        // All readers were taken for as long as we were ready to wait.
        Self { kind: StoreErrorKind::Busy, message: error.to_string() }
    }
}

/// diesel hands out SQLite's message but not its code: these are the texts of `sqlite3_errstr`.
fn classify(message: &str) -> StoreErrorKind {
    const TEXTS: [(&str, StoreErrorKind); 9] = [
        ("database is locked", StoreErrorKind::Locked),
        ("database table is locked", StoreErrorKind::Locked),
        ("database or disk is full", StoreErrorKind::Full),
        ("readonly database", StoreErrorKind::ReadOnly),
        ("disk image is malformed", StoreErrorKind::Corrupt),
        ("file is not a database", StoreErrorKind::Corrupt),
        ("disk I/O error", StoreErrorKind::Io),
        ("unable to open database", StoreErrorKind::Io),
        ("constraint failed", StoreErrorKind::Constraint),
    ];
    TEXTS.iter().find(|(text, _)| message.contains(text)).map_or(StoreErrorKind::Other, |(_, kind)| *kind)
}
