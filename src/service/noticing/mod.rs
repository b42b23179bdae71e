//! Noticing: states that time changes, what is set for jobs, and what is done about incidents.

pub mod evaluator;
#[cfg(test)]
mod tests;
