//! Looking after the database file.

mod check;
mod salvage;

pub use check::foreign_keys;
pub use salvage::salvage;

#[cfg(test)]
mod damage;
