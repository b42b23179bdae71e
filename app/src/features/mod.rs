//! The pages, one folder for each area: page, server functions (`api`), words, tests and styles. An area knows no other, but for the few that
//! `tests/layers.rs` of the product names.

pub mod account;
pub mod audit;
pub mod channels;
pub mod dashboard;
pub mod database;
pub mod database_backups;
pub mod digests;
pub mod health;
pub mod import;
pub mod incidents;
pub mod ingest_keys;
pub mod job;
pub mod job_table;
pub mod labels;
pub mod logs;
pub mod monitoring;
pub mod notification_history;
pub mod notification_rules;
pub mod onboarding;
pub mod own_notifications;
pub mod rejected;
pub mod report;
pub mod run;
pub mod runs;
pub mod schedules;
pub mod security;
pub mod server;
pub mod server_edit;
pub mod sign_in;
pub mod snooze_link;
pub mod tasks;
pub mod templates;
pub mod users;
