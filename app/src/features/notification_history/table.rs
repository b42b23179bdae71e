//! The table of messages.

use duplistatus::dto::{Moment, notification_history::HistoryRow};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::ResendNotification;
use crate::{
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        disclosure::Disclosure,
        form::plain_form::PlainForm,
        keyed::keyed,
        notification::{about_word, status_word},
        relative_time::LocalTime,
        table::{Column, Table},
    },
};

/// The rows, the newest first.
#[component]
pub fn HistoryTable(
    /// The rows.
    rows: Vec<HistoryRow>,
    /// The time of the data.
    now: Moment,
    /// Whether the viewer may send anything again.
    may_change: bool,
) -> impl IntoView {
    let locale = use_locale();
    let columns = vec![
        Column::new(tr!(locale, channels.history.time)),
        Column::new(tr!(locale, channels.history.about)),
        Column::new(tr!(locale, channels.history.channel)),
        Column::new(tr!(locale, channels.history.result)),
        Column::hidden(tr!(locale, notification_history.actions)),
    ];
    let rows = keyed(rows, |row| row.row.id, move |row| line(locale, row, now, may_change));
    view! {
        <Table caption=tr!(locale, notification_history.title) class="notifications" columns=columns>
            {rows}
        </Table>
    }
}

fn line(locale: Locale, row: HistoryRow, now: Moment, may_change: bool) -> impl IntoView {
    let result = result_words(locale, &row, now);
    let purpose = purpose_word(locale, &row.purpose);
    let resend = (may_change && row.can_resend && row.row.status != "queued").then(|| resend(locale, &row));
    let HistoryRow { row, .. } = row;
    let topic = about_word(locale, &row);
    let (word, tone) = status_word(locale, &row.status);
    let channel = match row.channel.as_str() {
        "" => view! { <span class="muted">{tr!(locale, notification_history.nobody)}</span> }.into_any(),
        _ => row.channel.into_any(),
    };
    view! {
        <tr role="row">
            <td role="cell" data-label=tr!(locale, channels.history.time)>
                <LocalTime at=row.sent.unwrap_or(row.created) />
            </td>
            <td role="cell" data-label=tr!(locale, channels.history.about)>
                <strong>{topic}</strong>
                {purpose.map(|word| format!(" ({word})"))}
                " "
                {row.subject}
            </td>
            <td role="cell" data-label=tr!(locale, channels.history.channel)>
                {channel}
            </td>
            <td role="cell" data-label=tr!(locale, channels.history.result)>
                <span class="badge" data-tone=tone>
                    {word}
                </span>
                {result.map(|text| view! { <span class="muted small notification-answer">" " {text}</span> })}
            </td>
            <td role="cell" class="row-actions">
                {resend}
            </td>
        </tr>
    }
}

fn purpose_word(locale: Locale, purpose: &str) -> Option<String> {
    match purpose {
        "reminder" => Some(tr!(locale, notification_history.purpose.reminder)),
        "escalation" => Some(tr!(locale, notification_history.purpose.escalation)),
        _ => None,
    }
}

/// Why, and until when.
fn result_words(locale: Locale, row: &HistoryRow, now: Moment) -> Option<String> {
    let reason = row.reason.as_deref().map(|reason| reason_word(locale, reason));
    let until = row
        .row
        .next_attempt
        .map(|at| tr!(locale, notification_history.until, time = calendar_time(locale, at, now)));
    let words: Vec<String> = [reason, row.row.answer.clone(), until].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn reason_word(locale: Locale, reason: &str) -> String {
    match reason {
        "good" => tr!(locale, notification_history.reason.good),
        "paused" => tr!(locale, notification_history.reason.paused),
        "gone" => tr!(locale, notification_history.reason.gone),
        "person" => tr!(locale, notification_history.reason.person),
        "snoozed" => tr!(locale, notification_history.reason.snoozed),
        "rule" => tr!(locale, notification_history.reason.rule),
        "off" => tr!(locale, notification_history.reason.off),
        "deleted" => tr!(locale, notification_history.reason.deleted),
        "quiet" => tr!(locale, notification_history.reason.quiet),
        "over" => tr!(locale, notification_history.reason.over),
        "repeated" => tr!(locale, notification_history.reason.repeated),
        other => other.to_owned(),
    }
}

fn resend(locale: Locale, row: &HistoryRow) -> impl IntoView + use<> {
    let (id, subject) = (row.row.id, row.row.subject.clone());
    let what = tr!(locale, notification_history.resend_what, channel = row.row.channel.clone());
    view! {
        <Disclosure label=tr!(locale, notification_history.resend) about=subject>
            <PlainForm path=ResendNotification::PATH quiet=true>
                <p>{what}</p>
                <input type="hidden" name="notification" value=id.to_string() />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, notification_history.resend_now)}
                </button>
            </PlainForm>
        </Disclosure>
    }
}
