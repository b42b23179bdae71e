//! The form of a channel: its fields depend on its kind, which is chosen first.

use duplistatus::{
    dto::channel::{ChannelForm, KINDS},
    ids::ChannelId,
    topic::Topic,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::SaveChannel,
    fields::ReceiverFields,
    words::{kind_about, kind_word, topic_word},
};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        filter::Chip,
        form::{
            checkbox::Checkbox,
            choice::{Choice, Choices},
            field::{SelectField, TextField},
            plain_form::PlainForm,
        },
        link::Link,
    },
};

/// Chooses a kind, then asks for the rest.
#[component]
pub fn AddChannel(
    /// The kind that was chosen.
    kind: Option<String>,
) -> impl IntoView {
    let locale = use_locale();
    // A browser is subscribed by its user.
    let kind = kind.filter(|kind| KINDS.contains(&kind.as_str()) && kind != "web_push");
    let groups = [
        (
            tr!(locale, channels.group.people),
            &["email", "ntfy", "pushover", "gotify", "telegram", "matrix"][..],
        ),
        (tr!(locale, channels.group.teams), &["slack", "discord", "teams", "mattermost", "rocket_chat"][..]),
        (tr!(locale, channels.group.programs), &["home_assistant", "apprise", "webhook"][..]),
        (tr!(locale, channels.group.watchers), &["heartbeat"][..]),
    ];
    let groups = groups.map(|(title, kinds)| {
        let chips = kinds.iter().map(|&one| {
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
            <div class="channel-kinds">
                <h3 class="muted small">{title}</h3>
                <ul class="chips" role="list">
                    {chips.collect_view()}
                </ul>
            </div>
        }
    });
    let fields = kind.map(|kind| {
        let form = ChannelForm {
            name: kind_word(locale, &kind),
            topics: Topic::ALL.to_vec(),
            combine_minutes: "1".to_owned(),
            is_enabled: true,
            kind,
            ..ChannelForm::default()
        };
        view! {
            <p class="channel-about muted">{kind_about(locale, &form.kind)}</p>
            <ChannelFields channel=None form=form />
        }
    });
    view! {
        <section class="card channel-add" id="add-channel" aria-labelledby="add-channel-title">
            <h2 id="add-channel-title">{tr!(locale, channels.add.title)}</h2>
            <p class="muted">{tr!(locale, channels.add.what)}</p>
            <div class="channel-groups">{groups.collect_view()}</div>
            {fields}
        </section>
    }
}

/// The fields of a channel.
#[component]
pub fn ChannelFields(
    /// The channel that is changed.
    channel: Option<ChannelId>,
    /// What is filled in; also says of which kind it is.
    form: ChannelForm,
) -> impl IntoView {
    let locale = use_locale();
    let is_new = channel.is_none();
    let prefix = channel.map_or_else(|| "channel-new".to_owned(), |id| format!("channel-{id}"));
    let [name_id, delay_id, combine_id, combine_minutes_id] =
        ["name", "delay", "combine", "combine-minutes"].map(|name| format!("{prefix}-{name}"));
    let hidden = channel.map(|id| view! { <input type="hidden" name="channel" value=id.to_string() /> });
    let takes_messages = form.kind != "heartbeat";
    let (is_private, is_enabled) = (form.allows_private, form.is_enabled);
    let (combine, combine_minutes) = (form.combine.clone(), form.combine_minutes.clone());
    let (kind, name, delay, topics) =
        (form.kind.clone(), form.name.clone(), form.delay.to_string(), form.topics.clone());
    // Called inside of the form, so that the fields show what was entered.
    let rules = move || match takes_messages {
        true => view! {
            <Choices name="form[topics][]" legend=tr!(locale, channels.field.topics) class="choices">
                {topic_boxes(locale, &topics)}
            </Choices>
            <TextField
                name="form[delay]"
                id=delay_id
                kind="number"
                label=tr!(locale, channels.field.delay)
                hint=tr!(locale, channels.field.delay_hint)
                value=delay
            />
            <SelectField
                name="form[combine]"
                id=combine_id
                label=tr!(locale, channels.field.combine)
                options=combinations(locale)
                value=combine
            />
            <TextField
                name="form[combine_minutes]"
                id=combine_minutes_id
                kind="number"
                label=tr!(locale, channels.field.combine_minutes)
                hint=tr!(locale, channels.field.combine_minutes_hint)
                value=combine_minutes
            />
        }
        .into_any(),
        false => view! { <input type="hidden" name="form[delay]" value="0" /> }.into_any(),
    };
    let submit = if is_new { tr!(locale, channels.add.submit) } else { tr!(locale, channels.save) };
    view! {
        <PlainForm path=SaveChannel::PATH id=prefix.clone() class="channel-form" quiet=true>
            <input type="hidden" name="form[kind]" value=kind />
            {hidden}
            <TextField name="form[name]" id=name_id label=tr!(locale, channels.field.name) value=name />
            <ReceiverFields form=form is_new=is_new prefix=prefix />
            {rules()}
            {takes_messages
                .then(|| {
                    view! {
                        <p class="muted small">
                            {tr!(locale, channels.field.hours)} " "
                            <Link to="/settings/notifications/rules#hours-title" class="text-link">
                                {tr!(locale, notification_rules.hours.title)}
                            </Link>
                        </p>
                    }
                })}
            <Checkbox name="private" checked=is_private label=tr!(locale, channels.field.private) />
            <Checkbox name="in_use" checked=is_enabled label=tr!(locale, channels.field.in_use) />
            <button type="submit" class="btn" data-variant="primary">
                {submit}
            </button>
        </PlainForm>
    }
}

/// Which messages can be combined.
fn combinations(locale: Locale) -> Vec<(String, String)> {
    [
        ("server", tr!(locale, channels.combine.server)),
        ("group", tr!(locale, channels.combine.group)),
        ("all", tr!(locale, channels.combine.all)),
    ]
    .map(|(word, text)| (word.to_owned(), text))
    .to_vec()
}

/// A box for each event.
fn topic_boxes(locale: Locale, topics: &[Topic]) -> impl IntoView + use<> {
    let boxes = Topic::listed().map(|topic| {
        let (checked, label) = (topics.contains(&topic), topic_word(locale, topic).into_any());
        view! { <Choice name="form[topics][]" value=topic.as_str() checked=checked label=label /> }
    });
    boxes.collect_view()
}
