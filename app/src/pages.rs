//! The table of all pages. A new page is one row here and one folder in `features`.
//!
//! The table determines the routes, their access check (`server::access`), the navigation, the second wasm file and the pages that the
//! browser tests visit (`end2end/support/paths.ts` reads the rows of this file).

use duplistatus::access::Permission;
use leptos::prelude::*;

use crate::{
    context::viewer::Viewer,
    features::{
        account::AccountPage,
        audit::AuditPage,
        channels::ChannelsPage,
        dashboard::DashboardPage,
        database::DatabasePage,
        database_backups::BackupsPage,
        digests::DigestsPage,
        health::HealthPage,
        import::ImportPage,
        incidents::IncidentsPage,
        ingest_keys::KeysPage,
        job::JobPage,
        labels::LabelsPage,
        logs::LogsPage,
        notification_history::HistoryPage,
        notification_rules::RulesPage,
        own_notifications::OwnNotificationsPage,
        rejected::RejectedReportsPage,
        report::ReportPage,
        run::{RawReportPage, RunPage},
        runs::RunsPage,
        schedules::{
            SchedulesPage,
            chosen::ChosenPage,
            defaults::{GroupDefaultsPage, ServerDefaultsPage, SiteDefaultsPage},
        },
        security::SecurityOverviewPage,
        server::ServerPage,
        server_edit::ServerEditPage,
        sharing::SharingPage,
        sign_in::{CodePage, ConfirmPasswordPage, SetUpPage, SignInPage},
        snooze_link::SnoozeLinkPage,
        tasks::TasksPage,
        templates::TemplatesPage,
        users::UsersPage,
    },
    locale::Locale,
    tr,
};

/// The navigation that lists a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The top bar.
    Bar,
    /// Settings: sources of reports.
    Sources,
    /// Settings: who is notified of what.
    Alarms,
    /// Settings: users and permissions.
    Access,
    /// Settings: the program and its database.
    System,
}

impl Group {
    /// The groups of the settings, in their order.
    pub const SETTINGS: [Self; 4] = [Self::Sources, Self::Alarms, Self::Access, Self::System];

    /// Returns the heading; empty for the top bar.
    pub fn title(self, locale: Locale) -> String {
        match self {
            Self::Bar => String::new(),
            Self::Sources => tr!(locale, settings.groups.sources),
            Self::Alarms => tr!(locale, settings.groups.alarms),
            Self::Access => tr!(locale, settings.groups.access),
            Self::System => tr!(locale, settings.groups.system),
        }
    }
}

/// A text in a language.
pub type Label = fn(Locale) -> String;

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct PageRow {
    /// The page.
    pub page: Page,
    /// The path without the base path; a part in braces matches any text.
    pub path: &'static str,
    /// The permission to see the page; `None` for the sign-in pages.
    pub permission: Option<Permission>,
    /// Whether the code of the page is in the second wasm file.
    pub is_lazy: bool,
    /// The navigation that lists the page, and its label there.
    pub listed: Option<(Group, Label)>,
}

impl PageRow {
    /// Returns whether to show a page to this viewer. The services would reject the viewer in any case, but headings and forms must not be
    /// shown either.
    pub fn is_for(&self, viewer: &Viewer) -> bool {
        self.permission.is_none_or(|permission| viewer.may(permission))
    }

    /// Returns the parts of the path.
    pub fn parts(&self) -> impl Iterator<Item = &'static str> {
        parts(self.path)
    }

    /// Returns the values of the path's parameters; `None` if the path belongs to another page.
    pub fn parameters<'path>(&self, path: &'path str) -> Option<Vec<(&'static str, &'path str)>> {
        let mut given = parts(path);
        let mut parameters = Vec::new();
        for part in self.parts() {
            let value = given.next()?;
            match parameter(part) {
                Some(name) => parameters.push((name, value)),
                None if part != value => return None,
                None => {}
            }
        }
        given.next().is_none().then_some(parameters)
    }

    /// Returns whether the page is listed in the settings.
    pub fn is_setting(&self) -> bool {
        self.listed.is_some_and(|(group, _)| group != Group::Bar)
    }
}

