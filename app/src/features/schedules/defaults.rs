//! What is set for a group, a server or everything.

use duplistatus::{
    dto::schedules::{Defaults, DefaultsPage as Data, DefaultsQuery},
    ids::{GroupId, ServerId},
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_params_map;

use super::{api::show_defaults, group::GroupForms, query::PATH};
use crate::{
    context::page_query::use_page_query,
    features::monitoring::{
        api::{DeleteWindow, PauseJobs, ResumeJobs},
        checks_form::ChecksForm,
        pause::{PauseForm, ResumeButton},
        place::Place,
        schedule_form::{ScheduleForm, read_form},
        wider::Wider,
        windows::Windows,
        words::origin_words,
    },
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        card::Card,
        form::plain_form::{Failed, form_error},
        link::Link,
        loaded::Loaded,
        page_title::PageTitle,
    },
};

/// The page of everything.
#[component]
pub fn SiteDefaultsPage() -> impl IntoView {
    page_of(|| Defaults::Site)
}

/// The page of a server.
#[component]
pub fn ServerDefaultsPage() -> impl IntoView {
    let params = use_params_map();
    // No server has the id 0: the service answers an unreadable one with "not found", status included.
    page_of(move || {
        Defaults::Server(params.read().get("server").and_then(|id| id.parse().ok()).unwrap_or(ServerId(0)))
    })
}

/// The page of a group.
#[component]
pub fn GroupDefaultsPage() -> impl IntoView {
    let params = use_params_map();
    page_of(move || {
        Defaults::Group(params.read().get("group").and_then(|id| id.parse().ok()).unwrap_or(GroupId(0)))
    })
}

/// The page. It does not follow what is stored: what is being typed stays.
fn page_of(of: impl Fn() -> Defaults + Copy + Send + Sync + 'static) -> AnyView {
    let search = use_page_query();
    let page =
        Resource::new(move || DefaultsQuery { of: of(), form: read_form(&search.read()) }, show_defaults);
    view! {
        <Loaded
            data=page
            show=move |page: Data| {
                view! {
                    <PageTitle text=title(use_locale(), &page) />
                    <DefaultsView page=page />
                }
            }
        />
    }
    .into_any()
}

fn title(locale: Locale, page: &Data) -> String {
    match page.of {
        Defaults::Site => tr!(locale, schedules.defaults.site),
        Defaults::Group(_) => tr!(locale, schedules.defaults.group, group = &page.name),
        Defaults::Server(_) => tr!(locale, schedules.defaults.server, server = &page.name),
    }
}

/// The page's content.
#[component]
pub fn DefaultsView(
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let title = title(locale, &page);
    let crumb_title = title.clone();
    let Data { now, of, name, jobs, servers, group, form, zone, preview, checks, pauses, windows } = page;
    let place = Place::Defaults(of);
    let wider = Wider { server: None, group: group.as_ref().map(|(group, _)| *group), may_manage: true };
    let crumb = match of {
        Defaults::Server(server) => {
            let name = name.clone();
            view! { <Link to=format!("/servers/{server}")>{name}</Link> }.into_any()
        }
        _ => view! { <Link to=PATH>{tr!(locale, schedules.title)}</Link> }.into_any(),
    };
    let what = match of {
        Defaults::Site => tr!(locale, schedules.defaults.site_what),
        Defaults::Group(_) => tr!(locale, schedules.defaults.group_what),
        Defaults::Server(_) => tr!(locale, schedules.defaults.server_what),
    };
    let in_group = group.map(|(group, name)| {
        view! {
            <p class="muted">
                {tr!(locale, schedules.defaults.in_group)} " "
                <Link to=Defaults::Group(group).path() class="text-link">
                    {name}
                </Link>
            </p>
        }
    });
    let number = tr!(
        locale,
        schedules.many.of_servers,
        count = servers,
        jobs = tr!(locale, jobs, count = jobs),
        number = thousands(servers)
    );
    let is_paused = pauses.iter().any(|pause| pause.origin == place.origin());
    let paused = pauses.into_iter().map(|pause| {
        let time = calendar_time(locale, pause.from, now);
        let until = pause.until.map(|until| {
            format!(" {}", tr!(locale, schedules.until, time = calendar_time(locale, until, now)))
        });
        let origin = origin_words(locale, pause.origin);
        let words = tr!(locale, job.why.paused, origin = origin, who = &pause.by, time = time);
        let reason = (!pause.reason.is_empty()).then(|| view! { " " <q>{pause.reason}</q> });
        view! { <p>{wider.said(Some(pause.origin), words)} {until} {reason}</p> }
    });
    let paused = paused.collect_view();
    let pause = match is_paused {
        true => view! { <ResumeButton place=place.clone() /> }.into_any(),
        false => view! { <PauseForm place=place.clone() /> }.into_any(),
    };
    let failed = [PauseJobs::PATH, ResumeJobs::PATH].into_iter().find_map(form_error);
    let not_deleted = form_error(DeleteWindow::PATH);
    let schedule = view! {
        <ScheduleForm place=place.clone() form=form preview=preview edit=true zone=zone now=now />
    };
    let of_group = match of {
        Defaults::Group(group) => Some(view! { <GroupForms group=group name=name servers=servers /> }),
        _ => None,
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <nav class="crumbs" aria-label=tr!(locale, server.crumbs)>
                    {crumb}
                    <span aria-hidden="true">"/"</span>
                    <span aria-current="page">{crumb_title}</span>
                </nav>
                <h1>{title}</h1>
                <p class="muted lead">{what} " " {number} "."</p>
                {in_group}
            </div>
        </header>
        {schedule}
        <div class="chosen-columns">
            <Card label=tr!(locale, job.pause.title) pad=true>
                <h2>{tr!(locale, job.pause.title)}</h2>
                {failed.map(|error| view! { <Failed error=error /> })}
                {paused}
                {pause}
            </Card>
            <Card label=tr!(locale, schedules.windows) pad=true>
                <h2>{tr!(locale, schedules.windows)}</h2>
                {not_deleted.map(|error| view! { <Failed error=error /> })}
                <Windows place=place wider=wider windows=windows may_manage=true now=now />
            </Card>
            <Card label=tr!(locale, job.checks.title) pad=true>
                <h2>{tr!(locale, job.checks.title)}</h2>
                <p class="muted small">{tr!(locale, schedules.defaults.checks)}</p>
                <ChecksForm of=of checks=checks />
            </Card>
        </div>
        {of_group}
    }
}
