//! Errors of the database, classified in one place.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// The kind of a database error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// Too many queries are waiting; the same request will succeed later.
    Busy,
    /// Another process has locked the file; the same request will succeed once the lock is released.
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
    /// A constraint was violated. This is a defect of the program, because services check first.
    Constraint,
    /// A requested row does not exist.
    NotFound,
    /// Any other error.
    Other,
}

/// A failed database operation. Its text is for logs and administrators only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    /// The kind.
    pub kind: StoreErrorKind,
    /// The message of SQLite or of this program.
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
    /// Creates the error for a failed file operation.
    pub fn from_io(path: &std::path::Path, error: &std::io::Error) -> Self {
        super::files::io_error(path, error)
    }

    /// Creates an error with a message of this program.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Creates an error from a message of SQLite, and classifies it.
    pub(in crate::db) fn of_text(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind: classify(&message), message }
    }

    /// Prepends what was being done.
    pub(crate) fn while_doing(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// Appends advice.
    pub(in crate::db) fn with_advice(mut self, advice: &str) -> Self {
        self.message.push_str(advice);
        self
    }

    /// Returns the message. It may contain paths, so show it to administrators only.
    pub fn reason(&self) -> &str {
        &self.message
    }

    /// Appends the names of other processes that have the file open, if the file is locked.
    pub(in crate::db) fn naming_others(mut self, path: &std::path::Path) -> Self {
        if self.kind == StoreErrorKind::Locked {
            self.message.push_str(&super::files::others(path));
        }
        self
    }

    /// Returns whether waiting helps.
    pub fn is_busy(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Busy | StoreErrorKind::Locked)
    }

    /// Returns whether the disk is full.
    pub fn is_full(&self) -> bool {
        self.kind == StoreErrorKind::Full
    }

    /// Returns whether nothing can be stored until an administrator has repaired or restored the file.
    pub fn is_read_only(&self) -> bool {
        matches!(self.kind, StoreErrorKind::ReadOnly | StoreErrorKind::Gone)
    }

    /// Returns whether SQLite may have rolled back the whole transaction, or the connection can no longer be
    /// trusted.
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
        // All readers were in use for the whole waiting time.
        Self { kind: StoreErrorKind::Busy, message: error.to_string() }
    }
}

/// Classifies by the message, because diesel does not expose SQLite's error code. The texts are those of
/// `sqlite3_errstr`.
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
