//! Looking after the database file.

mod check;
mod migrate;
mod status;
mod upkeep;

pub use check::{foreign_keys, integrity, rebuild};
pub use migrate::{list_migrations, rehearse_migrations, run_migrations};
pub use status::{stats, status, tables};
pub use upkeep::{analyze, checkpoint, optimize, vacuum};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod upkeep_tests;
