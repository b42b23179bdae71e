//! One job: how it is and why, when it should run, its slots, its trends, its checks and warnings, its history.

use duplistatus::{
    access::Permission,
    dto::{
        job::{JobPage as Data, JobQuery},
        server::ServerQuery,
    },
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_params_map;

use self::{
    api::{AcceptWarning, ExpectCheck, WithdrawWarning, show_job},
    checks::Checks,
    heading::Heading,
    incidents::Incidents,
    plan::Plan,
    slots::Slots,
    state::StateCard,
    warnings::Warnings,
};
use crate::{
    charts::{calendar::Calendar, cursor::Cursor},
    context::{page_query::use_page_query, viewer::use_viewer},
    features::{
        incidents::{api::HandleIncidents, done::Done},
        monitoring::{
            api::{DeleteWindow, PauseJobs, ResumeJobs},
            place::Place,
            schedule_form::ScheduleForm,
            wider::Wider,
        },
        server::{
            history::{History, scroll_to},
            query::day_path,
            summary::Summary,
            tools::Tools,
            trends::TrendGrid,
        },
    },
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::{Failed, form_error},
        loaded::Loaded,
        page_title::PageTitle,
    },
};

pub mod api;
mod checks;
mod heading;
mod incidents;
mod plan;
mod query;
mod slots;
mod state;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod warnings;
mod words;

/// The page.
#[component]
pub fn JobPage() -> impl IntoView {
    let (params, search) = (use_params_map(), use_page_query());
    // The query travels with its answer, so that a view never mixes one with another's data.
    let page = use_followed(
        move || query::read(&params.read(), &search.read()),
        |query| async move { show_job(query.clone()).await.map(|page| (query, page)) },
    );
    let cursor: Cursor = RwSignal::new(None);
    // Other links of the page do not name it, and must not close the form.
    let edited = StoredValue::new(None);
    // A link to the history of a day: the router looks for its place before it is there.
    Effect::new(move |shown: Option<Option<JobQuery>>| {
        let query = page.get().and_then(Result::ok).map(|(query, _)| query);
        if let Some(query) = &query
            && query.day.is_some()
            && shown.is_some_and(|shown| shown.as_ref() != Some(query))
        {
            request_animation_frame(scroll_to);
        }
        query
    });
    view! {
        <Loaded
            data=page
            show=move |(mut query, page): (JobQuery, Data)| {
                if query.edit {
                    edited.set_value(Some(page.job.id));
                }
                query.edit = edited.get_value() == Some(page.job.id);
                let title = tr!(use_locale(), job.title, server = &page.server_name, job = &page.job.name);
                view! {
                    <PageTitle text=title />
                    <JobView query=query page=page cursor=cursor />
                }
            }
        />
    }
}

/// Why a small form did not work: those that are folded or many do not say it themselves.
fn failed() -> impl IntoView {
    let paths = [
        PauseJobs::PATH,
        ResumeJobs::PATH,
        DeleteWindow::PATH,
        ExpectCheck::PATH,
        AcceptWarning::PATH,
        WithdrawWarning::PATH,
        HandleIncidents::PATH,
    ];
    paths.into_iter().find_map(form_error).map(|error| view! { <Failed error=error /> })
}

/// The page's content.
#[component]
pub fn JobView(
    /// What was asked for.
    query: JobQuery,
    /// The answer.
    page: Data,
    /// The crosshair of the charts.
    cursor: Cursor,
) -> impl IntoView {
    let locale = use_locale();
    let may_manage = use_viewer().may(Permission::ManageMonitoring);
    let may_handle = use_viewer().may(Permission::HandleIncidents);
    let (job, now) = (page.job.id, page.now);
    let group = page.group.as_ref().map(|(group, _)| *group);
    let wider = Wider { server: Some(page.server), group, may_manage };
    let shared = query::shared(&query, page.server);
    let missed = query.day.and_then(|day| page.trends.calendar.iter().find(|known| known.day == day));
    let missed = missed.map_or(0, |day| day.missed);
    let runs_of = {
        let shared = ServerQuery { page: 1, ..shared.clone() };
        move |day| day_path(query::path, &shared, day)
    };
    let form = may_manage.then(|| {
        view! { <ScheduleForm place=Place::Job(job) form=page.form.clone() preview=page.preview.clone()
        edit=query.edit zone=page.schedule.zone.clone() now=now /> }
    });
    view! {
        <Heading page=page.clone() may_manage=may_manage />
        {failed()}
        <Done now=now />
        <StateCard page=page.clone() may_handle=may_handle />
        <Plan page=page.clone() wider=wider />
        {form}
        <Slots job=job slots=page.slots.clone() has_schedule=page.schedule.rhythm.is_some() now=now />
        <Calendar
            days=page.trends.calendar.clone()
            first_run=page.trends.first_run
            title=tr!(locale, server.calendar)
            runs_of=runs_of
        />
        <Tools query=shared.clone() path=query::path />
        <Summary
            now=now
            statistics=page.statistics.clone()
            trends=page.trends.clone()
            range=query.range
            several=false
        />
        <TrendGrid
            query=shared.clone()
            trends=page.trends.clone()
            quota=page.statistics.quota.map(|(_, total)| total)
            last_run=page.statistics.last_run
            cursor=cursor
            path=query::path
        />
        <div class="job-columns">
            <Checks job=job checks=page.checks.clone() wider=wider now=now />
            <Warnings job=job warnings=page.warnings.clone() may_manage=may_manage now=now />
            <Incidents page=page.clone() />
        </div>
        <History query=shared runs=page.runs paging=page.paging missed=missed now=now path=query::path />
    }
}
