//! Looking after the database file.

mod check;

pub use check::{foreign_keys, integrity, rebuild};

#[cfg(test)]
mod tests;
