//! The page of the link in a message. It says which jobs it is about, and does nothing until a button is pressed.

use duplistatus::dto::{
    Moment,
    snooze_link::{LinkPage, LinkedIncident},
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_params_map;

use self::api::{UseLink, show_link};
use crate::{
    context::url::href,
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{badge::verdict_word, form::plain_form::PlainForm, loaded::Loaded, page_title::PageTitle},
};

pub mod api;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page.
#[component]
pub fn SnoozeLinkPage() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let data =
        Resource::new(token, |token| async move { show_link(token.clone()).await.map(|page| (token, page)) });
    view! {
        <PageTitle text=tr!(use_locale(), snooze_link.title) />
        <Loaded data=data show=move |(token, page)| view! { <LinkView token=token page=page /> } />
    }
}

/// The page's content.
#[component]
pub fn LinkView(
    /// The token in the address.
    token: String,
    /// The answer.
    page: LinkPage,
) -> impl IntoView {
    let locale = use_locale();
    let LinkPage { now, incidents, more, is_open, expires } = page;
    let content = if incidents.is_empty() {
        view! {
            <p>{tr!(locale, snooze_link.expired)}</p>
            <p>
                <a class="btn" href=href("/incidents") rel="external">
                    {tr!(locale, snooze_link.sign_in)}
                </a>
            </p>
        }
        .into_any()
    } else {
        let is_one = incidents.len() == 1 && more == 0;
        let about = match incidents.as_slice() {
            [one] if is_one => tr!(locale, snooze_link.what, name = one.name.clone()),
            _ => tr!(locale, snooze_link.what_all, count = incidents.len() + more),
        };
        let about = is_open.then(|| view! { <p class="muted">{about}</p> });
        let rows = incidents.iter().map(|incident| row(locale, incident, now)).collect_view();
        let more =
            (more > 0).then(|| view! { <p class="muted">{tr!(locale, dashboard.more, count = more)}</p> });
        let rest = is_open.then(|| buttons(locale, token, is_one, (expires, now)));
        view! {
            {rows}
            {more}
            {about}
            {rest}
        }
        .into_any()
    };
    view! {
        <section class="card sign-in">
            <h1>{tr!(locale, snooze_link.title)}</h1>
            {content}
        </section>
    }
}

/// A job and its state, and what was done already.
fn row(locale: Locale, incident: &LinkedIncident, now: Moment) -> AnyView {
    let time = |at: Moment| calendar_time(locale, at, now);
    let mut lines = Vec::new();
    if let Some(used) = incident.used {
        lines.push(tr!(locale, snooze_link.done, time = time(used)));
    }
    if let Some(closed) = incident.closed {
        lines.push(tr!(locale, snooze_link.closed, time = time(closed)));
    } else if let Some(until) = incident.snoozed_until {
        lines.push(tr!(locale, snooze_link.snoozed, time = time(until)));
    } else if incident.is_acknowledged {
        lines.push(tr!(locale, snooze_link.acknowledged));
    }
    let lines = lines.into_iter().map(|line| view! { <p role="status">{line}</p> }.into_any());
    view! {
        <p>
            <strong>{incident.name.clone()}</strong>
            " · "
            {verdict_word(locale, incident.problem)}
            " "
            {tr!(locale, snooze_link.since, time = time(incident.since))}
        </p>
        {lines.collect_view()}
    }
    .into_any()
}

fn buttons(locale: Locale, token: String, is_one: bool, (expires, now): (Moment, Moment)) -> impl IntoView {
    let acknowledge =
        if is_one { tr!(locale, snooze_link.acknowledge) } else { tr!(locale, snooze_link.acknowledge_all) };
    view! {
        <PlainForm path=UseLink::PATH class="form">
            <input type="hidden" name="token" value=token />
            <button type="submit" class="btn" data-variant="primary" name="act" value="acknowledge">
                {acknowledge}
            </button>
            <p class="muted small">{tr!(locale, snooze_link.acknowledge_what)}</p>
            <button type="submit" class="btn" name="act" value="day">
                {tr!(locale, snooze_link.day)}
            </button>
            <button type="submit" class="btn" name="act" value="week">
                {tr!(locale, snooze_link.week)}
            </button>
            <p class="muted small">{tr!(locale, snooze_link.snooze_what)}</p>
        </PlainForm>
        <p class="muted small">{tr!(locale, snooze_link.expires, time = calendar_time(locale, expires, now))}</p>
    }
}
