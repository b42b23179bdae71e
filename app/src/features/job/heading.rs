//! Which job this is, and what can be done about it.

use duplistatus::{
    dto::{job::JobPage as Data, sharing::Subject},
    units::thousands,
};
use leptos::prelude::*;

use super::query::edit_path;
use crate::{
    features::monitoring::{pause::PauseMenu, place::Place},
    locale::use_locale,
    tr,
    ui::{link::Link, relative_time::RelativeTime},
};

/// Way back, name, facts, actions.
#[component]
pub fn Heading(
    /// The page's data.
    page: Data,
    /// Whether the viewer may set anything.
    may_manage: bool,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, server, server_name, job, pauses, .. } = page;
    let verified = job.verification.map(|verification| {
        let result = match (verification.failed, verification.damaged) {
            (false, _) => tr!(locale, server.verified.well),
            (true, Some(files)) => {
                tr!(locale, server.verified.damaged, count = files, number = thousands(files))
            }
            (true, None) => tr!(locale, server.verified.failed),
        };
        view! {
            <span class="job-verified" data-failed=verification.failed.then_some("true")>
                " · "
                {tr!(locale, server.verified.when)}
                " "
                <RelativeTime at=verification.at now=now />
                ": "
                {result}
            </span>
        }
    });
    let versions = job.versions.map(|count| format!(" · {}", tr!(locale, common.versions, count = count)));
    let actions = may_manage.then(|| {
        view! {
            <div class="job-actions">
                <PauseMenu place=Place::Job(job.id) pauses=pauses />
                <Link to=format!("/settings/sharing?about={}", Subject::Job(job.id)) class="btn">
                    {tr!(locale, sharing.link)}
                </Link>
                <Link to=edit_path(job.id) class="btn">
                    {tr!(locale, job.edit_schedule)}
                </Link>
            </div>
        }
    });
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <nav class="crumbs" aria-label=tr!(locale, server.crumbs)>
                    <Link to="/">{tr!(locale, server.servers)}</Link>
                    <span aria-hidden="true">"/"</span>
                    <Link to=format!("/servers/{server}")>{server_name}</Link>
                    <span aria-hidden="true">"/"</span>
                    <span aria-current="page">{job.name.clone()}</span>
                </nav>
                <h1>{job.name}</h1>
                <p class="muted">
                    {tr!(locale, common.runs, count = job.runs)}
                    {versions}
                    {verified}
                </p>
            </div>
            {actions}
        </header>
    }
}
