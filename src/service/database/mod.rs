//! Looking after the database file.

mod check;
mod cleanup;
mod migrate;
pub(super) mod pace;
mod repair;
mod retention;
mod salvage;
mod status;
pub(super) mod steps;
mod upkeep;

pub use check::{foreign_keys, integrity, rebuild};
pub use cleanup::{clean_up_by_rules, cleanup};
pub use migrate::{list_migrations, rehearse_migrations, run_migrations};
pub use repair::repair;
pub use retention::{clear_rule, rules, set_rule};
pub use salvage::salvage;
pub use status::{stats, status, tables};
pub use upkeep::{analyze, checkpoint, optimize, vacuum};

#[cfg(test)]
mod damage;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod upkeep_tests;
