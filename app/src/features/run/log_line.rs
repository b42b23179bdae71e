//! One line of a log.

use duplistatus::{
    dto::Moment,
    report::{Level, LogLine},
    shorten::shorten,
    time::Timestamp,
};
use leptos::prelude::*;

use crate::{
    format::text::visible,
    locale::{Locale, use_locale},
    tr,
    ui::icon::{Icon, Shape},
};

/// A text longer than this, or of more lines, is folded: characters, lines.
const FOLD: (usize, usize) = (600, 6);

/// Word, shape and tone of a level.
fn level_look(locale: Locale, level: Level) -> (String, Option<Shape>, &'static str) {
    match level {
        Level::Error => (tr!(locale, run.level.error), Some(Shape::Cross), "fail"),
        Level::Warning => (tr!(locale, run.level.warning), Some(Shape::Warning), "warn"),
        Level::Information => (tr!(locale, run.level.information), None, "idle"),
        Level::Retry => (tr!(locale, run.level.retry), None, "idle"),
        Level::Verbose => (tr!(locale, run.level.verbose), None, "idle"),
        Level::Profiling => (tr!(locale, run.level.profiling), None, "idle"),
        Level::DryRun => (tr!(locale, run.level.dry_run), None, "idle"),
        Level::Other => (tr!(locale, run.level.other), None, "idle"),
    }
}

/// The first line of a long text, at most 200 characters; `None` for a text that is short enough to stand open.
fn folded(text: &str) -> Option<String> {
    let (most, lines) = FOLD;
    if text.chars().nth(most).is_none() && text.lines().nth(lines).is_none() {
        return None;
    }
    let first = text.lines().next().unwrap_or_default();
    let short = shorten(first, 200);
    // What follows on other lines is folded as well.
    Some(if short.ends_with('…') { short } else { format!("{short} …") })
}

/// Time, level, source, text.
#[component]
pub fn LogLineItem(
    /// The line; hostile text.
    line: LogLine,
    /// The site's distance from UTC during the run.
    offset: i32,
) -> impl IntoView {
    let locale = use_locale();
    let LogLine { time, level, tag, text } = line;
    let (text, tag) = (visible(&text).into_owned(), tag.map(|tag| visible(&tag).into_owned()));
    let (word, shape, tone) = level_look(locale, level);
    let time = time.map(|seconds| {
        let moment = Moment { at: Timestamp::from_unix(seconds), offset };
        view! {
            <time datetime=moment.at.to_string() title=moment.zoned()>
                {moment.clock()}
            </time>
        }
    });
    let text = match folded(&text) {
        None => view! { <p class="log-text">{text}</p> }.into_any(),
        Some(first) => view! {
            <details class="log-text">
                <summary>{first}</summary>
                <pre class="mono-block">{text}</pre>
            </details>
        }
        .into_any(),
    };
    view! {
        <li data-tone=tone>
            <span class="log-time">{time}</span>
            <span class="log-level">
                {shape.map(|shape| view! { <Icon shape=shape /> })}
                {word}
            </span>
            <div class="log-body">
                {text}
                {tag.map(|tag| view! { <span class="log-tag">{tag}</span> })}
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_folded_at_characters() {
        assert_eq!(folded("short\ntext"), None);
        let long = "ü".repeat(601);
        assert_eq!(folded(&long), Some(format!("{}…", "ü".repeat(199))));
        assert_eq!(folded("a\nb\nc\nd\ne\nf\ng").as_deref(), Some("a …"));
    }
}
