//! Looking after the database file.

mod check;
mod migrate;

pub use check::{foreign_keys, integrity, rebuild};
pub use migrate::{list_migrations, rehearse_migrations, run_migrations};

#[cfg(test)]
mod tests;
