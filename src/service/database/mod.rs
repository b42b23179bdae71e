//! Looking after the database file.

mod check;
mod migrate;
mod repair;
mod salvage;
mod status;
mod upkeep;

pub use check::{foreign_keys, integrity, rebuild};
pub use migrate::{list_migrations, rehearse_migrations, run_migrations};
pub use repair::repair;
pub use salvage::salvage;
pub use status::{stats, status, tables};
pub use upkeep::{analyze, checkpoint, optimize, vacuum};

#[cfg(test)]
mod damage;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod upkeep_tests;
