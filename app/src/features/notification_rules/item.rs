//! One rule.

use duplistatus::{dto::notification_rules::RuleRow, units::span};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::DeleteRule,
    query::PATH,
    words::{place_words, reminder_word, topic_words},
};
use crate::{
    context::url::href,
    locale::{Locale, use_locale},
    tr,
    ui::{
        disclosure::Disclosure,
        form::plain_form::PlainForm,
        icon::{Icon, Shape},
    },
};

/// For what it is, what it says, and what can be done with it.
#[component]
pub fn RuleItem(
    /// The rule.
    row: RuleRow,
    /// Whether the viewer may change it.
    may_change: bool,
) -> impl IntoView {
    let locale = use_locale();
    let (shape, tone) = match (row.is_void(), row.is_nobody) {
        (true, _) => (Shape::Warning, "warn"),
        (false, true) => (Shape::Pause, "idle"),
        (false, false) => (Shape::Tick, "ok"),
    };
    let place = place_words(locale, &row);
    let lines = more_words(locale, &row);
    let more = (!lines.is_empty()).then(|| view! { <p class="muted small">{lines.join(" · ")}</p> });
    let actions = may_change.then(|| actions(locale, &row, place.clone()));
    view! {
        <li class="card notification-rule" id=format!("rule-{}", row.id)>
            <span class="disc" data-tone=tone>
                <Icon shape=shape />
            </span>
            <div class="notification-rule-text">
                <h3>{place}</h3>
                <p>{what_words(locale, &row)}</p>
                {more}
            </div>
            {actions}
        </li>
    }
}

fn what_words(locale: Locale, row: &RuleRow) -> String {
    let events = topic_words(locale, &row.topics);
    if row.is_void() {
        tr!(locale, notification_rules.void)
    } else if row.is_nobody {
        tr!(locale, notification_rules.tells_nobody, events = events)
    } else {
        tr!(locale, notification_rules.tells, events = events, channels = row.tells.join(", "))
    }
}

fn more_words(locale: Locale, row: &RuleRow) -> Vec<String> {
    let mut words = Vec::new();
    if let Some((after, others)) = &row.escalation {
        let (after, others) = (span(*after), others.join(", "));
        words.push(tr!(locale, notification_rules.escalation, span = after, channels = others));
    }
    match row.delay {
        Some(0) => words.push(tr!(locale, notification_rules.no_delay)),
        Some(delay) => words.push(tr!(locale, notification_rules.delay, span = span(delay))),
        None => {}
    }
    if let Some(reminder) = &row.reminder {
        words.push(tr!(locale, notification_rules.reminder, often = reminder_word(locale, reminder)));
    }
    words
}

fn actions(locale: Locale, row: &RuleRow, place: String) -> impl IntoView + use<> {
    let (id, name) = (row.id, row.name.clone());
    let what = tr!(locale, notification_rules.delete_what, name = place.clone());
    let edit = href(&format!("{PATH}?rule={id}#rule-form"));
    view! {
        <div class="notification-rule-actions">
            // The whole page is loaded: what is in the form comes from the server.
            <a class="btn" href=edit rel="external">
                {tr!(locale, notification_rules.edit)}
                <span class="visually-hidden">" " {place.clone()}</span>
            </a>
            <Disclosure label=tr!(locale, notification_rules.delete) about=place>
                <PlainForm path=DeleteRule::PATH quiet=true>
                    <p>{what}</p>
                    <input type="hidden" name="rule" value=id.to_string() />
                    <input type="hidden" name="name" value=name />
                    <button type="submit" class="btn" data-variant="danger">
                        {tr!(locale, notification_rules.delete_now)}
                    </button>
                </PlainForm>
            </Disclosure>
        </div>
    }
}
