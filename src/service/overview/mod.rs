//! What the pages about backups show: the dashboard, a server, a run.

pub mod dashboard;
mod levels;
pub mod run;
pub mod server;
pub(in crate::service) mod site_levels;
mod stacks;
pub mod strip;
