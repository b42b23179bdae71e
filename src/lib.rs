//! duplistatus, the product: the types of servers, jobs and runs, the parser of Duplicati reports and (feature
//! `ssr`) the database and the services. This crate uses no web framework: `app` has the pages, `server` the
//! HTTP server.

pub mod access;
pub mod chart;
pub mod checks;
pub mod dto;
pub mod duplicati_options;
pub mod duplicati_version;
pub mod ids;
pub mod outcome;
pub mod report;
pub mod shorten;
pub mod status;
pub mod time;
pub mod topic;
pub mod units;
pub mod verdict;

#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod crypto;
#[cfg(feature = "ssr")]
pub mod db;
#[cfg(feature = "ssr")]
pub mod demo;
#[cfg(feature = "ssr")]
pub mod error;
#[cfg(feature = "ssr")]
pub mod log_buffer;
#[cfg(feature = "ssr")]
pub mod noticing;
#[cfg(feature = "ssr")]
pub mod notify;
#[cfg(feature = "ssr")]
pub mod outgoing;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod throttle;
#[cfg(feature = "ssr")]
pub mod zone;
