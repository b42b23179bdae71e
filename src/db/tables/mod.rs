//! Rows and queries, a file or folder for each table or list. Knows no files: those are [`engine`](super::engine)'s and
//! [`care`](super::care)'s.

pub mod api_keys;
pub mod audit;
pub mod audit_repeats;
pub mod backup_ids;
pub mod counts;
pub mod days;
pub mod duplicate_runs;
pub(in crate::db) mod free_name;
pub mod ingest_growth;
pub mod ingest_keys;
pub(in crate::db) mod job_summary;
pub mod jobs;
pub mod login_failures;
pub mod machine_names;
pub mod merge_servers;
pub mod open_checks;
pub mod operations;
pub mod outcomes;
pub mod protected_runs;
pub mod raw_reports;
pub mod references;
pub mod rejected_reports;
pub mod retention;
pub mod retention_rules;
pub mod run_batch;
pub mod run_checks;
pub mod run_lists;
pub mod runs;
pub mod server_changes;
pub mod servers;
pub mod sessions;
pub mod settings;
pub mod tasks;
pub mod totals;
pub mod users;