/// Returns the row that matches a path without the base path.
pub fn page_at(path: &str) -> Option<&'static PageRow> {
    PAGES.iter().find(|row| row.parameters(path).is_some())
}

/// Returns the name of a part that matches any text; `None` for other parts.
pub fn parameter(part: &'static str) -> Option<&'static str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

macro_rules! pages {
    ($($path:literal, $page:ident, $who:ident, $file:ident, $view:ident $(, in $group:ident as $($label:ident).+)?;)*) => {
        /// A page.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Page {
            $(#[doc = concat!("`", $path, "`")] $page,)*
        }

        /// All pages.
        pub const PAGES: &[PageRow] = &[$(PageRow {
            page: Page::$page,
            path: $path,
            permission: permission!($who),
            is_lazy: is_lazy!($file),
            listed: listed!($($group, $($label).+)?),
        }),*];

        impl Page {
            /// Returns the view of a page whose code is in the first wasm file.
            pub fn first_view(self) -> Option<AnyView> {
                match self {
                    $(Self::$page => view_in!(first, $file, $view),)*
                }
            }

            /// Returns the view of a page whose code is in the second wasm file.
            pub fn lazy_view(self) -> Option<AnyView> {
                match self {
                    $(Self::$page => view_in!(lazy, $file, $view),)*
                }
            }
        }
    };
}

macro_rules! permission {
    (Anyone) => {
        None
    };
    ($permission:ident) => {
        Some(Permission::$permission)
    };
}

macro_rules! is_lazy {
    (first) => {
        false
    };
    (lazy) => {
        true
    };
}

macro_rules! listed {
    () => {
        None
    };
    ($group:ident, $($label:ident).+) => {
        Some((Group::$group, |locale| tr!(locale, $($label).+)))
    };
}

macro_rules! view_in {
    (first, first, $view:ident) => {
        Some(view! { <$view /> }.into_any())
    };
    (lazy, lazy, $view:ident) => {
        Some(view! { <$view /> }.into_any())
    };
    ($wanted:ident, $file:ident, $view:ident) => {
        None
    };
}

// path, name, required permission, wasm file, component, and the navigation and label it is listed with. Each row is one line.
pages! {
    "/",                  Dashboard, ViewBackups,    first, DashboardPage,        in Bar as frame.dashboard;
    "/runs",              Runs,      ViewBackups,    lazy,  RunsPage,             in Bar as frame.runs;
    "/incidents",         Incidents, ViewBackups,    lazy,  IncidentsPage,        in Bar as frame.incidents;
    "/report",            Report,    ViewBackups,    lazy,  ReportPage,           in Bar as report.title;
    "/servers/{server}",  Server,    ViewBackups,    lazy,  ServerPage;
    "/servers/{server}/edit", ServerEdit, ManageServers, lazy, ServerEditPage;
    "/servers/{server}/labels", Labels, ManageMonitoring, lazy, LabelsPage;
    "/servers/{server}/schedule", ServerDefaults, ManageMonitoring, lazy, ServerDefaultsPage;
    "/groups/{group}",    GroupDefaults, ManageMonitoring, lazy, GroupDefaultsPage;
    "/jobs/{job}",        Job,       ViewBackups,    lazy,  JobPage;
    "/runs/{run}",        Run,       ViewBackups,    lazy,  RunPage;
    "/runs/{run}/raw",    RawReport, ViewBackups,    lazy,  RawReportPage;
    "/settings/keys",     Keys,      ViewIngestKeys, lazy,  KeysPage,             in Sources as settings.keys;
    "/rejected",          Rejected,  ViewRejected,   lazy,  RejectedReportsPage,  in Sources as frame.rejected;
    "/settings/import",   Import,    ViewDatabase,   lazy,  ImportPage,           in Sources as settings.import;
    "/settings/schedules", Schedules, ViewBackups,   lazy,  SchedulesPage,        in Alarms as settings.schedules;
    "/settings/schedules/edit", ChosenJobs, ManageMonitoring, lazy, ChosenPage;
    "/settings/schedules/all", SiteDefaults, ManageMonitoring, lazy, SiteDefaultsPage;
    "/settings/notifications", Channels, ViewSettings, lazy, ChannelsPage,        in Alarms as settings.notifications;
    "/settings/notifications/rules", NotificationRules, ViewSettings, lazy, RulesPage, in Alarms as settings.notification_rules;
    "/settings/notifications/history", NotificationHistory, ViewSettings, lazy, HistoryPage, in Alarms as settings.notification_history;
    "/settings/digests",  Digests,   ViewSettings,   lazy,  DigestsPage,          in Alarms as settings.digests;
    "/settings/templates", Templates, ViewSettings,  lazy,  TemplatesPage,        in Alarms as settings.templates;
    "/settings/sharing",  Sharing,   ManageSharedLinks,  lazy,  SharingPage,          in Alarms as settings.sharing;
    "/settings/users",    Users,     ViewUsers,      lazy,  UsersPage,            in Access as settings.users;
    "/settings/security", Security,  ViewSettings,   lazy,  SecurityOverviewPage, in Access as settings.security;
    "/settings/audit",    Audit,     ViewAudit,      lazy,  AuditPage,            in Access as settings.audit;
    "/settings/health",   Health,    ViewDatabase,   lazy,  HealthPage,           in System as settings.health;
    "/settings/database", Database,  ViewDatabase,   lazy,  DatabasePage,         in System as settings.database;
    "/settings/backups",  Backups,   ViewDatabase,   lazy,  BackupsPage,          in System as settings.backups;
    "/settings/tasks",    Tasks,     ViewDatabase,   lazy,  TasksPage,            in System as settings.tasks;
    "/settings/logs",     Logs,      ViewLogs,       lazy,  LogsPage,             in System as settings.logs;
    "/account",           Account,   OwnAccount,     lazy,  AccountPage;
    "/account/notifications", OwnNotifications, OwnAccount, lazy, OwnNotificationsPage;
    "/prove",             Prove,     OwnAccount,     lazy,  ConfirmPasswordPage;
    "/login",             SignIn,    Anyone,         lazy,  SignInPage;
    "/login/code",        Code,      Anyone,         lazy,  CodePage;
    "/snooze/{token}",    SnoozeLink, Anyone,        lazy,  SnoozeLinkPage;
    "/setup",             SetUp,     Anyone,         lazy,  SetUpPage;
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_page() {
        let page = |path| page_at(path).map(|row| row.page);
        assert_eq!(page("/"), Some(Page::Dashboard));
        assert_eq!(page(""), Some(Page::Dashboard));
        assert_eq!(page("/servers/3"), Some(Page::Server));
        assert_eq!(page("/servers/3/"), Some(Page::Server));
        assert_eq!(page("/servers/3/edit"), Some(Page::ServerEdit));
        assert_eq!(page("/servers"), None);
        assert_eq!(page("/servers/"), None);
        assert_eq!(page("/runs/1"), Some(Page::Run));
        assert_eq!(page("/runs/1/raw"), Some(Page::RawReport));
        assert_eq!(page("/runs/1/raw/more"), None);
        assert_eq!(page("/settings/keysmith"), None);
        assert_eq!(page("/login/code"), Some(Page::Code));
    }

    #[test]
    fn no_path_and_no_page_is_in_two_rows() {
        for (index, row) in PAGES.iter().enumerate() {
            let rest = &PAGES[index + 1..];
            assert!(rest.iter().all(|other| other.path != row.path && other.page != row.page), "{row:?}");
        }
    }

    #[test]
    fn a_listed_page_says_who_may_see_it() {
        for row in PAGES {
            assert!(row.listed.is_none() || row.permission.is_some(), "{row:?}");
        }
    }
}
