//! Where the person is signed in.

use duplistatus::dto::{Moment, account::SessionRow};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{EndOtherSessions, EndSession},
    completed::{Completed, Part},
    device::device_words,
    section::Section,
};
use crate::{
    context::base_path::use_base_path,
    format::time::calendar_time,
    locale::use_locale,
    tr,
    ui::badge::Badge,
    ui::{
        form::plain_form::{Failed, PlainForm, form_error},
        icon::Shape,
        keyed::keyed,
        relative_time::RelativeTime,
    },
};

/// The section.
#[component]
pub fn SessionsSection(
    /// The sessions, last used first.
    sessions: Vec<SessionRow>,
    /// When the data was asked for.
    now: Moment,
    /// What was done on the page.
    done: Option<Completed>,
) -> impl IntoView {
    let locale = use_locale();
    let others = sessions.iter().any(|session| !session.current);
    let rows =
        keyed(sessions, |session| session.id, move |session| view! { <Session session=session now=now /> });
    let end = if others {
        view! {
            <PlainForm path=EndOtherSessions::PATH at=Part::Sessions.id()>
                <button type="submit" class="btn" data-variant="danger">
                    {tr!(locale, account.sessions.end_others)}
                </button>
            </PlainForm>
        }
        .into_any()
    } else {
        view! { <p class="muted small">{tr!(locale, account.sessions.alone)}</p> }.into_any()
    };
    view! {
        <Section part=Part::Sessions done=done>
            <p class="muted">{tr!(locale, account.sessions.what)}</p>
            // Once above the list, and not in the form of every row.
            {form_error(EndSession::PATH).map(|error| view! { <Failed error=error /> })}
            <ul class="account-rows" role="list">
                {rows}
            </ul>
            {end}
        </Section>
    }
}

/// One session.
#[component]
fn Session(
    /// The session.
    session: SessionRow,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let SessionRow { id, current, device, address, created, last_seen, .. } = session;
    let name = device_words(locale, &device);
    let began = tr!(locale, account.sessions.began, when = calendar_time(locale, created, now));
    let action = EndSession::PATH;
    let end = (!current).then(|| {
        let label = tr!(locale, account.sessions.end_named, device = name.clone());
        view! {
            <form method="post" action=use_base_path().url(&format!("{action}#{}", Part::Sessions.id()))>
                <input type="hidden" name="session" value=id.to_string() />
                <button type="submit" class="btn" aria-label=label>
                    {tr!(locale, account.sessions.end)}
                </button>
            </form>
        }
    });
    view! {
        <li>
            <div class="account-row">
                <p class="account-row-name" title=device>
                    {name}
                    {current
                        .then(|| {
                            view! {
                                <Badge word=tr!(locale, account.sessions.this) shape=Shape::Tick tone="ok" />
                            }
                        })}
                </p>
                <p class="muted small">
                    {address} " · " {began} " · " {tr!(locale, account.sessions.used)} " "
                    <RelativeTime at=last_seen now=now />
                </p>
            </div>
            {end}
        </li>
    }
}
