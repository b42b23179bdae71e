//! The form of a rule. What it would have sent is told before it is saved: the same form asks for the page anew, so that it works without
//! JavaScript.

use duplistatus::{
    dto::notification_rules::{REMINDERS, RuleChoices, RuleForm, RulePreview, SCOPES},
    ids::ChannelId,
    topic::Topic,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::SaveRule, query::PATH, words::reminder_word};
use crate::{
    context::url::href,
    error::ApiError,
    locale::{Locale, use_locale},
    tr,
    ui::{
        form::{
            field::{SelectField, TextField},
            plain_form::{Failed, PlainForm},
        },
        notification::topic_word,
    },
};

/// The form of a new rule, or of one that is changed.
#[component]
pub fn RuleFields(
    /// What is in it.
    form: RuleForm,
    /// The rule that it changes.
    changes: Option<i64>,
    /// What it would have done.
    preview: Option<RulePreview>,
    /// The channels.
    channels: Vec<(ChannelId, String)>,
    /// Names to choose from.
    choices: RuleChoices,
) -> impl IntoView {
    let locale = use_locale();
    let title = match changes {
        Some(_) => tr!(locale, notification_rules.form.change),
        None => tr!(locale, notification_rules.form.add),
    };
    let hidden = changes.map(|id| view! { <input type="hidden" name="rule" value=id.to_string() /> });
    let cancel = changes.map(|_| {
        view! {
            <a class="btn" href=href(PATH) rel="external">
                {tr!(locale, notification_rules.form.cancel)}
            </a>
        }
    });
    let preview = preview.map(|preview| view! { <PreviewBox preview=preview /> });
    view! {
        <section class="card rule-form" id="rule-form" aria-labelledby="rule-form-title">
            <h2 id="rule-form-title">{title}</h2>
            <PlainForm path=SaveRule::PATH class="rule-fields" quiet=true>
                {hidden}
                {what_and_where(locale, &form, choices)}
                {who(locale, &form, &channels)}
                {how(locale, &form)}
                {escalation(locale, &form, &channels)}
                {preview}
                <div class="form-actions">
                    <button type="submit" class="btn" data-variant="primary">
                        {tr!(locale, notification_rules.form.save)}
                    </button>
                    <button
                        type="submit"
                        class="btn"
                        formmethod="get"
                        formaction=format!("{}#rule-form", href(PATH))
                    >
                        {tr!(locale, notification_rules.form.preview)}
                    </button>
                    {cancel}
                </div>
            </PlainForm>
        </section>
    }
}

fn what_and_where(locale: Locale, form: &RuleForm, choices: RuleChoices) -> impl IntoView + use<> {
    let topics = form.topics.clone();
    let boxes = Topic::listed().map(move |topic| {
        let is_chosen = topics.contains(&topic);
        view! {
            <label class="check">
                <input type="checkbox" name="form[topics][]" value=topic.as_str() checked=is_chosen />
                <span>{topic_word(locale, topic)}</span>
            </label>
        }
    });
    let scopes = SCOPES.map(|scope| (scope.to_owned(), scope_word(locale, scope))).into();
    let names = [choices.groups, choices.tags, choices.servers].into_iter().flatten();
    let names = names.map(|name| view! { <option value=name></option> }.into_any()).collect_view();
    view! {
        <fieldset class="rule-choices">
            <legend>{tr!(locale, notification_rules.form.topics)}</legend>
            {boxes.collect_view()}
        </fieldset>
        <div class="rule-place">
            <SelectField
                name="form[scope]"
                id="rule-scope"
                label=tr!(locale, notification_rules.form.scope)
                options=scopes
                value=form.scope.clone()
            />
            <div class="form-field">
                <label for="rule-name">{tr!(locale, notification_rules.form.name)}</label>
                <input
                    class="field"
                    id="rule-name"
                    name="form[name]"
                    value=form.name.clone()
                    list="rule-names"
                    maxlength="500"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="rule-name-hint"
                />
                <datalist id="rule-names">{names}</datalist>
                <p class="muted small" id="rule-name-hint">
                    {tr!(locale, notification_rules.form.name_hint)}
                </p>
            </div>
        </div>
    }
}

