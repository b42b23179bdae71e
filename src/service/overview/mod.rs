//! What the pages about backups show: the dashboard, a server, a run.

pub mod dashboard;
pub mod run;
pub mod server;
pub mod strip;
