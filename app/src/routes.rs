//! Which page answers which path.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    base_path::use_base_path,
    live::provide_live,
    pages::{dashboard::DashboardPage, late::LatePage, not_found::NotFoundPage},
    ui::frame::Frame,
};

/// The application: frame, routes, live updates.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_live();
    let base = use_base_path();
    view! {
        <Router base=base.as_str().to_owned()>
            <Frame>
                // Full HTML before any script runs: the whole page waits for its data.
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/") view=DashboardPage ssr=SsrMode::Async />
                    <Route path=path!("/servers/:server") view=LatePage::Server ssr=SsrMode::Async />
                    <Route path=path!("/runs/:run") view=LatePage::Run ssr=SsrMode::Async />
                    <Route path=path!("/runs/:run/raw") view=LatePage::RawReport ssr=SsrMode::Async />
                    <Route path=path!("/rejected") view=LatePage::Rejected ssr=SsrMode::Async />
                    <Route path=path!("/settings/keys") view=LatePage::Keys ssr=SsrMode::Async />
                    <Route path=path!("/account") view=LatePage::Account ssr=SsrMode::Async />
                    <Route path=path!("/settings/audit") view=LatePage::Audit ssr=SsrMode::Async />
                    <Route path=path!("/settings/logs") view=LatePage::Logs ssr=SsrMode::Async />
                    <Route path=path!("/settings/users") view=LatePage::People ssr=SsrMode::Async />
                    <Route path=path!("/settings/security") view=LatePage::Security ssr=SsrMode::Async />
                    <Route path=path!("/settings/health") view=LatePage::Health ssr=SsrMode::Async />
                    <Route path=path!("/settings/backups") view=LatePage::Backups ssr=SsrMode::Async />
                    <Route path=path!("/settings/database") view=LatePage::Database ssr=SsrMode::Async />
                    <Route path=path!("/settings/tasks") view=LatePage::Tasks ssr=SsrMode::Async />
                    <Route path=path!("/settings/import") view=LatePage::Import ssr=SsrMode::Async />
                    <Route path=path!("/login") view=LatePage::SignIn ssr=SsrMode::Async />
                    <Route path=path!("/login/code") view=LatePage::Code ssr=SsrMode::Async />
                    <Route path=path!("/prove") view=LatePage::Prove ssr=SsrMode::Async />
                    <Route path=path!("/setup") view=LatePage::SetUp ssr=SsrMode::Async />
                </FlatRoutes>
            </Frame>
        </Router>
    }
}
