//! The form of a channel: its fields depend on its kind, which is chosen first.

use duplistatus::{
    dto::channel::{ChannelRow, KINDS},
    topic::Topic,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::SaveChannel,
    words::{kind_word, topic_word},
};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        filter::Chip,
        form::{checkbox::Checkbox, field::TextField, plain_form::PlainForm},
    },
};

/// Chooses a kind, then asks for the rest.
#[component]
pub fn AddChannel(
    /// The kind that was chosen.
    kind: Option<String>,
) -> impl IntoView {
    let locale = use_locale();
    let kind = kind.filter(|kind| KINDS.contains(&kind.as_str()));
    let chips = KINDS.map(|one| {
        let current = kind.as_deref() == Some(one);
        view! {
            <li>
                <Chip to=format!("/settings/notifications?kind={one}#add-channel") current=current>
                    {kind_word(locale, one)}
                </Chip>
            </li>
        }
    });
    view! {
        <section class="card channel-add" id="add-channel" aria-labelledby="add-channel-title">
            <h2 id="add-channel-title">{tr!(locale, channels.add.title)}</h2>
            <p class="muted">{tr!(locale, channels.add.what)}</p>
            <ul class="chips" role="list">
                {chips.collect_view()}
            </ul>
            {kind.map(|kind| view! { <ChannelFields kind=kind row=None /> })}
        </section>
    }
}

/// The fields for a kind. Secrets are never filled in: left empty, they stay as they are.
#[component]
pub fn ChannelFields(
    /// The kind.
    kind: String,
    /// The channel that is changed.
    row: Option<ChannelRow>,
) -> impl IntoView {
    let locale = use_locale();
    let is_new = row.is_none();
    let id = row.as_ref().map_or_else(|| "new".to_owned(), |row| row.id.to_string());
    let field = move |name: &str| format!("channel-{id}-{name}");
    let name = row.as_ref().map_or_else(|| kind_word(locale, &kind), |row| row.name.clone());
    let topics = row.as_ref().map_or_else(|| Topic::ALL.to_vec(), |row| row.topics.clone());
    let delay = row.as_ref().map_or(0, |row| row.delay / 60).to_string();
    let is_private = row.as_ref().is_some_and(|row| row.allows_private);
    let is_enabled = row.as_ref().is_none_or(|row| row.is_enabled);
    let hidden =
        row.as_ref().map(|row| view! { <input type="hidden" name="channel" value=row.id.to_string() /> });
    let (target, to) = row.map_or_else(Default::default, |row| parts(&row));
    let boxes = Topic::ALL.into_iter().rev().map(move |topic| {
        let is_chosen = topics.contains(&topic);
        view! {
            <label class="check">
                <input type="checkbox" name="form[topics][]" value=topic.as_str() checked=is_chosen />
                <span>{topic_word(locale, topic)}</span>
            </label>
        }
    });
    let submit = if is_new { tr!(locale, channels.add.submit) } else { tr!(locale, channels.save) };
    let (name_id, delay_id) = (field("name"), field("delay"));
    let receiver = receiver(locale, &kind, (target, to), is_new, &field);
    view! {
        <PlainForm path=SaveChannel::PATH class="channel-form" quiet=true>
            <input type="hidden" name="form[kind]" value=kind.clone() />
            {hidden}
            <TextField name="form[name]" id=name_id label=tr!(locale, channels.field.name) value=name />
            {receiver}
            <fieldset class="choices">
                <legend>{tr!(locale, channels.field.topics)}</legend>
                {boxes.collect_view()}
            </fieldset>
            <TextField
                name="form[delay]"
                id=delay_id
                kind="number"
                label=tr!(locale, channels.field.delay)
                hint=tr!(locale, channels.field.delay_hint)
                value=delay
            />
            <Checkbox name="private" checked=is_private label=tr!(locale, channels.field.private) />
            <Checkbox name="in_use" checked=is_enabled label=tr!(locale, channels.field.in_use) />
            <button type="submit" class="btn" data-variant="primary">
                {submit}
            </button>
        </PlainForm>
    }
}

/// Where the messages of a kind go.
fn receiver(
    locale: Locale,
    kind: &str,
    (target, to): (String, String),
    is_new: bool,
    field: &impl Fn(&str) -> String,
) -> AnyView {
    let kept = if is_new { None } else { Some(tr!(locale, channels.field.kept)) };
    let server = |hint: Option<String>, optional| {
        view! {
            <TextField
                name="form[target]"
                id=field("target")
                kind="url"
                label=tr!(locale, channels.field.server)
                value=target.clone()
                hint=hint
                optional=optional
            />
        }
    };
    let token = |label: String, optional: bool| {
        let optional = optional || !is_new;
        let hint = kept.clone();
        view! {
            <TextField name="form[token]" id=field("token") kind="password" autocomplete="off" label=label hint=hint optional=optional />
        }
    };
    match kind {
        "ntfy" => view! {
            {server(Some(tr!(locale, channels.field.ntfy_hint)), true)}
            <TextField name="form[to]" id=field("to") label=tr!(locale, channels.field.topic) value=to hint=tr!(locale, channels.field.topic_hint) />
            {token(tr!(locale, channels.field.token_optional), true)}
        }
        .into_any(),
        "gotify" => view! {
            {server(None, false)}
            {token(tr!(locale, channels.field.app_token), false)}
        }
        .into_any(),
        "telegram" => view! {
            {token(tr!(locale, channels.field.bot_token), false)}
            <TextField name="form[to]" id=field("to") label=tr!(locale, channels.field.chat) value=to hint=tr!(locale, channels.field.chat_hint) />
        }
        .into_any(),
        _ => {
            let key = (kind == "webhook").then(|| token(tr!(locale, channels.field.signing_key), true));
            view! {
                <TextField
                    name="form[target]"
                    id=field("target")
                    kind="url"
                    label=tr!(locale, channels.field.url)
                    hint=kept.clone()
                    optional=!is_new
                />
                {key}
            }
            .into_any()
        }
    }
}

/// What the form shows of the receiver: server, and topic or chat.
fn parts(row: &ChannelRow) -> (String, String) {
    match row.kind.as_str() {
        "ntfy" => row
            .target
            .rsplit_once('/')
            .map_or_else(Default::default, |(server, topic)| (server.into(), topic.into())),
        "gotify" => (row.target.clone(), String::new()),
        "telegram" => (String::new(), row.target.clone()),
        // The URL of a webhook is a secret.
        _ => Default::default(),
    }
}
