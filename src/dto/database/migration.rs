//! The steps of the schema.

use serde::{Deserialize, Serialize};

/// One step of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrationRow {
    /// Its number.
    pub version: String,
    /// Its name, with the number.
    pub name: String,
    /// When it was applied to this database, UTC; none when it is still to come.
    pub applied_at: Option<String>,
    /// Whether this program has it; else a newer one made it.
    pub is_known: bool,
}

/// What `db migrate` did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migrations {
    /// The migrations that ran, or that would run.
    pub applied: Vec<String>,
    /// The copy of the file that was made before.
    pub copy: Option<String>,
    /// Whether they were only tried on a copy.
    pub rehearsed: bool,
}
