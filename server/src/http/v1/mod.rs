//! The API for programs: resources of its own, in parts, with filters, tags for unchanged answers, and errors of RFC 9457.
//!
//! The routes come from the attributes of the handlers, from which the [document] is made as well: what is routed is documented. Who may what
//! is in the table of access rules alone.

#![expect(unused_qualifications, reason = "the attribute that describes a route writes whole paths")]

mod access;
mod changes;
mod database;
pub mod document;
pub mod etag;
pub mod idempotency;
mod incident_acts;
mod incidents;
mod jobs;
mod labels;
mod list;
mod monitoring;
mod operations;
mod params;
pub mod problem;
mod records;
mod runs;
mod schedules;
mod servers;
mod site;
pub mod viewer;
pub(in crate::http) mod words;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{backups, badge, download, exports, imports},
    state::AppState,
};

/// Routes with their part of the document.
pub type Routes = OpenApiRouter<AppState>;

/// Returns the routes whose answers depend on the database alone.
pub fn stored() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(servers::list))
        .routes(routes!(servers::get, changes::server))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::get, changes::job))
        .routes(routes!(changes::job_tags))
        .routes(routes!(changes::expect_check))
        .routes(routes!(runs::list))
        .routes(routes!(runs::get))
        .routes(routes!(runs::log))
        .routes(routes!(operations::list))
        .routes(routes!(operations::get))
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::get))
        .routes(routes!(incidents::events))
        .routes(routes!(incident_acts::acknowledge))
        .routes(routes!(incident_acts::note))
        .routes(routes!(incident_acts::snooze))
        .routes(routes!(incident_acts::close))
        .routes(routes!(schedules::list, monitoring::set))
        .routes(routes!(monitoring::pauses, monitoring::pause))
        .routes(routes!(monitoring::resume))
        .routes(routes!(monitoring::windows, monitoring::add_window))
        .routes(routes!(monitoring::end_window))
        .routes(routes!(labels::groups))
        .routes(routes!(changes::rename_group, changes::delete_group))
        .routes(routes!(labels::tags))
        .routes(routes!(changes::labels))
        .routes(routes!(labels::accepted, changes::accept_warning, changes::withdraw_warning))
}

/// Returns the routes whose answers also depend on other things: the time, the disk, what is noted without being shown.
pub fn computed() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(document::show))
        .routes(routes!(site::summary))
        .routes(routes!(labels::of_job))
        .routes(routes!(records::notifications))
        .routes(routes!(access::channels))
        .routes(routes!(records::rejected))
        .routes(routes!(changes::dismiss))
        .routes(routes!(changes::dismiss_until))
        .routes(routes!(access::keys, access::create_key))
        .routes(routes!(access::revoke_key))
        .routes(routes!(access::users))
        .routes(routes!(access::api_keys))
        .routes(routes!(records::audit))
        .routes(routes!(site::settings))
        .routes(routes!(site::health))
        .routes(routes!(database::database))
        .routes(routes!(database::tables))
        .routes(routes!(database::statistics))
        .routes(routes!(badge::address))
        .routes(routes!(backups::list, backups::begin))
        .routes(routes!(imports::state))
}

/// Returns the routes of files and of whole backups.
pub fn files() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(viewer::show))
        .routes(routes!(download::raw_report))
        .routes(routes!(download::audit))
        .routes(routes!(download::log))
        .routes(routes!(backups::download, backups::delete))
        .routes(routes!(backups::preview))
        .routes(routes!(backups::restore_kept))
}

/// Returns the routes of files that are written while they are sent.
pub fn exports() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(exports::runs))
        .routes(routes!(exports::list))
        .routes(routes!(exports::schedules))
        .routes(routes!(download::report))
}

/// Returns the routes that take files of any size.
pub fn uploads() -> Routes {
    OpenApiRouter::new().routes(routes!(backups::restore)).routes(routes!(imports::begin))
}
