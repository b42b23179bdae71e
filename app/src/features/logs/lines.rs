//! The lines, as they were written: hostile text, too.

use duplistatus::dto::{
    Moment,
    log::{LogLevel, LogRow},
};
use leptos::prelude::*;

use crate::{
    format::time::day_long,
    locale::{Locale, use_locale},
    tr,
    ui::{
        icon::{Icon, Shape},
        notice::EmptyState,
    },
};

/// Word, shape and tone of a level.
fn level_look(locale: Locale, level: LogLevel) -> (String, Option<Shape>, &'static str) {
    match level {
        LogLevel::Error => (tr!(locale, log.level.error), Some(Shape::Cross), "fail"),
        LogLevel::Warn => (tr!(locale, log.level.warn), Some(Shape::Warning), "warn"),
        LogLevel::Info => (tr!(locale, log.level.info), None, "idle"),
        LogLevel::Debug => (tr!(locale, log.level.debug), None, "idle"),
        LogLevel::Trace => (tr!(locale, log.level.trace), None, "idle"),
    }
}

/// Hour, minute and second on the viewer's clock.
fn clock(at: Moment) -> String {
    let local = at.at.plus(at.offset.into()).to_string();
    local.get(11..19).unwrap_or_default().to_owned()
}

/// The list, newest first, with a heading where another day begins.
#[component]
pub fn Lines(
    /// The lines.
    rows: Vec<LogRow>,
    /// How many lines there are, whatever was asked for.
    kept: i64,
) -> impl IntoView {
    let locale = use_locale();
    if rows.is_empty() {
        let (title, what) = if kept > 0 {
            (tr!(locale, log.nothing), tr!(locale, log.nothing_what))
        } else {
            (tr!(locale, log.empty), tr!(locale, log.empty_what))
        };
        return view! {
            <div class="card">
                <EmptyState title=title>
                    <p>{what}</p>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let days = rows.chunk_by(|one, other| one.at.day() == other.at.day()).map(|rows| {
        let day = rows.first().map(|row| day_long(locale, row.at.day()));
        let lines = rows.iter().cloned().map(|row| view! { <Line row=row /> });
        view! {
            <section class="card log-day">
                <h2>{day}</h2>
                <ol class="app-log">{lines.collect_view()}</ol>
            </section>
        }
    });
    days.collect_view().into_any()
}

/// Time, level, where, what.
#[component]
fn Line(
    /// The line.
    row: LogRow,
) -> impl IntoView {
    let LogRow { number: _, at, level, target, message, fields } = row;
    let (word, shape, tone) = level_look(use_locale(), level);
    let fields = fields.into_iter().map(|(name, value)| {
        view! {
            " "
            <span class="app-log-field">
                <span class="muted">{name}"="</span>
                {value}
            </span>
        }
    });
    view! {
        <li data-tone=tone>
            <time datetime=at.at.to_string() title=at.zoned()>
                {clock(at)}
            </time>
            <span class="log-level">{shape.map(|shape| view! { <Icon shape=shape /> })} {word}</span>
            <p>{message} {fields.collect_view()} " " <span class="app-log-target">{target}</span></p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_shown_on_the_viewers_clock() {
        let at = Moment { at: "2026-11-23T23:59:58Z".parse().unwrap_or_default(), offset: 3600 };
        assert_eq!(clock(at), "00:59:58");
    }
}
