//! Incidents: what is or was wrong, since when, and who has taken note.

use duplistatus::{
    access::Permission,
    dto::incidents::{IncidentFilter, IncidentPage as Data, IncidentQuery},
    units::thousands,
    verdict::Verdict,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    api::{HandleIncidents, list_incidents},
    done::Done,
    group::grouped,
    item::IncidentItem,
    query::{from_params, to_path},
};
use crate::{
    context::{page_query::use_page_query, viewer::use_viewer},
    live::use_followed,
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::verdict_word,
        filter::{Chip, Segment, Segmented},
        form::{failure::entered, field::TextField, plain_form::PlainForm},
        icon::{Shape, verdict_tone},
        keyed::keyed,
        loaded::Loaded,
        notice::EmptyState,
        page_title::PageTitle,
        pager::Pager,
    },
};

pub mod api;
pub(super) mod done;
mod group;
pub(super) mod item;
pub(super) mod query;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub(super) mod words;

/// For how long an incident can be snoozed: hours.
const SNOOZES: [i64; 4] = [1, 4, 24, 168];

/// The page.
#[component]
pub fn IncidentsPage() -> impl IntoView {
    let search = use_page_query();
    let query = Memo::new(move |_| from_params(&search.read()));
    let incidents = use_followed(move || query.get(), list_incidents);
    view! {
        <PageTitle text=tr!(use_locale(), incidents.title) />
        <Loaded data=incidents show=move |page| view! { <IncidentsView page=page query=query.get() /> } />
    }
}

/// The page's content.
#[component]
pub fn IncidentsView(
    /// The answer.
    page: Data,
    /// What was asked for.
    query: IncidentQuery,
) -> impl IntoView {
    let locale = use_locale();
    let chooses = query.filter != IncidentFilter::Closed && use_viewer().may(Permission::HandleIncidents);
    let states = IncidentFilter::ALL
        .map(|filter| Segment {
            label: format!("{} {}", filter_word(locale, filter), thousands(page.count(filter))),
            to: to_path(&IncidentQuery { filter, page: 1, ..query.clone() }),
            current: query.filter == filter,
        })
        .into();
    let to = {
        let query = query.clone();
        move |page: i64| to_path(&IncidentQuery { page, ..query.clone() })
    };
    let Data { now, rows, paging, .. } = page;
    let is_empty = rows.is_empty();
    let filter = query.filter;
    let list = move || {
        if is_empty {
            view! {
                <div class="card">
                    <EmptyState title=empty_title(locale, filter)>
                        <p>{tr!(locale, incidents.empty_what)}</p>
                    </EmptyState>
                </div>
            }
            .into_any()
        } else {
            let items = keyed(
                grouped(rows),
                |group| group.first.id,
                move |group| view! { <IncidentItem group=group now=now chooses=chooses /> },
            );
            view! {
                <ul class="incidents" role="list">
                    {items}
                </ul>
            }
            .into_any()
        }
    };
    let list = if chooses && !is_empty {
        view! {
            <PlainForm path=HandleIncidents::PATH class="incidents-form">
                {handle(locale)}
                {list()}
            </PlainForm>
        }
        .into_any()
    } else {
        list()
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, incidents.title)}</h1>
                <p class="muted lead">{tr!(locale, incidents.what)}</p>
            </div>
        </header>
        <div class="tools">
            <Segmented label=tr!(locale, incidents.states) choices=states />
            {problems(locale, &query)}
        </div>
        <Done now=now />
        {list}
        <Pager paging=paging to=to />
    }
}

fn filter_word(locale: Locale, filter: IncidentFilter) -> String {
    match filter {
        IncidentFilter::Open => tr!(locale, incidents.filter.open),
        IncidentFilter::Acknowledged => tr!(locale, incidents.filter.acknowledged),
        IncidentFilter::Closed => tr!(locale, incidents.filter.closed),
    }
}

fn empty_title(locale: Locale, filter: IncidentFilter) -> String {
    match filter {
        IncidentFilter::Open => tr!(locale, incidents.empty.open),
        IncidentFilter::Acknowledged => tr!(locale, incidents.empty.acknowledged),
        IncidentFilter::Closed => tr!(locale, incidents.empty.closed),
    }
}

/// A chip for each problem; the one that is chosen leads back to all.
fn problems(locale: Locale, query: &IncidentQuery) -> impl IntoView + use<> {
    let chips = Verdict::ALL.into_iter().filter(|verdict| verdict.needs_attention()).map(|verdict| {
        let current = query.problem == Some(verdict);
        let to = to_path(&IncidentQuery { problem: (!current).then_some(verdict), page: 1, ..query.clone() });
        view! {
            <li>
                <Chip to=to current=current shape=Shape::of_verdict(verdict) tone=verdict_tone(verdict)>
                    {verdict_word(locale, verdict)}
                </Chip>
            </li>
        }
    });
    view! {
        <ul class="chips" role="list" aria-label=tr!(locale, incidents.problems)>
            {chips.collect_view()}
        </ul>
    }
}

/// What is done to those that are chosen.
fn handle(locale: Locale) -> impl IntoView {
    view! {
        <fieldset class="card incidents-handle">
            <legend>{tr!(locale, incidents.handle.title)}</legend>
            <TextField name="note" id="incident-note" label=tr!(locale, incidents.handle.note) optional=true />
            <button type="submit" class="btn" data-variant="primary" name="act" value="acknowledge">
                {tr!(locale, incidents.handle.acknowledge)}
            </button>
            <div class="incidents-field">
                <label for="incident-hours">{tr!(locale, incidents.handle.for_how_long)}</label>
                <select class="field" id="incident-hours" name="hours">
                    {snooze_options(locale)}
                </select>
            </div>
            <button type="submit" class="btn" name="act" value="snooze">
                {tr!(locale, incidents.handle.snooze)}
            </button>
            <button type="submit" class="btn" name="act" value="note">
                {tr!(locale, incidents.handle.save_note)}
            </button>
            <button type="submit" class="btn" name="act" value="close">
                {tr!(locale, incidents.handle.close)}
            </button>
        </fieldset>
    }
}

/// For how long an incident can be snoozed.
pub(super) fn snooze_options(locale: Locale) -> impl IntoView {
    let chosen = entered("hours");
    let option = |hours: i64| {
        let label = match hours {
            168 => tr!(locale, incidents.handle.week),
            24 => tr!(locale, incidents.handle.day),
            hours => tr!(locale, incidents.handle.hours, count = hours),
        };
        let (value, is_chosen) = (hours.to_string(), chosen == Some(hours.to_string()));
        view! { <option value=value selected=is_chosen>{label}</option> }
    };
    SNOOZES.map(option).collect_view()
}