fn scope_word(locale: Locale, scope: &str) -> String {
    match scope {
        "group" => tr!(locale, notification_rules.form.scopes.group),
        "tag" => tr!(locale, notification_rules.form.scopes.tag),
        "server" => tr!(locale, notification_rules.form.scopes.server),
        "job" => tr!(locale, notification_rules.form.scopes.job),
        _ => tr!(locale, notification_rules.form.scopes.site),
    }
}

/// A box for each channel.
fn channel_boxes(
    name: &'static str,
    channels: &[(ChannelId, String)],
    chosen: &[ChannelId],
) -> impl IntoView + use<> {
    let boxes = channels.iter().map(|(id, channel)| {
        let is_chosen = chosen.contains(id);
        view! {
            <label class="check">
                <input type="checkbox" name=name value=id.to_string() checked=is_chosen />
                <span>{channel.clone()}</span>
            </label>
        }
    });
    boxes.collect_view()
}

fn who(locale: Locale, form: &RuleForm, channels: &[(ChannelId, String)]) -> impl IntoView + use<> {
    let is_nobody = form.tells == "nobody";
    view! {
        <fieldset class="rule-choices">
            <legend>{tr!(locale, notification_rules.form.tells)}</legend>
            <label class="check">
                <input type="radio" name="form[tells]" value="channels" checked=!is_nobody />
                <span>{tr!(locale, notification_rules.form.channels)}</span>
            </label>
            <div class="rule-channels">{channel_boxes("form[channels][]", channels, &form.channels)}</div>
            <label class="check">
                <input type="radio" name="form[tells]" value="nobody" checked=is_nobody />
                <span>{tr!(locale, notification_rules.form.nobody)}</span>
            </label>
        </fieldset>
    }
}

fn how(locale: Locale, form: &RuleForm) -> impl IntoView + use<> {
    let as_channel = (String::new(), tr!(locale, notification_rules.form.as_channel));
    let reminders = REMINDERS.map(|word| (word.to_owned(), reminder_word(locale, word)));
    view! {
        <div class="rule-place">
            <TextField
                name="form[delay]"
                id="rule-delay"
                kind="number"
                label=tr!(locale, notification_rules.form.delay)
                hint=tr!(locale, notification_rules.form.delay_hint)
                value=form.delay.clone()
                optional=true
            />
            <SelectField
                name="form[reminder]"
                id="rule-reminder"
                label=tr!(locale, notification_rules.form.reminder)
                options=std::iter::once(as_channel).chain(reminders).collect()
                value=form.reminder.clone()
            />
        </div>
    }
}

fn escalation(locale: Locale, form: &RuleForm, channels: &[(ChannelId, String)]) -> impl IntoView + use<> {
    view! {
        <fieldset class="rule-escalation">
            <legend>{tr!(locale, notification_rules.form.escalation)}</legend>
            <TextField
                name="form[after]"
                id="rule-after"
                kind="number"
                label=tr!(locale, notification_rules.form.after)
                hint=tr!(locale, notification_rules.form.after_hint)
                value=form.after.clone()
                optional=true
            />
            <fieldset class="rule-choices">
                <legend>{tr!(locale, notification_rules.form.others)}</legend>
                {channel_boxes("form[others][]", channels, &form.others)}
            </fieldset>
        </fieldset>
    }
}

/// What the rule would have done.
#[component]
fn PreviewBox(
    /// That.
    preview: RulePreview,
) -> impl IntoView {
    let locale = use_locale();
    match preview {
        RulePreview::Invalid(field, hint) => {
            view! { <Failed error=ApiError::Invalid { field, hint } /> }.into_any()
        }
        RulePreview::Messages { days, tried, stored } => {
            let count: i64 = tried.iter().map(|(_, count)| count).sum();
            let list: Vec<String> = tried.iter().map(|(name, count)| format!("{name} {count}")).collect();
            let words = if tried.is_empty() {
                tr!(locale, notification_rules.preview.none, days = days)
            } else {
                tr!(
                    locale,
                    notification_rules.preview.messages,
                    count = count,
                    days = days,
                    list = list.join(", ")
                )
            };
            view! {
                <p class="rule-preview" role="status">
                    <strong>{words}</strong>
                    " "
                    {tr!(locale, notification_rules.preview.stored, count = stored)}
                </p>
            }
            .into_any()
        }
    }
}
