//! One channel.

use duplistatus::dto::{Moment, channel::ChannelRow};
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
    let topics: Vec<String> = row.topics.iter().rev().map(|topic| topic_word(locale, *topic)).collect();
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
                <p class="muted small">{tr!(locale, channels.told_about, events = topics.join(", "))}</p>
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
            view! { <strong>{tr!(locale, channels.state.test_worked)}</strong> }.into_any()
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
    let fields = view! { <ChannelFields kind=row.kind.clone() row=Some(row.clone()) /> };
    view! {
        <div class="channel-actions">
            <PlainForm path=TestChannel::PATH quiet=true>
                {test} <button type="submit" class="btn">
                    {tr!(locale, channels.test)}
                    <span class="visually-hidden">" " {name}</span>
                </button>
            </PlainForm>
            <Disclosure label=tr!(locale, channels.edit) about=edited class="channel-edit">
                {fields}
            </Disclosure>
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
