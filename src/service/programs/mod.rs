//! What programs read, other than the data of pages: lists part by part, the answers of the Node application, figures for Prometheus, and
//! badges.

pub mod badges;
pub mod compatible;
pub mod lists;
pub mod metrics;
