//! Noticing: states that time changes, what is set for jobs, and what is done about incidents.

pub mod evaluator;
pub mod incidents;
pub mod rehearse;
#[cfg(test)]
mod tests;
