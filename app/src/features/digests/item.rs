//! One digest.

use duplistatus::dto::{
    Moment,
    digest::{DigestPreview, DigestRow},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{DeleteDigest, SendDigest},
    form::{Choices, DigestFields},
    words::schedule_words,
};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        disclosure::Disclosure,
        form::plain_form::PlainForm,
        icon::{Icon, Shape},
        link::Link,
        relative_time::LocalTime,
    },
};

/// What it is about, when it is sent, what became of the last one, and what can be done with it.
#[component]
pub fn DigestItem(
    /// The digest.
    row: DigestRow,
    /// The time of the data.
    now: Moment,
    /// What there is to choose from.
    choices: Choices,
    /// What it would say now, if that was asked for.
    preview: Option<DigestPreview>,
    /// Whether it was sent a moment ago.
    was_sent: bool,
    /// Whether the viewer may change it.
    may_change: bool,
) -> impl IntoView {
    let locale = use_locale();
    let (shape, tone) = shape_and_tone(&row);
    let about = match row.form.group.clone() {
        group if group.is_empty() => tr!(locale, digests.about.everything),
        group => tr!(locale, digests.about.group, name = group),
    };
    let id = row.id;
    let show = format!("/settings/digests?preview={id}#digest-{id}");
    let actions = may_change.then(|| actions(locale, &row, choices));
    let shown = preview.map(|preview| view! { <PreviewBox preview=preview /> });
    view! {
        <li class="card digest" id=format!("digest-{id}")>
            <span class="disc" data-tone=tone>
                <Icon shape=shape />
            </span>
            <div class="digest-text">
                <h2>{row.form.name.clone()}</h2>
                <p class="muted">{about} " · " {schedule_words(locale, &row.form)}</p>
                {state(locale, &row)}
                {last(locale, &row, now, was_sent)}
            </div>
            <div class="digest-actions">
                <Link to=show class="btn">
                    {tr!(locale, digests.preview)}
                    <span class="visually-hidden">" " {row.form.name.clone()}</span>
                </Link>
                {actions}
            </div>
            {shown}
        </li>
    }
}

fn shape_and_tone(row: &DigestRow) -> (Shape, &'static str) {
    if row.form.is_enabled && (row.channel.is_none() || row.is_group_gone) {
        return (Shape::Cross, "fail");
    }
    match (row.next, row.last.as_ref().map(|(_, status, _)| status.as_str())) {
        (None, _) => (Shape::Pause, "idle"),
        (_, Some("failed")) => (Shape::Cross, "fail"),
        (_, Some("sent")) => (Shape::Tick, "ok"),
        _ => (Shape::Clock, "idle"),
    }
}

/// Where it goes, when the next one is sent, or why none is.
fn state(locale: Locale, row: &DigestRow) -> AnyView {
    let gone =
        (row.is_group_gone).then(|| view! { <p><strong>{tr!(locale, digests.state.no_group)}</strong></p> });
    let text = match (&row.channel, row.next) {
        (None, _) => view! { <p><strong>{tr!(locale, digests.state.no_channel)}</strong></p> }.into_any(),
        (Some(channel), Some(next)) => {
            view! { <p>{tr!(locale, digests.state.next, channel = channel.clone(), time = next.zoned())}</p> }
                .into_any()
        }
        (Some(_), None) if row.is_channel_off => {
            view! { <p>{tr!(locale, digests.state.channel_off)}</p> }.into_any()
        }
        (Some(_), None) => view! { <p>{tr!(locale, digests.state.off)}</p> }.into_any(),
    };
    view! {
        {text}
        {gone}
    }
    .into_any()
}

/// What became of the last one.
fn last(locale: Locale, row: &DigestRow, _now: Moment, was_sent: bool) -> impl IntoView + use<> {
    let live = was_sent.then_some("status");
    match row.last.clone() {
        Some((at, status, answer)) => {
            let words = match status.as_str() {
                "sent" => tr!(locale, digests.last.sent),
                "failed" => tr!(locale, digests.last.failed),
                "dropped" => tr!(locale, digests.last.dropped),
                _ => tr!(locale, digests.last.queued),
            };
            let answer = answer.map(|answer| format!(" ({answer})")).unwrap_or_default();
            view! {
                <p class="muted small digest-answer" role=live>
                    {words} " " <LocalTime at=at /> {answer}
                </p>
            }
            .into_any()
        }
        None => view! { <p class="muted small">{tr!(locale, digests.last.none)}</p> }.into_any(),
    }
}

fn actions(locale: Locale, row: &DigestRow, choices: Choices) -> impl IntoView + use<> {
    let id = row.id.to_string();
    let [name, edited, deleted] = [(); 3].map(|()| row.form.name.clone());
    let hidden = move || {
        let id = id.clone();
        view! { <input type="hidden" name="digest" value=id /> }
    };
    let (send, delete) = (hidden(), hidden());
    let what = tr!(locale, digests.delete_what, name = name.clone());
    let (form, digest) = (row.form.clone(), row.id);
    view! {
        <PlainForm path=SendDigest::PATH quiet=true>
            {send} <button type="submit" class="btn">
                {tr!(locale, digests.send)}
                <span class="visually-hidden">" " {name}</span>
            </button>
        </PlainForm>
        <Disclosure label=tr!(locale, digests.edit) about=edited class="digest-edit">
            <DigestFields form=form choices=choices id=Some(digest) />
        </Disclosure>
        <Disclosure label=tr!(locale, digests.delete) about=deleted.clone()>
            <PlainForm path=DeleteDigest::PATH quiet=true>
                <p>{what}</p>
                {delete}
                <input type="hidden" name="name" value=deleted />
                <button type="submit" class="btn" data-variant="danger">
                    {tr!(locale, digests.delete_now)}
                </button>
            </PlainForm>
        </Disclosure>
    }
}

/// The message, as a receiver would show it.
#[component]
fn PreviewBox(
    /// What it would say.
    preview: DigestPreview,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="message-preview" role="status">
            <h3>{preview.title}</h3>
            <p class="message-text">{preview.text}</p>
            <Link to=preview.path>{tr!(locale, digests.whole)}</Link>
        </div>
    }
}
