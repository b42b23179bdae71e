//! The form of a digest.

use duplistatus::{
    dto::digest::{DigestForm, Every},
    ids::{ChannelId, DigestId},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::SaveDigest, words::every_word};
use crate::{
    format::time::weekday_name,
    locale::use_locale,
    tr,
    ui::form::{
        checkbox::Checkbox,
        field::{SelectField, TextField},
        plain_form::PlainForm,
    },
};

/// What there is to choose from.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Channels.
    pub channels: Vec<(ChannelId, String)>,
    /// Groups.
    pub groups: Vec<String>,
}

/// The fields.
#[component]
pub fn DigestFields(
    /// What is in them.
    form: DigestForm,
    /// What there is to choose from.
    choices: Choices,
    /// The digest that is changed.
    id: Option<DigestId>,
) -> impl IntoView {
    let locale = use_locale();
    let key = id.map_or_else(|| "new".to_owned(), |id| id.to_string());
    let form_id = key.clone();
    let field = move |name: &str| format!("digest-{key}-{name}");
    let hidden = id.map(|id| view! { <input type="hidden" name="digest" value=id.to_string() /> });
    let mut channels: Vec<(String, String)> =
        choices.channels.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    if !channels.iter().any(|(id, _)| *id == form.channel.to_string()) {
        channels.insert(0, ("0".to_owned(), tr!(locale, digests.field.choose)));
    }
    let everything = (String::new(), tr!(locale, digests.field.everything));
    let mut groups: Vec<(String, String)> =
        [everything].into_iter().chain(choices.groups.into_iter().map(|name| (name.clone(), name))).collect();
    // A group without servers is not offered, and stays where it was chosen.
    if !groups.iter().any(|(name, _)| *name == form.group) {
        groups.push((form.group.clone(), form.group.clone()));
    }
    let every = Every::ALL.map(|every| (every.as_str().to_owned(), every_word(locale, every))).to_vec();
    let weekdays: Vec<(String, String)> =
        (0..7).map(|day| (day.to_string(), weekday_name(locale, day))).collect();
    let submit = if id.is_some() { tr!(locale, digests.save) } else { tr!(locale, digests.add.submit) };
    view! {
        <PlainForm path=SaveDigest::PATH id=form_id class="digest-form" quiet=true>
            {hidden}
            <TextField
                name="form[name]"
                id=field("name")
                label=tr!(locale, digests.field.name)
                value=form.name
            />
            <div class="digest-row">
                <SelectField
                    name="form[channel]"
                    id=field("channel")
                    label=tr!(locale, digests.field.channel)
                    options=channels
                    value=form.channel.to_string()
                />
                <SelectField
                    name="form[group]"
                    id=field("group")
                    label=tr!(locale, digests.field.group)
                    options=groups
                    value=form.group
                />
            </div>
            <div class="digest-row">
                <SelectField
                    name="form[every]"
                    id=field("every")
                    label=tr!(locale, digests.field.every)
                    options=every
                    value=form.every.as_str()
                />
                <SelectField
                    name="form[weekday]"
                    id=field("weekday")
                    label=tr!(locale, digests.field.weekday)
                    options=weekdays
                    value=form.weekday.to_string()
                />
                <TextField
                    name="form[month_day]"
                    id=field("month-day")
                    kind="number"
                    label=tr!(locale, digests.field.month_day)
                    value=form.month_day.to_string()
                />
            </div>
            <div class="digest-row">
                <TextField
                    name="form[at]"
                    id=field("at")
                    kind="time"
                    label=tr!(locale, digests.field.at)
                    value=form.at
                />
                <TextField
                    name="form[zone]"
                    id=field("zone")
                    label=tr!(locale, digests.field.zone)
                    value=form.zone
                />
            </div>
            <p class="muted small">{tr!(locale, digests.field.hint)}</p>
            <Checkbox name="in_use" checked=form.is_enabled label=tr!(locale, digests.field.in_use) />
            <button type="submit" class="btn" data-variant="primary">
                {submit}
            </button>
        </PlainForm>
    }
}
