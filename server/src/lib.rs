//! The duplistatus program: command line, HTTP handlers and their composition. Nothing here
//! contains SQL.
// The types of whole pages are deeply nested, and the router's type contains all of them.
#![recursion_limit = "256"]

pub mod access;
pub mod cli;
pub mod client;
mod command_socket;
pub mod commands;
pub mod config;
pub mod http;
pub mod limits;
pub mod listen;
pub mod logging;
pub mod metrics;
pub mod middleware;
pub mod router;
pub mod secret_env;
mod server_lock;
pub mod site;
pub mod state;
