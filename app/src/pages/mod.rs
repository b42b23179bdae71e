//! The pages, one folder or file per area.

pub mod account;
pub mod audit;
pub mod backups;
pub mod dashboard;
pub mod database;
pub mod health;
pub mod import;
pub mod keys;
pub mod late;
pub mod logs;
pub mod not_found;
pub mod rejected;
pub mod run;
pub mod security;
pub mod server;
pub mod sign_in;
pub mod tasks;
pub mod users;
