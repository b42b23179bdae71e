//! The duplistatus program: command line, HTTP doors and their composition. Nothing here names SQL.

pub mod cli;
pub mod commands;
pub mod config;
pub mod http;
pub mod logging;
pub mod middleware;
pub mod router;
pub mod site;
pub mod state;
