//! Many jobs, changed at once.

use duplistatus::{
    dto::schedules::{ChosenPage as Data, ChosenQuery, SchedulesQuery},
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{LabelServers, show_chosen},
    query::{PATH, chosen, path},
};
use crate::{
    context::page_query::use_page_query,
    features::monitoring::{
        api::{PauseJobs, ResumeJobs},
        pause::{PauseForm, ResumeButton},
        place::{Place, filter_words},
        schedule_form::ScheduleForm,
        windows::WindowForm,
    },
    locale::use_locale,
    tr,
    ui::{
        card::Card,
        form::{
            field::{SelectField, TextField},
            plain_form::{Failed, PlainForm, form_error},
        },
        link::Link,
        loaded::Loaded,
        notice::EmptyState,
        page_title::PageTitle,
    },
};

/// The page. It does not follow what is stored: what is being typed stays.
#[component]
pub fn ChosenPage() -> impl IntoView {
    let search = use_page_query();
    let page = Resource::new(
        move || chosen(&search.read()),
        |(query, list)| async move { show_chosen(query.clone()).await.map(|page| (query, list, page)) },
    );
    view! {
        <PageTitle text=tr!(use_locale(), schedules.many.title) />
        <Loaded
            data=page
            show=move |(query, list, page)| view! { <ChosenView query=query list=list page=page /> }
        />
    }
}

/// The page's content.
#[component]
pub fn ChosenView(
    /// What was chosen.
    query: ChosenQuery,
    /// What the list showed.
    list: SchedulesQuery,
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, jobs, names, servers, paused, form, zone, preview, choices } = page;
    let head = {
        let back = path(&list);
        view! {
            <header class="page-head">
                <div class="page-head-main">
                    <nav class="crumbs" aria-label=tr!(locale, server.crumbs)>
                        <Link to=back>{tr!(locale, schedules.title)}</Link>
                        <span aria-hidden="true">"/"</span>
                        <span aria-current="page">{tr!(locale, schedules.many.title)}</span>
                    </nav>
                    <h1>{tr!(locale, schedules.many.title)}</h1>
                </div>
            </header>
        }
    };
    if jobs.is_empty() {
        return view! {
            {head}
            <div class="card">
                <EmptyState title=tr!(locale, schedules.many.none)>
                    <p>{tr!(locale, schedules.many.none_what)}</p>
                    <Link to=PATH class="btn">
                        {tr!(locale, schedules.title)}
                    </Link>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let number = i64::try_from(jobs.len()).unwrap_or(i64::MAX);
    let of_servers = servers.len();
    let more = number - i64::try_from(names.len()).unwrap_or(0);
    let more =
        (more > 0).then(|| view! { <li class="muted">{tr!(locale, dashboard.more, count = more)}</li> });
    let names = names.into_iter().map(|(server, job)| view! { <li>{server} " / " {job}</li> });
    let names = names.collect_view();
    let place = match query.all {
        Some(_) => Place::All(list.clone(), number),
        None => Place::Jobs(jobs, list.clone()),
    };
    let failed = [PauseJobs::PATH, ResumeJobs::PATH].into_iter().find_map(form_error);
    let resume = (paused > 0).then(|| {
        view! {
            <p>{tr!(locale, schedules.many.paused, count = paused)}</p>
            <ResumeButton place=place.clone() />
        }
    });
    let schedule = view! {
        <ScheduleForm place=place.clone() form=form preview=preview edit=true zone=zone now=now />
    };
    let pause = view! { <PauseForm place=place.clone() /> };
    let window = view! { <WindowForm place=place /> };
    let acts = [
        ("", tr!(locale, schedules.form.keep)),
        ("set", tr!(locale, schedules.many.into_group)),
        ("none", tr!(locale, schedules.many.no_group)),
    ]
    .map(|(value, label)| (value.to_owned(), label));
    let in_use = match choices.tags.is_empty() {
        true => tr!(locale, labels.tags_hint),
        false => tr!(locale, labels.tags_in_use, tags = choices.tags.join(", ")),
    };
    let ids = servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let filter = filter_words(&list).map(|(name, value)| {
        view! { <input type="hidden" name=name value=value /> }
    });
    let filter = filter.collect_view();
    let jobs_words = tr!(locale, jobs, count = number);
    view! {
        {head}
        <section class="card chosen-jobs" aria-label=tr!(locale, schedules.many.which)>
            <h2>
                {tr!(
                    locale, schedules.many.of_servers, count = of_servers, jobs = jobs_words,
                    number = thousands(i64::try_from(of_servers).unwrap_or(0))
                )}
            </h2>
            <ul role="list">{names} {more}</ul>
        </section>
        {schedule}
        <div class="chosen-columns">
            <Card label=tr!(locale, job.pause.title) pad=true>
                <h2>{tr!(locale, job.pause.title)}</h2>
                {failed.map(|error| view! { <Failed error=error /> })}
                {resume}
                {pause}
            </Card>
            <Card label=tr!(locale, schedules.windows) pad=true>
                <h2>{tr!(locale, schedules.windows)}</h2>
                {window}
            </Card>
            <Card label=tr!(locale, labels.title) pad=true>
                <h2>{tr!(locale, labels.title)}</h2>
                <p class="muted small">{tr!(locale, schedules.many.labels_what, count = of_servers)}</p>
                <PlainForm path=LabelServers::PATH class="form">
                    <input type="hidden" name="servers" value=ids />
                    {filter}
                    <SelectField
                        name="act"
                        label=tr!(locale, labels.group)
                        options=acts.into()
                    />
                    <TextField
                        name="group"
                        label=tr!(locale, schedules.many.group_name)
                        offers=choices.groups
                        optional=true
                    />
                    <TextField name="add" label=tr!(locale, schedules.many.add) hint=in_use optional=true />
                    <TextField name="remove" label=tr!(locale, schedules.many.remove) optional=true />
                    <button type="submit" class="btn" data-variant="primary">
                        {tr!(locale, labels.save)}
                    </button>
                </PlainForm>
            </Card>
        </div>
    }
    .into_any()
}
