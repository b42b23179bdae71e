//! Who this server is, and how its backups are, in one sentence.

use duplistatus::{
    access::Permission,
    dto::{
        dashboard::JobRow,
        schedules::Defaults,
        server::{ServerPage as Data, worst},
        servers::ServerLabels,
        sharing::Subject,
    },
    ids::ServerId,
    units::short_version,
    verdict::Verdict,
};
use leptos::prelude::*;

use crate::{
    context::{url::with_query, viewer::use_viewer},
    locale::{Locale, use_locale},
    tr,
    ui::{badge::VerdictBadge, link::Link, relative_time::RelativeTime},
};

/// The state in one sentence: the worst first, then the rest if it is fine.
pub fn sentence(locale: Locale, jobs: &[JobRow]) -> String {
    let Some(worst) = worst(jobs) else { return tr!(locale, server.state.none) };
    if worst == Verdict::Ok {
        return tr!(locale, server.state.ok, count = jobs.len());
    }
    let bad: Vec<&JobRow> = jobs.iter().filter(|j| j.verdict == worst).collect();
    let fine = jobs.iter().filter(|j| j.verdict == Verdict::Ok).count();
    let text = match bad.as_slice() {
        [job] => one(locale, job),
        _ => many(locale, worst, bad.len(), jobs.len()),
    };
    if fine > 0 && fine + bad.len() == jobs.len() {
        tr!(locale, server.state.rest, count = fine, text = text)
    } else {
        text
    }
}

fn one(locale: Locale, job: &JobRow) -> String {
    let name = &job.name;
    match job.verdict {
        Verdict::Failed if job.failures == 2 => tr!(locale, server.state.one_failed_twice, job = name),
        Verdict::Failed if job.failures > 2 => {
            tr!(locale, server.state.one_failed_times, job = name, times = job.failures)
        }
        Verdict::Failed => tr!(locale, server.state.one_failed, job = name),
        Verdict::Late => tr!(locale, server.state.one_late, job = name),
        Verdict::Check => tr!(locale, server.state.one_check, job = name),
        Verdict::Stale => tr!(locale, server.state.one_stale, job = name),
        Verdict::New => tr!(locale, server.state.one_new, job = name),
        Verdict::Stuck => tr!(locale, server.state.one_stuck, job = name),
        Verdict::Paused => tr!(locale, server.state.one_paused, job = name),
        Verdict::Ok => tr!(locale, server.state.ok, count = 1),
    }
}

fn many(locale: Locale, verdict: Verdict, some: usize, jobs: usize) -> String {
    match verdict {
        Verdict::Failed => tr!(locale, server.state.many_failed, some = some, jobs = jobs),
        Verdict::Late => tr!(locale, server.state.many_late, some = some, jobs = jobs),
        Verdict::Check => tr!(locale, server.state.many_check, some = some, jobs = jobs),
        Verdict::Stale => tr!(locale, server.state.many_stale, some = some, jobs = jobs),
        Verdict::Stuck => tr!(locale, server.state.many_stuck, some = some, jobs = jobs),
        Verdict::Paused => tr!(locale, server.state.many_paused, some = some, jobs = jobs),
        Verdict::New | Verdict::Ok => tr!(locale, server.state.many_new, some = some, jobs = jobs),
    }
}

/// Whether an address is one of a page, and no script: a database that was restored can hold anything.
fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// The group and the tags, which lead to what else has them; and the way to change them.
#[component]
fn Labels(server: ServerId, labels: ServerLabels) -> impl IntoView {
    let locale = use_locale();
    let link = |parameter, name: String| {
        let to = with_query("/", [(parameter, name.clone())]);
        view! {
            <Link to=to class="tag">
                {name}
            </Link>
        }
        .into_any()
    };
    let edits = use_viewer().may(Permission::ManageMonitoring);
    let is_empty = labels.group.is_none() && labels.tags.is_empty();
    let group = labels.group.map(|group| {
        view! {
            <span class="muted small">{tr!(locale, labels.group)}</span>
            {link("group", group)}
        }
        .into_any()
    });
    let tags = labels.tags.into_iter().map(|tag| link("tag", tag)).collect_view();
    let edit = edits.then(|| {
        view! {
            <Link to=format!("/servers/{server}/labels") class="text-link small">
                {tr!(locale, labels.edit)}
            </Link>
            <Link to=Defaults::Server(server).path() class="text-link small">
                {tr!(locale, schedules.server_link)}
            </Link>
            <Link to=format!("/settings/sharing?about={}", Subject::Server(server)) class="text-link small">
                {tr!(locale, sharing.link)}
            </Link>
        }
        .into_any()
    });
    (edits || !is_empty).then(|| view! { <p class="server-labels">{group} {tags} {edit}</p> }.into_any())
}

/// Way back, name, facts, state.
#[component]
pub fn Heading(
    /// The page's data.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let state = sentence(locale, &page.jobs);
    let verdict = worst(&page.jobs).unwrap_or(Verdict::New);
    let labels = view! { <Labels server=page.id labels=page.labels.clone() /> }.into_any();
    let Data {
        now,
        id,
        name,
        alias,
        notes,
        duplicati_url,
        archived,
        last_seen,
        duplicati_version,
        operating_system,
        jobs,
        ..
    } = page;
    let may_edit = use_viewer().may(Permission::ManageServers);
    let edit = may_edit.then(|| {
        view! {
            <Link to=format!("/servers/{id}/edit") class="btn">
                {tr!(locale, server.edit)}
            </Link>
        }
    });
    let open = duplicati_url.filter(|url| is_web(url)).map(|url| {
        view! {
            <a class="btn" href=url target="_blank" rel="external noopener noreferrer">
                {tr!(locale, server.open_duplicati)} <span aria-hidden="true">" ↗"</span>
            </a>
        }
    });
    let archived = archived.map(|_| view! { " " <span class="tag">{tr!(locale, edit.archived)}</span> });
    let mut facts = Vec::new();
    if alias.is_some() {
        facts.push(name.clone());
    }
    facts.extend(operating_system);
    facts.extend(
        duplicati_version.map(|version| tr!(locale, server.duplicati, version = short_version(&version))),
    );
    facts.push(tr!(locale, common.jobs, count = jobs.len()));
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <nav class="crumbs" aria-label=tr!(locale, server.crumbs)>
                    <Link to="/">{tr!(locale, server.servers)}</Link>
                    <span aria-hidden="true">"/"</span>
                    <span aria-current="page">{name.clone()}</span>
                </nav>
                <h1>{alias.unwrap_or(name)} {archived}</h1>
                <p class="muted">
                    {facts.join(" · ")}
                    {last_seen
                        .map(|at| {
                            view! {
                                " · "
                                {tr!(locale, server.last_report)}
                                " "
                                <RelativeTime at=at now=now />
                            }
                        })}
                </p>
                {notes.map(|notes| view! { <p class="server-notes">{notes}</p> })}
                {labels}
            </div>
            <div class="server-side">
                <p class="page-head-state" data-wrap="true">
                    <VerdictBadge verdict=verdict text=state />
                </p>
                <p class="server-links">{edit} {open}</p>
            </div>
        </header>
    }
}
