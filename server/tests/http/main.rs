//! The whole program: requests through the real router (in `sockets`, also through real sockets), a real file and a
//! fixed clock.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed step should fail the test"
)]

mod access;
mod api;
mod backups;
mod badges;
mod base_path;
mod captures;
mod channels;
mod client;
mod compatible;
mod concurrency;
mod damaged;
mod database;
mod deleting;
mod digests;
mod download;
mod editing;
mod exports;
mod files;
mod groups;
mod headers;
mod health;
mod identity;
mod imports;
mod incidents;
mod known_host;
mod live;
mod live_cost;
mod logs;
mod maintenance_pages;
mod metrics;
mod monitoring;
mod notification_rules;
mod own_notifications;
mod own_secrets;
mod pages;
mod query_plans;
mod reauthentication;
mod refill;
mod rejected_request;
mod reporting;
mod runs;
mod same_site;
mod schedules;
mod security;
mod self_test;
mod server_functions;
mod shared_links;
mod sign_in;
mod site;
mod small_things;
mod snippets;
mod sockets;
mod stale_confirmation;
mod strict_requests;
mod upload;
