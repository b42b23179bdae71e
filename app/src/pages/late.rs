//! Pages whose code the browser loads when it first shows one of them.
//!
//! The first visit is nearly always the dashboard's, so that page is in the main wasm file and all others share a
//! second one. One, because files for each page would share most of what they need, and the builder makes a file of
//! every combination that shares something.

use duplistatus::{
    access::Permission,
    dto::{
        Moment,
        dashboard::{Enclosed, Waiting},
    },
};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::ChooseView;

use super::{
    account::AccountPage,
    audit::AuditPage,
    backups::BackupsPage,
    dashboard::start::{Start, StartState},
    database::DatabasePage,
    health::HealthPage,
    import::ImportPage,
    keys::KeysPage,
    logs::LogsPage,
    rejected::RejectedReportsPage,
    run::{RawReportPage, RunPage},
    security::SecurityOverviewPage,
    server::ServerPage,
    sign_in::{CodePage, ProvePage, SetUpPage, SignInPage},
    tasks::TasksPage,
    users::PeoplePage,
};
use crate::{
    pages::not_found::NotFoundPage,
    visitor::{Visitor, use_visitor},
};

/// A page whose code is in the second file; the `view` of its route.
#[derive(Debug, Clone, Copy)]
pub enum LatePage {
    /// One server.
    Server,
    /// One run.
    Run,
    /// The raw report of a run.
    RawReport,
    /// Refused reports.
    Rejected,
    /// Ingest keys.
    Keys,
    /// One's own account.
    Account,
    /// The audit trail.
    Audit,
    /// The program's log.
    Logs,
    /// People.
    People,
    /// What is weak now.
    Security,
    /// How the program is.
    Health,
    /// Backups of the database.
    Backups,
    /// The database itself.
    Database,
    /// What the program does from time to time.
    Tasks,
    /// What comes from elsewhere.
    Import,
    /// Signing in.
    SignIn,
    /// The code of the second factor.
    Code,
    /// The first administrator.
    SetUp,
    /// The password, once more.
    Prove,
}

impl LatePage {
    /// Whether a page is for this visitor. It would be refused its data in any case; but what stands around them,
    /// headings and forms, is for nobody else either.
    fn is_for(self, visitor: &Visitor) -> bool {
        let permission = match self {
            Self::SignIn | Self::Code | Self::SetUp => return true,
            Self::Server | Self::Run | Self::RawReport => Permission::ViewBackups,
            Self::Rejected => Permission::ViewRejected,
            Self::Keys => Permission::ViewIngestKeys,
            Self::Account | Self::Prove => Permission::OwnAccount,
            Self::Audit => Permission::ViewAudit,
            Self::Logs => Permission::ViewLogs,
            Self::People => Permission::ViewUsers,
            Self::Security => Permission::ViewSettings,
            Self::Health | Self::Backups | Self::Database | Self::Tasks | Self::Import => {
                Permission::ViewDatabase
            }
        };
        visitor.may(permission)
    }

    /// Whether one of these pages answers this path, which has no base path in front. The server then tells the
    /// browser to load the second file at once.
    pub fn answers(path: &str) -> bool {
        ["/servers/", "/runs/", "/rejected", "/settings/", "/account", "/login", "/setup", "/prove"]
            .iter()
            .any(|start| path.starts_with(start))
    }
}

impl ChooseView for LatePage {
    async fn choose(self) -> AnyView {
        show_late(Late::Page(self)).await
    }

    async fn preload(&self) {
        if load().await.is_err() {
            without_code().await
        }
    }
}

/// The dashboard before the first server, which few visits see.
pub fn show_start(state: StartState, now: Moment, waiting: Option<Enclosed<Waiting>>) -> impl IntoView {
    Suspend::new(show_late(Late::Start(state, now, waiting)))
}

async fn show_late(what: Late) -> AnyView {
    match show(what).await.ok() {
        Some(view) => view,
        None => without_code().await,
    }
}

