//! The demonstration: a made-up fleet with a year of history, told in the reports that Duplicati 2.1 to 2.3 would have
//! sent. Invariant: the same moment, zone and fleet give the same reports, and everything goes through the ingest use
//! case, so the demonstration can never show what a real installation could not.

mod figures;
mod fill;
mod fleet;
mod labels;
mod live;
mod log;
mod monitoring;
mod operation;
mod plan;
mod random;
mod report;
mod retention;
mod scenario;
mod slots;

pub use fill::{DemoError, fill, follow};
pub use plan::{Delivery, plan};

#[cfg(test)]
mod tests;
