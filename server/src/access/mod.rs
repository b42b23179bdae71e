//! The access rules of all routes. Access is denied by default: a route without a rule gets 404, and a test requests
//! all routes with every kind of actor.

pub mod authorize;
pub mod sent_key;

use std::sync::LazyLock;

use app::pages::{PAGES, PageRow};
use axum::http::Method;
use duplistatus::access::Permission;

/// What a route requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Nothing: it is public, or does its own check (uploads have their own keys).
    Nothing,
    /// A permission; anonymous requests must sign in first.
    May(Permission),
    /// One permission for reading, another for changes.
    Both(Permission, Permission),
}

impl Requirement {
    /// Returns the required permission for a method, if any.
    pub fn permission(self, method: &Method) -> Option<Permission> {
        match self {
            Self::Nothing => None,
            Self::May(permission) => Some(permission),
            Self::Both(read, _) if method.is_safe() => Some(read),
            Self::Both(_, change) => Some(change),
        }
    }
}

/// A route, with the path in axum's notation without the base path, and its requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The path, such as `/servers/{server}`.
    pub path: &'static str,
    /// The requirement.
    pub requirement: Requirement,
    /// Whether it belongs to the API that can be opened for reading to the local network.
    pub local_read: bool,
    /// Whether an API key may be in the query, as the programs that used the Node application send it.
    pub key_in_query: bool,
}

const fn row(path: &'static str, requirement: Requirement) -> Rule {
    Rule { path, requirement, local_read: false, key_in_query: false }
}

const fn open(path: &'static str) -> Rule {
    row(path, Requirement::Nothing)
}

const fn may(path: &'static str, permission: Permission) -> Rule {
    row(path, Requirement::May(permission))
}

const fn both(path: &'static str, read: Permission, change: Permission) -> Rule {
    row(path, Requirement::Both(read, change))
}

/// A route that can be opened for reading to the local network.
const fn local(rule: Rule) -> Rule {
    Rule { local_read: true, ..rule }
}

const fn read_api(path: &'static str) -> Rule {
    local(may(path, Permission::ViewBackups))
}

/// A route of the Node application.
const fn compatible(path: &'static str) -> Rule {
    Rule { key_in_query: true, ..read_api(path) }
}

