//! What the pages about backups show: the dashboard, a server, a run, the list of all runs.

pub mod calendar;
mod choice;
pub mod chosen;
pub mod dashboard;
pub mod defaults;
mod figures;
pub mod job;
mod job_parts;
pub(in crate::service) mod job_warnings;
mod levels;
mod list_file;
pub(in crate::service) mod operations;
mod preview;
pub mod report;
mod rule_form;
pub mod run;
pub mod runs;
pub mod schedules;
pub mod server;
pub(in crate::service) mod site_levels;
mod stacks;
mod statistics;
pub mod strip;
mod trends;
