//! The list of servers with their jobs: one table, one body for each server.

use duplistatus::{
    dto::{Moment, dashboard::ServerGroup},
    verdict::Verdict,
};
use leptos::prelude::*;

use crate::{
    context::url::href,
    features::job_table::{columns::JobColumns, row::JobTableRow},
    locale::{Locale, use_locale},
    tr,
    ui::{badge::VerdictBadge, keyed::keyed, relative_time::RelativeTime},
};

/// What is worst on a server, in a few words.
fn server_words(locale: Locale, group: &ServerGroup) -> String {
    let (count, jobs) = (group.worst_count, group.jobs_total);
    let only = jobs <= 1;
    match group.worst {
        None => tr!(locale, dashboard.server.none),
        Some(Verdict::Ok) => tr!(locale, dashboard.server.all_ok),
        Some(Verdict::Failed) if only => tr!(locale, dashboard.server.failed_only),
        Some(Verdict::Failed) => {
            tr!(locale, dashboard.server.failed, count = count, jobs = jobs_words(locale, jobs))
        }
        Some(Verdict::Late) if only => tr!(locale, dashboard.server.late_only),
        Some(Verdict::Late) => {
            tr!(locale, dashboard.server.late, count = count, jobs = jobs_words(locale, jobs))
        }
        Some(Verdict::Check) if only => tr!(locale, dashboard.server.check_only),
        Some(Verdict::Check) => {
            tr!(locale, dashboard.server.check, count = count, jobs = jobs_words(locale, jobs))
        }
        Some(Verdict::Stale) if only => tr!(locale, dashboard.server.stale_only),
        Some(Verdict::Stale) => {
            tr!(locale, dashboard.server.stale, count = count, jobs = jobs_words(locale, jobs))
        }
        Some(Verdict::Stuck) if only => tr!(locale, dashboard.server.stuck_only),
        Some(Verdict::Stuck) => {
            tr!(locale, dashboard.server.stuck, count = count, jobs = jobs_words(locale, jobs))
        }
        Some(Verdict::Paused) if only => tr!(locale, dashboard.server.paused_only),
        Some(Verdict::Paused) => {
            tr!(locale, dashboard.server.paused, count = count, jobs = jobs_words(locale, jobs))
        }
        Some(Verdict::New) if only => tr!(locale, dashboard.server.new_only),
        Some(Verdict::New) => {
            tr!(locale, dashboard.server.new_jobs, count = count, jobs = jobs_words(locale, jobs))
        }
    }
}

fn jobs_words(locale: Locale, jobs: i64) -> String {
    tr!(locale, common.jobs, count = jobs)
}

/// One server: its heading and its jobs.
#[component]
fn ServerBody(
    /// The server.
    group: ServerGroup,
    /// When the data was asked for.
    now: Moment,
    /// Where a tag leads to.
    tag_path: impl Fn(&str) -> String,
) -> impl IntoView {
    let locale = use_locale();
    let words = server_words(locale, &group);
    let ServerGroup { id, name, alias, tags, worst, last_seen, jobs, .. } = group;
    let tags = tags
        .into_iter()
        .map(|tag| {
            let to = tag_path(&tag);
            view! {
                <a class="tag" href=href(&to) data-noscroll="true">
                    {tag}
                </a>
            }
            .into_any()
        })
        .collect_view();
    let (title, second) = match alias {
        Some(alias) if !alias.is_empty() => (alias, Some(name)),
        _ => (name, None),
    };
    let no_jobs = jobs.is_empty();
    let rows = keyed(jobs, |job| job.id, move |job| view! { <JobTableRow server=id job=job now=now /> });
    view! {
        <tbody role="rowgroup">
            <tr class="server" role="row">
                <th scope="rowgroup" colspan="9" role="rowheader">
                    <div class="server-head">
                        <a class="server-name" href=href(&format!("/servers/{id}"))>
                            {title}
                        </a>
                        {second.map(|name| view! { <span class="muted">{name}</span> }.into_any())}
                        {tags}
                        <span class="grow"></span>
                        <VerdictBadge verdict=worst.unwrap_or(Verdict::New) text=words />
                    </div>
                </th>
            </tr>
            {rows}
            {no_jobs
                .then(|| {
                    view! {
                        <tr role="row">
                            <td colspan="9" role="cell" class="muted no-jobs">
                                {tr!(locale, dashboard.table.no_jobs)}
                                {last_seen.map(|at| view! { " · "<RelativeTime at=at now=now /> }.into_any())}
                            </td>
                        </tr>
                    }.into_any()
                })}
        </tbody>
    }
}

/// The table.
#[component]
pub fn ServerTable(
    /// The servers, in their order.
    servers: Vec<ServerGroup>,
    /// When the data was asked for.
    now: Moment,
    /// Where a tag leads to.
    tag_path: impl Fn(&str) -> String + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let locale = use_locale();
    let bodies = keyed(
        servers,
        |group| group.id,
        move |group| view! { <ServerBody group=group now=now tag_path=tag_path.clone() /> },
    );
    view! {
        // The roles are the elements' own: on a phone the style sheet turns rows into cards, and browsers forget them.
        <table class="table jobs" role="table">
            <caption class="visually-hidden">{tr!(locale, dashboard.table.caption)}</caption>
            <JobColumns />
            {bodies}
        </table>
    }
}
