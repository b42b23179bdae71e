//! Quiet hours and reminders of each channel.

use duplistatus::dto::{
    Moment,
    notification_rules::{HoursForm, HoursRow, REMINDERS},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::SaveHours,
    words::{reminder_word, topic_words},
};
use crate::{
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        disclosure::Disclosure,
        form::{
            checkbox::Checkbox,
            choice::{Choice, Choices},
            field::{SelectField, TextField},
            plain_form::PlainForm,
        },
    },
};

/// A card for each channel.
#[component]
pub fn Hours(
    /// The channels.
    channels: Vec<HoursRow>,
    /// Whether the viewer may change anything.
    may_change: bool,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let items = channels.into_iter().map(|row| item(locale, row, may_change, now).into_any());
    view! {
        <section class="rule-part" aria-labelledby="hours-title">
            <h2 id="hours-title">{tr!(locale, notification_rules.hours.title)}</h2>
            <p class="muted">{tr!(locale, notification_rules.hours.what)}</p>
            <ul class="notification-rules" role="list">
                {items.collect_view()}
            </ul>
        </section>
    }
}

fn item(locale: Locale, row: HoursRow, may_change: bool, now: Moment) -> impl IntoView {
    let id = format!("hours-{}", row.id);
    let defaults = tr!(locale, notification_rules.hours.default, events = topic_words(locale, &row.topics));
    let reminders =
        tr!(locale, notification_rules.reminder, often = reminder_word(locale, &row.hours.reminder));
    let words = [defaults, reminders].join(" · ");
    let quiet = quiet_words(locale, &row, now);
    let edit = may_change.then(|| {
        let (name, row) = (row.name.clone(), row.clone());
        view! {
            <div class="notification-rule-actions">
                <Disclosure label=tr!(locale, notification_rules.edit) about=name class="hours-edit">
                    {fields(locale, &row)}
                </Disclosure>
            </div>
        }
    });
    view! {
        <li class="card notification-rule" data-plain=true id=id>
            <div class="notification-rule-text">
                <h3>{row.name.clone()}</h3>
                <p>{quiet}</p>
                <p class="muted small">{words}</p>
            </div>
            {edit}
        </li>
    }
}

fn quiet_words(locale: Locale, row: &HoursRow, now: Moment) -> String {
    let HoursForm { from, to, weekdays, zone, urgent, .. } = &row.hours;
    if from.is_empty() {
        return tr!(locale, notification_rules.hours.none);
    }
    let days: Vec<String> = weekdays.iter().map(|day| weekday_word(locale, day)).collect();
    let days =
        if days.len() == 7 { tr!(locale, notification_rules.hours.every_day) } else { days.join(", ") };
    let mut words =
        vec![tr!(locale, notification_rules.hours.quiet, from = from, to = to, days = days, zone = zone)];
    if *urgent {
        words.push(tr!(locale, notification_rules.hours.urgent));
    }
    if let Some(until) = row.quiet_until {
        words.push(tr!(locale, notification_rules.hours.now, time = calendar_time(locale, until, now)));
    }
    words.join(" · ")
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn weekday_word(locale: Locale, day: &str) -> String {
    match day {
        "mon" => tr!(locale, common.weekdays.mon),
        "tue" => tr!(locale, common.weekdays.tue),
        "wed" => tr!(locale, common.weekdays.wed),
        "thu" => tr!(locale, common.weekdays.thu),
        "fri" => tr!(locale, common.weekdays.fri),
        "sat" => tr!(locale, common.weekdays.sat),
        _ => tr!(locale, common.weekdays.sun),
    }
}

fn fields(locale: Locale, row: &HoursRow) -> impl IntoView + use<> {
    let (id, hours) = (row.id, row.hours.clone());
    let field = move |name: &str| format!("hours-{id}-{name}");
    let weekdays = hours.weekdays.clone();
    // Called inside of the form, so that the boxes show what was entered.
    let boxes = move || {
        let boxes = WEEKDAYS.map(|day| {
            let checked = weekdays.iter().any(|chosen| chosen == day);
            let label = weekday_word(locale, day).into_any();
            view! { <Choice name="form[weekdays][]" value=day checked=checked label=label /> }
        });
        boxes.collect_view()
    };
    let reminders = REMINDERS.map(|word| (word.to_owned(), reminder_word(locale, word)));
    view! {
        <PlainForm path=SaveHours::PATH id=id.to_string() class="form" quiet=true>
            <input type="hidden" name="channel" value=id.to_string() />
            <div class="hours-times">
                <TextField
                    name="form[from]"
                    id=field("from")
                    kind="time"
                    label=tr!(locale, notification_rules.hours.from)
                    value=hours.from
                    optional=true
                />
                <TextField
                    name="form[to]"
                    id=field("to")
                    kind="time"
                    label=tr!(locale, notification_rules.hours.to)
                    value=hours.to
                    optional=true
                />
            </div>
            <p class="muted small">{tr!(locale, notification_rules.hours.times_hint)}</p>
            <Choices
                name="form[weekdays][]"
                legend=tr!(locale, notification_rules.hours.weekdays)
                class="rule-choices"
            >
                {boxes()}
            </Choices>
            <TextField
                name="form[zone]"
                id=field("zone")
                label=tr!(locale, notification_rules.hours.zone)
                hint=tr!(locale, notification_rules.hours.zone_hint)
                value=hours.zone
                optional=true
            />
            <Checkbox name="urgent" checked=hours.urgent label=tr!(locale, notification_rules.hours.passes) />
            <SelectField
                name="form[reminder]"
                id=field("reminder")
                label=tr!(locale, notification_rules.form.reminder)
                options=reminders.into()
                value=hours.reminder
            />
            <button type="submit" class="btn" data-variant="primary">
                {tr!(locale, notification_rules.hours.save)}
            </button>
        </PlainForm>
    }
}
