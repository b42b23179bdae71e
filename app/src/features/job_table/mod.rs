//! The table of jobs, as the dashboard and the page of a server show it.

pub mod columns;
pub mod row;
