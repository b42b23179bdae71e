//! What was told.

use duplistatus::dto::{Moment, Paging, channel::NotificationRow};
use leptos::prelude::*;

use super::words::{about_word, status_word};
use crate::{
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        keyed::keyed,
        link::Link,
        notice::EmptyState,
        pager::Pager,
        relative_time::LocalTime,
        table::{Column, Table},
    },
};

/// The table, the newest first.
#[component]
pub fn History(
    /// The rows of this page.
    rows: Vec<NotificationRow>,
    /// Which page it is.
    paging: Paging,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let content = if rows.is_empty() {
        view! {
            <EmptyState title=tr!(locale, channels.history.empty)>
                <p>{tr!(locale, channels.history.empty_what)}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let columns = vec![
            Column::new(tr!(locale, channels.history.time)),
            Column::new(tr!(locale, channels.history.about)),
            Column::new(tr!(locale, channels.history.channel)),
            Column::new(tr!(locale, channels.history.result)),
        ];
        let rows = keyed(rows, |row| row.id, move |row| notification(locale, row, now));
        view! {
            <Table caption=tr!(locale, channels.history.title) class="notifications" columns=columns>
                {rows}
            </Table>
        }
        .into_any()
    };
    let to = |page: i64| format!("/settings/notifications?page={page}");
    view! {
        <section class="notification-history" aria-labelledby="notification-history-title">
            <h2 id="notification-history-title">{tr!(locale, channels.history.title)}</h2>
            <div class="card">{content}</div>
            <Pager paging=paging to=to />
            <p>
                <Link to="/settings/notifications/history" class="text-link">
                    {tr!(locale, channels.history.all)}
                </Link>
            </p>
        </section>
    }
}

fn notification(locale: Locale, row: NotificationRow, now: Moment) -> impl IntoView {
    let topic = about_word(locale, &row);
    let (word, tone) = status_word(locale, &row.status);
    let result = match (row.status.as_str(), row.next_attempt, row.answer) {
        ("queued", Some(at), Some(why)) => {
            Some(tr!(locale, channels.history.again, time = calendar_time(locale, at, now), why = why))
        }
        (_, _, answer) => answer,
    };
    view! {
        <tr role="row">
            <td role="cell" data-label=tr!(locale, channels.history.time)>
                <LocalTime at=row.sent.unwrap_or(row.created) />
            </td>
            <td role="cell" data-label=tr!(locale, channels.history.about)>
                <strong>{topic}</strong>
                " "
                {row.subject}
            </td>
            <td role="cell" data-label=tr!(locale, channels.history.channel)>
                {row.channel}
            </td>
            <td role="cell" data-label=tr!(locale, channels.history.result)>
                <span class="badge" data-tone=tone>
                    {word}
                </span>
                {result.map(|text| view! { <span class="muted small notification-answer">" " {text}</span> })}
            </td>
        </tr>
    }
}
