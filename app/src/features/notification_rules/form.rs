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
            choice::{Choice, Choices},
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
    let found = match &preview {
        Some(RulePreview::Invalid(field, hint)) => {
            Some(ApiError::Invalid { field: field.clone(), hint: hint.clone() })
        }
        _ => None,
    };
    let preview = preview.map(|preview| view! { <PreviewBox preview=preview /> });
    view! {
        <section class="card rule-form" id="rule-form" aria-labelledby="rule-form-title">
            <h2 id="rule-form-title">{title}</h2>
            <PlainForm path=SaveRule::PATH class="rule-fields" quiet=true found=found>
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
        let label = topic_word(locale, topic).into_any();
        view! { <Choice name="form[topics][]" value=topic.as_str() checked=is_chosen label=label /> }
    });
    let boxes = boxes.collect_view();
    let scopes = SCOPES.map(|scope| (scope.to_owned(), scope_word(locale, scope))).into();
    let names = [choices.groups, choices.tags, choices.servers, choices.jobs].into_iter().flatten();
    view! {
        <Choices name="form[topics][]" legend=tr!(locale, notification_rules.form.topics) class="rule-choices">
            {boxes}
        </Choices>
        <div class="rule-place">
            <SelectField
                name="form[scope]"
                id="rule-scope"
                label=tr!(locale, notification_rules.form.scope)
                options=scopes
                value=form.scope.clone()
            />
            <TextField
                name="form[name]"
                id="rule-name"
                label=tr!(locale, notification_rules.form.name)
                hint=tr!(locale, notification_rules.form.name_hint)
                value=form.name.clone()
                offers=names.collect()
                optional=true
            />
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
        let label = channel.clone().into_any();
        view! { <Choice name=name value=id.to_string() checked=is_chosen label=label /> }
    });
    boxes.collect_view()
}

fn who(locale: Locale, form: &RuleForm, channels: &[(ChannelId, String)]) -> impl IntoView + use<> {
    let is_nobody = form.tells == "nobody";
    let boxes = channel_boxes("form[channels][]", channels, &form.channels);
    let [tells, nobody] =
        [tr!(locale, notification_rules.form.channels), tr!(locale, notification_rules.form.nobody)];
    view! {
        <Choices name="form[channels][]" legend=tr!(locale, notification_rules.form.tells) class="rule-choices">
            <Choice kind="radio" name="form[tells]" value="channels" checked=!is_nobody label=tells.into_any() />
            <div class="rule-channels">{boxes}</div>
            <Choice kind="radio" name="form[tells]" value="nobody" checked=is_nobody label=nobody.into_any() />
        </Choices>
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
    let boxes = channel_boxes("form[others][]", channels, &form.others);
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
            <Choices name="form[others][]" legend=tr!(locale, notification_rules.form.others) class="rule-choices">
                {boxes}
            </Choices>
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