/// The rules of everything except pages, whose rules are in the table of pages.
const RULES: &[Rule] = &[
    // Server functions of pages
    may("/api/fn/dashboard", Permission::ViewBackups),
    may("/api/fn/strip", Permission::ViewBackups),
    may("/api/fn/server", Permission::ViewBackups),
    may("/api/fn/edit_server", Permission::ManageServers),
    may("/api/fn/save_server", Permission::ManageServers),
    may("/api/fn/archive_server", Permission::ManageServers),
    may("/api/fn/delete_server", Permission::ManageDatabase),
    may("/api/fn/merge_servers", Permission::ManageDatabase),
    may("/api/fn/save_job", Permission::ManageServers),
    may("/api/fn/archive_job", Permission::ManageServers),
    may("/api/fn/delete_job", Permission::ManageDatabase),
    may("/api/fn/run", Permission::ViewBackups),
    may("/api/fn/runs", Permission::ViewBackups),
    may("/api/fn/raw_report", Permission::ViewBackups),
    may("/api/fn/incidents", Permission::ViewBackups),
    may("/api/fn/handle_incidents", Permission::HandleIncidents),
    may("/api/fn/job", Permission::ViewBackups),
    may("/api/fn/set_schedule", Permission::ManageMonitoring),
    may("/api/fn/pause", Permission::ManageMonitoring),
    may("/api/fn/resume", Permission::ManageMonitoring),
    may("/api/fn/add_window", Permission::ManageMonitoring),
    may("/api/fn/delete_window", Permission::ManageMonitoring),
    may("/api/fn/schedules", Permission::ViewBackups),
    may("/api/fn/chosen_jobs", Permission::ManageMonitoring),
    may("/api/fn/defaults", Permission::ManageMonitoring),
    may("/api/fn/rename_group", Permission::ManageMonitoring),
    may("/api/fn/delete_group", Permission::ManageMonitoring),
    may("/api/fn/accept_warning", Permission::ManageMonitoring),
    may("/api/fn/withdraw_warning", Permission::ManageMonitoring),
    may("/api/fn/expect_check", Permission::ManageMonitoring),
    may("/api/fn/set_checks", Permission::ManageMonitoring),
    may("/api/fn/rejected", Permission::ViewRejected),
    may("/api/fn/dismiss_rejected", Permission::DismissRejected),
    may("/api/fn/dismiss_all_rejected", Permission::DismissRejected),
    may("/api/fn/channels", Permission::ViewSettings),
    may("/api/fn/save_channel", Permission::ManageSettings),
    may("/api/fn/create_imported_channel", Permission::ManageSettings),
    may("/api/fn/use_imported_rules", Permission::ManageSettings),
    may("/api/fn/test_channel", Permission::ManageSettings),
    may("/api/fn/delete_channel", Permission::ManageSettings),
    may("/api/fn/notification_rules", Permission::ViewSettings),
    may("/api/fn/save_rule", Permission::ManageSettings),
    may("/api/fn/delete_rule", Permission::ManageSettings),
    may("/api/fn/save_hours", Permission::ManageSettings),
    may("/api/fn/notification_history", Permission::ViewSettings),
    may("/api/fn/resend_notification", Permission::ManageSettings),
    // Signed links in messages: the token is what is checked.
    open("/api/fn/snooze_link"),
    open("/api/fn/use_snooze_link"),
    may("/api/fn/digests", Permission::ViewSettings),
    may("/api/fn/digest_preview", Permission::ViewSettings),
    may("/api/fn/save_digest", Permission::ManageSettings),
    may("/api/fn/send_digest", Permission::ManageSettings),
    may("/api/fn/delete_digest", Permission::ManageSettings),
    may("/api/fn/templates", Permission::ViewSettings),
    may("/api/fn/save_template", Permission::ManageSettings),
    may("/api/fn/preview_template", Permission::ManageSettings),
    may("/api/fn/reset_template", Permission::ManageSettings),
    may("/api/fn/import_templates", Permission::ManageSettings),
    may("/api/fn/sharing", Permission::ManageSharedLinks),
    may("/api/fn/create_link", Permission::ManageSharedLinks),
    may("/api/fn/save_status_page", Permission::ManageSharedLinks),
    may("/api/fn/delete_link", Permission::ManageSharedLinks),
    may("/api/fn/report", Permission::ViewBackups),
    may("/api/fn/keys", Permission::ViewIngestKeys),
    may("/api/fn/create_key", Permission::ManageIngestKeys),
    may("/api/fn/rotate_key", Permission::ManageIngestKeys),
    may("/api/fn/new_key", Permission::ViewIngestKeys),
    may("/api/fn/revoke_key", Permission::ManageIngestKeys),
    may("/api/fn/prove", Permission::OwnAccount),
    may("/api/fn/prove_by_code", Permission::OwnAccount),
    may("/api/fn/account", Permission::OwnAccount),
    may("/api/fn/own_notifications", Permission::OwnAccount),
    may("/api/fn/subscribe_browser", Permission::OwnAccount),
    may("/api/fn/test_browser", Permission::OwnAccount),
    may("/api/fn/unsubscribe_browser", Permission::OwnAccount),
    may("/api/fn/save_profile", Permission::OwnAccount),
    may("/api/fn/save_preferences", Permission::OwnAccount),
    may("/api/fn/change_password", Permission::OwnAccount),
    may("/api/fn/begin_second_factor", Permission::OwnAccount),
    may("/api/fn/confirm_second_factor", Permission::OwnAccount),
    may("/api/fn/renew_recovery_codes", Permission::OwnAccount),
    may("/api/fn/new_recovery_codes", Permission::OwnAccount),
    may("/api/fn/remove_second_factor", Permission::OwnAccount),
    may("/api/fn/end_session", Permission::OwnAccount),
    may("/api/fn/labels", Permission::ManageMonitoring),
    may("/api/fn/label_server", Permission::ManageMonitoring),
    may("/api/fn/label_job", Permission::ManageMonitoring),
    may("/api/fn/label_servers", Permission::ManageMonitoring),
    may("/api/fn/end_other_sessions", Permission::OwnAccount),
    may("/api/fn/create_api_key", Permission::OwnApiKeys),
    may("/api/fn/new_api_key", Permission::OwnAccount),
    may("/api/fn/revoke_api_key", Permission::OwnApiKeys),
    may("/api/fn/audit", Permission::ViewAudit),
    may("/api/fn/log", Permission::ViewLogs),
    may("/api/fn/log_newest", Permission::ViewLogs),
    may("/api/fn/users", Permission::ViewUsers),
    may("/api/fn/create_user", Permission::ManageUsers),
    may("/api/fn/set_user_role", Permission::ManageUsers),
    may("/api/fn/disable_user", Permission::ManageUsers),
    may("/api/fn/enable_user", Permission::ManageUsers),
    may("/api/fn/delete_user", Permission::ManageUsers),
    may("/api/fn/reset_user_password", Permission::ManageUsers),
    may("/api/fn/unlock_user", Permission::ManageUsers),
    may("/api/fn/end_user_sessions", Permission::ManageUsers),
    may("/api/fn/revoke_user_key", Permission::ManageUsers),
    may("/api/fn/temporary_password", Permission::ViewUsers),
    may("/api/fn/security", Permission::ViewSettings),
    may("/api/fn/health", Permission::ViewDatabase),
    may("/api/fn/change_settings", Permission::ManageSettings),
    may("/api/fn/check_public_url", Permission::RunMaintenance),
    may("/api/fn/backups", Permission::ViewDatabase),
    may("/api/fn/preview_restore", Permission::ManageDatabase),
    may("/api/fn/restore_backup", Permission::ManageDatabase),
    may("/api/fn/preview_upload", Permission::ManageDatabase),
    may("/api/fn/restore_upload", Permission::ManageDatabase),
    may("/api/fn/begin_backup", Permission::TriggerBackup),
    may("/api/fn/delete_backup", Permission::ManageDatabase),
    may("/api/fn/database", Permission::ViewDatabase),
    may("/api/fn/look_after_database", Permission::RunMaintenance),
    may("/api/fn/clean_up_database", Permission::ManageDatabase),
    may("/api/fn/set_retention", Permission::ManageDatabase),
    may("/api/fn/clear_retention", Permission::ManageDatabase),
    may("/api/fn/tasks", Permission::ViewDatabase),
    may("/api/fn/run_task", Permission::RunMaintenance),
    may("/api/fn/change_task", Permission::ManageDatabase),
    may("/api/fn/import", Permission::ViewDatabase),
    may("/api/fn/work", Permission::ViewDatabase),
    open("/api/fn/sign_in"),
    open("/api/fn/sign_in_code"),
    open("/api/fn/sign_out"),
    open("/api/fn/set_up"),
    open("/api/fn/set_up_state"),
    open("/api/theme"),
    may("/api/live", Permission::ViewBackups),
    // Programs
    compatible("/api/summary"),
    compatible("/api/lastbackup/{server}"),
    compatible("/api/lastbackups/{server}"),
    read_api("/metrics"),
    // The token is what is checked.
    open("/badge/{token}"),
    open("/feed/{token}"),
    open("/calendar/{token}"),
    open("/kiosk/{token}"),
    open("/status/{address}"),
    open("/api/health"),
    open("/api/health/live"),
    open("/api/upload"),
    open("/api/upload/{key}"),
    open("/api/status"),
    open("/api/status/{key}"),
    read_api("/api/v1/openapi.json"),
    read_api("/api/v1/docs"),
    read_api("/api/v1/summary"),
    read_api("/api/v1/servers"),
    local(both("/api/v1/servers/{server}", Permission::ViewBackups, Permission::ManageServers)),
    read_api("/api/v1/jobs"),
    local(both("/api/v1/jobs/{job}", Permission::ViewBackups, Permission::ManageServers)),
    may("/api/v1/jobs/{job}/tags", Permission::ManageMonitoring),
    read_api("/api/v1/jobs/{job}/warning-kinds"),
    may("/api/v1/jobs/{job}/checks/{check}/expect", Permission::ManageMonitoring),
    read_api("/api/v1/runs"),
    read_api("/api/v1/runs/{run}"),
    read_api("/api/v1/runs/{run}/log"),
    may("/api/v1/runs/download", Permission::ViewBackups),
    may("/api/v1/report/download", Permission::ViewBackups),
    may("/api/v1/runs/export", Permission::ViewBackups),
    may("/api/v1/runs/{run}/raw", Permission::ViewBackups),
    read_api("/api/v1/operations"),
    read_api("/api/v1/operations/{operation}"),
    read_api("/api/v1/incidents"),
    read_api("/api/v1/incidents/{incident}"),
    may("/api/v1/incidents/{incident}/acknowledge", Permission::HandleIncidents),
    may("/api/v1/incidents/{incident}/note", Permission::HandleIncidents),
    may("/api/v1/incidents/{incident}/snooze", Permission::HandleIncidents),
    may("/api/v1/incidents/{incident}/close", Permission::HandleIncidents),
    read_api("/api/v1/events"),
    local(both("/api/v1/schedules", Permission::ViewBackups, Permission::ManageMonitoring)),
    may("/api/v1/schedules/download", Permission::ViewBackups),
    local(both("/api/v1/pauses", Permission::ViewBackups, Permission::ManageMonitoring)),
    may("/api/v1/pauses/end", Permission::ManageMonitoring),
    local(both("/api/v1/maintenance-windows", Permission::ViewBackups, Permission::ManageMonitoring)),
    may("/api/v1/maintenance-windows/{window}", Permission::ManageMonitoring),
    read_api("/api/v1/groups"),
    may("/api/v1/groups/{group}", Permission::ManageMonitoring),
    read_api("/api/v1/tags"),
    may("/api/v1/labels", Permission::ManageMonitoring),
    local(both("/api/v1/warning-kinds", Permission::ViewBackups, Permission::ManageMonitoring)),
    may("/api/v1/notifications", Permission::ViewSettings),
    may("/api/v1/channels", Permission::ViewSettings),
    may("/api/v1/badge", Permission::ManageServers),
    may("/api/v1/rejected", Permission::ViewRejected),
    may("/api/v1/rejected/dismiss", Permission::DismissRejected),
    may("/api/v1/rejected/{report}", Permission::DismissRejected),
    both("/api/v1/ingest-keys", Permission::ViewIngestKeys, Permission::ManageIngestKeys),
    may("/api/v1/ingest-keys/{key}", Permission::ManageIngestKeys),
    may("/api/v1/users", Permission::ViewUsers),
    may("/api/v1/api-keys", Permission::ViewUsers),
    may("/api/v1/settings", Permission::ViewSettings),
    may("/api/v1/health", Permission::ViewDatabase),
    may("/api/v1/database", Permission::ViewDatabase),
    may("/api/v1/database/tables", Permission::ViewDatabase),
    may("/api/v1/database/stats", Permission::ViewDatabase),
    both("/api/v1/database/backups", Permission::ViewDatabase, Permission::TriggerBackup),
    may("/api/v1/database/backups/{name}", Permission::ManageDatabase),
    may("/api/v1/database/backups/{name}/preview", Permission::ManageDatabase),
    may("/api/v1/database/backups/{name}/restore", Permission::ManageDatabase),
    may("/api/v1/database/restore", Permission::ManageDatabase),
    both("/api/v1/import", Permission::ViewDatabase, Permission::ManageDatabase),
    may("/api/v1/audit", Permission::ViewAudit),
    may("/api/v1/audit/export", Permission::ViewAudit),
    may("/api/v1/logs", Permission::ViewLogs),
];

