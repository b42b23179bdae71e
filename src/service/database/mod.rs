//! Looking after the database file.

mod check;
mod cleanup;
pub(super) mod pace;
mod retention;
pub(super) mod steps;

pub use check::foreign_keys;
pub use cleanup::{clean_up_by_rules, cleanup};
pub use retention::{clear_rule, rules, set_rule};
