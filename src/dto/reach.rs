//! Whether the program is where it says it is.

use serde::{Deserialize, Serialize};

/// What came back when the program asked for itself at its public URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    /// Itself.
    Reachable,
    /// Something else: another program, or a proxy that asks who is there.
    Other {
        /// The HTTP status of its answer.
        status: u16,
    },
    /// Nothing.
    Unreachable {
        /// Why, and what to do.
        reason: String,
    },
}