/// The rules of all routes.
static ALL: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let page = |row: &PageRow| row.permission.map_or(open(row.path), |permission| may(row.path, permission));
    PAGES.iter().map(page).chain(RULES.iter().copied()).collect()
});

/// Returns the rules of all routes: of pages, and of everything else.
pub fn rules() -> &'static [Rule] {
    &ALL
}

/// Returns the rule of a route.
pub fn rule(path: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_needs_the_permission_to_read_and_a_change_the_other() {
        let (read, change) = (Permission::ViewIngestKeys, Permission::ManageIngestKeys);
        for (method, both) in [
            (Method::GET, read),
            (Method::HEAD, read),
            (Method::POST, change),
            (Method::PUT, change),
            (Method::DELETE, change),
        ] {
            assert_eq!(Requirement::Both(read, change).permission(&method), Some(both), "{method}");
            assert_eq!(Requirement::May(change).permission(&method), Some(change), "{method}");
            assert_eq!(Requirement::Nothing.permission(&method), None, "{method}");
        }
    }

    #[test]
    fn a_page_asks_for_what_its_row_says() {
        let need = |path| rule(path).map(|rule| rule.requirement);
        assert_eq!(need("/servers/{server}"), Some(Requirement::May(Permission::ViewBackups)));
        assert_eq!(need("/settings/users"), Some(Requirement::May(Permission::ViewUsers)));
        assert_eq!(need("/login"), Some(Requirement::Nothing));
        assert_eq!(need("/settings/none"), None);
    }

    #[test]
    fn no_route_has_two_rules() {
        let mut paths: Vec<&str> = rules().iter().map(|rule| rule.path).collect();
        paths.sort_unstable();
        assert!(paths.windows(2).all(|pair| pair[0] != pair[1]), "{paths:?}");
    }
}
