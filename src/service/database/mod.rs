//! Looking after the database file.

mod check;
mod repair;
mod salvage;

pub use check::foreign_keys;
pub use repair::repair;
pub use salvage::salvage;

#[cfg(test)]
mod damage;
