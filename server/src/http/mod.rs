//! The HTTP handlers, one file for each area.

pub mod answer;
pub mod backups;
pub mod badge;
pub mod calendar;
pub mod compatible;
pub mod conditional;
pub mod download;
pub mod entered;
pub mod exports;
pub mod feed;
pub mod fields;
pub mod files;
pub mod health;
pub mod id_path;
pub mod imports;
pub mod json_body;
pub mod live;
pub mod metrics;
pub mod page;
pub mod query;
pub mod received_file;
pub mod rejected_request;
pub mod shared;
pub mod theme;
pub mod upload;
pub mod v1;
