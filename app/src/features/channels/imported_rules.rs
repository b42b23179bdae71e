//! What becomes of the rules of the Node application, before it does.

use duplistatus::dto::channel::{ImportedRule, ImportedRules};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::UseImportedRules,
    words::{kind_word, topic_word},
};
use crate::{
    features::notification_rules::words::reminder_word,
    locale::{Locale, use_locale},
    tr,
    ui::form::plain_form::PlainForm,
};

/// Which became what, what cannot be taken over and why, and a button.
#[component]
pub fn RulesPreview(
    /// The answer.
    rules: ImportedRules,
) -> impl IntoView {
    let locale = use_locale();
    let ImportedRules { rules, channels, reminder, unchanged, left_out, more, problem } = rules;
    let channels = channels.into_iter().map(|(kind, target)| {
        tr!(locale, channels.imported.channel, kind = kind_word(locale, &kind), target = target)
    });
    let reminder = reminder.map(|reminder| {
        tr!(locale, channels.imported.reminder, often = reminder_word(locale, &reminder).to_lowercase())
    });
    let lines = channels.chain(rules.into_iter().map(|rule| sentence(locale, rule))).chain(reminder);
    let lines = lines.map(|line| view! { <li class="channel-target">{line}</li> }).collect_view();
    let reasons = (!left_out.is_empty()).then(|| {
        let items = left_out.into_iter().map(|(what, why)| {
            view! {
                <li class="channel-target">
                    <strong>{what}</strong>
                    ": "
                    {why}
                </li>
            }
        });
        view! {
            <h3>{tr!(locale, channels.imported.left_out)}</h3>
            <ul class="imported-rules">{items.collect_view()}</ul>
        }
    });
    let more = (more > 0).then(|| view! { <p class="muted">{tr!(locale, dashboard.more, count = more)}</p> });
    let unchanged = (unchanged > 0).then(
        || view! { <p class="muted">{tr!(locale, channels.imported.unchanged, count = unchanged)}</p> },
    );
    let action = match problem {
        Some(problem) => view! { <p class="field-error small">{problem}</p> }.into_any(),
        None => view! {
            <PlainForm path=UseImportedRules::PATH quiet=true>
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, channels.imported.apply)}
                </button>
            </PlainForm>
        }
        .into_any(),
    };
    view! {
        <section class="card channel-add" aria-labelledby="imported-rules-title">
            <h2 id="imported-rules-title">{tr!(locale, channels.imported.rules_title)}</h2>
            <p class="muted">{tr!(locale, channels.imported.rules_what)}</p>
            <ul class="imported-rules">{lines}</ul>
            {unchanged}
            {reasons}
            {more}
            {action}
        </section>
    }
}

/// `"nas / photos: failed, stuck to family"`.
fn sentence(locale: Locale, rule: ImportedRule) -> String {
    let ImportedRule { place, topics, tells } = rule;
    let events: Vec<String> = duplistatus::topic::Topic::listed()
        .filter(|topic| topics.contains(topic))
        .map(|topic| topic_word(locale, topic))
        .collect();
    let names = if tells.is_empty() { tr!(locale, channels.imported.nobody) } else { tells.join(", ") };
    tr!(locale, channels.imported.rule, place = place, events = events.join(", "), names = names)
}
