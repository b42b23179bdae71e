//! What people set for a job, many jobs, a server, a group or everything: forms and words that several pages share.

pub mod api;
pub mod checks_form;
pub mod pause;
pub mod place;
pub mod schedule_form;
pub mod wider;
pub mod windows;
pub mod words;
