//! What the pages about backups show: the dashboard, a server, a run, the list of all runs.

pub mod dashboard;
mod figures;
pub mod job;
mod job_parts;
mod levels;
mod operations;
pub mod report;
pub mod run;
pub mod runs;
pub mod server;
pub(in crate::service) mod site_levels;
mod stacks;
mod statistics;
pub mod strip;
mod trends;