/// What the second file can show.
enum Late {
    Page(LatePage),
    Start(StartState, Moment, Option<Enclosed<Waiting>>),
}

/// The way into the second file: `load` fetches it, `show` runs in it. The only one, because each would have to be
/// loaded for itself before the page is taken over.
#[leptos::wasm_split::wasm_split(
    late_pages,
    wasm_split_path = ::leptos::wasm_split,
    preload(load),
    fallible
)]
fn show(what: Late) -> Result<AnyView, SplitLoaderError> {
    Ok(match what {
        Late::Page(page) if !page.is_for(&use_visitor()) => view! { <NotFoundPage /> }.into_any(),
        Late::Page(LatePage::Server) => view! { <ServerPage /> }.into_any(),
        Late::Page(LatePage::Run) => view! { <RunPage /> }.into_any(),
        Late::Page(LatePage::RawReport) => view! { <RawReportPage /> }.into_any(),
        Late::Page(LatePage::Rejected) => view! { <RejectedReportsPage /> }.into_any(),
        Late::Page(LatePage::Keys) => view! { <KeysPage /> }.into_any(),
        Late::Page(LatePage::Account) => view! { <AccountPage /> }.into_any(),
        Late::Page(LatePage::Audit) => view! { <AuditPage /> }.into_any(),
        Late::Page(LatePage::Logs) => view! { <LogsPage /> }.into_any(),
        Late::Page(LatePage::People) => view! { <PeoplePage /> }.into_any(),
        Late::Page(LatePage::Security) => view! { <SecurityOverviewPage /> }.into_any(),
        Late::Page(LatePage::Health) => view! { <HealthPage /> }.into_any(),
        Late::Page(LatePage::Backups) => view! { <BackupsPage /> }.into_any(),
        Late::Page(LatePage::Database) => view! { <DatabasePage /> }.into_any(),
        Late::Page(LatePage::Tasks) => view! { <TasksPage /> }.into_any(),
        Late::Page(LatePage::Import) => view! { <ImportPage /> }.into_any(),
        Late::Page(LatePage::SignIn) => view! { <SignInPage /> }.into_any(),
        Late::Page(LatePage::Code) => view! { <CodePage /> }.into_any(),
        Late::Page(LatePage::SetUp) => view! { <SetUpPage /> }.into_any(),
        Late::Page(LatePage::Prove) => view! { <ProvePage /> }.into_any(),
        Late::Start(state, now, waiting) => {
            let waiting = waiting.and_then(|waiting| waiting.open()).unwrap_or_default();
            view! { <Start state=state now=now waiting=waiting /> }.into_any()
        }
    })
}

/// Loads the second file if the page that the server rendered needs it. When that fails, the page is best left as it
/// is: whole, and usable as it is without JavaScript.
#[cfg(feature = "hydrate")]
pub async fn is_ready_for(base: &str) -> bool {
    let path = location().pathname().unwrap_or_default();
    let has_start = document().query_selector(".start").is_ok_and(|found| found.is_some());
    let is_late = has_start || path.strip_prefix(base).is_some_and(LatePage::answers);
    !is_late || load().await.is_ok()
}

/// Called when the second file cannot be loaded, as when the program was updated after this page was opened: lets the
/// server show the page instead. Never returns, because there is nothing that could be shown here.
async fn without_code<T>() -> T {
    #[cfg(feature = "hydrate")]
    ask_server(&leptos_router::hooks::use_url().get_untracked());
    std::future::pending().await
}

/// Leaves for this page of our own by a request, as a link does without JavaScript.
#[cfg(feature = "hydrate")]
fn ask_server(url: &leptos_router::location::Url) {
    let query = if url.search().is_empty() { String::new() } else { format!("?{}", url.search()) };
    let here = location();
    // Back and forward change the address first, and going where we are would load nothing.
    let _left = if here.pathname().as_deref() == Ok(url.path()) {
        here.reload()
    } else {
        here.set_href(&format!("{}{query}{}", url.path(), url.hash()))
    };
}
