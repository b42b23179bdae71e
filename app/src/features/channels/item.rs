//! One channel.

use duplistatus::{
    dto::{
        Moment,
        channel::{ChannelForm, ChannelRow, PhoneLink},
    },
    topic::Topic,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{DeleteChannel, TestChannel},
    form::ChannelFields,
    words::{kind_word, topic_word},
};
use crate::{
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        disclosure::Disclosure,
        form::plain_form::PlainForm,
        icon::{Icon, Shape},
        relative_time::RelativeTime,
    },
};

/// What it is, whether it works, and what can be done with it.
#[component]
pub fn ChannelItem(
    /// The channel.
    row: ChannelRow,
    /// The time of the data.
    now: Moment,
    /// Whether a test message was sent a moment ago.
    was_tested: bool,
    /// Whether the viewer may change it.
    may_change: bool,
) -> impl IntoView {
    let locale = use_locale();
    let (shape, tone) = shape_and_tone(&row);
    let topics: Vec<String> = Topic::listed()
        .filter(|topic| row.topics.contains(topic))
        .map(|topic| topic_word(locale, topic))
        .collect();
    let told = if row.form.kind == "heartbeat" {
        tr!(locale, channels.pings, minutes = row.form.minutes.clone())
    } else if topics.is_empty() {
        tr!(locale, channels.by_rules)
    } else {
        tr!(locale, channels.told_about, events = topics.join(", "))
    };
    let actions = may_change.then(|| actions(locale, &row));
    view! {
        <li class="card channel" id=format!("channel-{}", row.id)>
            <span class="disc" data-tone=tone>
                <Icon shape=shape />
            </span>
            <div class="channel-text">
                <h2>{row.name.clone()}</h2>
                <p class="muted channel-target">{kind_word(locale, &row.kind)} " · " {row.target.clone()}</p>
                <p role=was_tested.then_some("status")>{state(locale, &row, now, was_tested)}</p>
                <p class="muted small">{told}</p>
            </div>
            {actions}
        </li>
    }
}

fn shape_and_tone(row: &ChannelRow) -> (Shape, &'static str) {
    if row.failing_since.is_some() {
        (Shape::Cross, "fail")
    } else if !row.is_enabled {
        (Shape::Pause, "idle")
    } else if row.delivered.is_some() {
        (Shape::Tick, "ok")
    } else {
        (Shape::Question, "idle")
    }
}

fn state(locale: Locale, row: &ChannelRow, now: Moment, was_tested: bool) -> AnyView {
    match (row.failing_since, row.delivered) {
        (Some(since), _) => {
            let why = row.failure.clone().unwrap_or_default();
            let text = if was_tested {
                tr!(locale, channels.state.test_failed, why = why)
            } else {
                tr!(locale, channels.state.failing, time = calendar_time(locale, since, now), why = why)
            };
            view! { <strong>{text}</strong> }.into_any()
        }
        (None, Some(_)) if was_tested => {
            let answer = row.tested.clone().unwrap_or_default();
            view! {
                <strong>{tr!(locale, channels.state.test_worked)}</strong>
                " "
                <span class="muted notification-answer">{tr!(locale, channels.state.answer, answer = answer)}</span>
            }
            .into_any()
        }
        _ if !row.is_enabled => tr!(locale, channels.state.off).into_any(),
        (None, Some(at)) => {
            view! { {tr!(locale, channels.state.delivered)} " " <RelativeTime at=at now=now /> }.into_any()
        }
        (None, None) => tr!(locale, channels.state.untried).into_any(),
    }
}

fn actions(locale: Locale, row: &ChannelRow) -> impl IntoView + use<> {
    let id = row.id.to_string();
    let [name, edited, deleted] = [(); 3].map(|()| row.name.clone());
    let hidden = move || {
        let id = id.clone();
        view! { <input type="hidden" name="channel" value=id /> }
    };
    let (test, delete) = (hidden(), hidden());
    let what = tr!(locale, channels.delete_what, name = name.clone());
    let form = ChannelForm {
        name: row.name.clone(),
        topics: row.topics.clone(),
        delay: row.delay / 60,
        allows_private: row.allows_private,
        is_enabled: row.is_enabled,
        ..row.form.clone()
    };
    // The row of a damaged channel has no kind, and no form could change it.
    let id = row.id;
    let fields =
        (!form.kind.is_empty()).then_some(move || view! { <ChannelFields channel=Some(id) form=form /> });
    let phone = row.phone.clone().map(|link| phone(locale, link, row.name.clone()));
    view! {
        <div class="channel-actions">
            <PlainForm path=TestChannel::PATH quiet=true>
                {test} <button type="submit" class="btn">
                    {tr!(locale, channels.test)}
                    <span class="visually-hidden">" " {name}</span>
                </button>
            </PlainForm>
            {fields
                .map(|fields| {
                    view! {
                        <Disclosure label=tr!(locale, channels.edit) about=edited class="channel-edit">
                            {fields()}
                        </Disclosure>
                    }
                })}
            {phone}
            <Disclosure label=tr!(locale, channels.delete) about=deleted.clone()>
                <PlainForm path=DeleteChannel::PATH quiet=true>
                    <p>{what}</p>
                    {delete}
                    <input type="hidden" name="name" value=deleted />
                    <button type="submit" class="btn" data-variant="danger">
                        {tr!(locale, channels.delete_now)}
                    </button>
                </PlainForm>
            </Disclosure>
        </div>
    }
}

/// How a phone subscribes.
fn phone(locale: Locale, link: PhoneLink, about: String) -> impl IntoView {
    let PhoneLink { url, qr_size, qr_path } = link;
    let text = url.clone();
    view! {
        <Disclosure label=tr!(locale, channels.phone.title) about=about class="channel-phone">
            <p>{tr!(locale, channels.phone.what)}</p>
            <svg
                class="qr"
                viewBox=format!("0 0 {qr_size} {qr_size}")
                role="img"
                aria-label=tr!(locale, channels.phone.qr)
                shape-rendering="crispEdges"
            >
                <path d=qr_path></path>
            </svg>
            <p>
                <a class="text-link channel-target" href=url rel="external">
                    {text}
                </a>
            </p>
        </Disclosure>
    }
}
