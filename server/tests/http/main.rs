//! The whole program: requests through the real router (`sockets`: through real sockets too), a real file, a clock that
//! stands still.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod access;
mod backups;
mod base_path;
mod client;
mod damaged;
mod database;
mod download;
mod files;
mod headers;
mod health;
mod known_host;
mod live;
mod logs;
mod look_after;
mod pages;
mod plans;
mod prove;
mod same_site;
mod security;
mod self_test;
mod sign_in;
mod site;
mod sockets;
mod turns;
mod upload;
