//! Level, search, following, and the log as a file.

use duplistatus::{
    dto::log::{LogLevel, LogQuery},
    units::thousands,
};
use leptos::prelude::*;

use super::query::{LogSelection, PATH};
use crate::{
    context::url::{href, with_query},
    locale::use_locale,
    tr,
    ui::{
        filter::{Segment, Segmented},
        form::get_form::GetForm,
    },
};

/// Levels to choose from: each with all that are worse. The last one is everything.
const LEVELS: [LogLevel; 4] = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Trace];

/// The row above the lines.
#[component]
pub fn Tools(
    /// What was asked for.
    choice: LogSelection,
    /// How many lines pass.
    total: i64,
    /// How many lines there are.
    kept: i64,
) -> impl IntoView {
    let locale = use_locale();
    let LogSelection { query, follow } = choice.clone();
    let first = LogQuery { page: 1, ..query.clone() };
    let levels = LEVELS.map(|level| Segment {
        label: match level {
            LogLevel::Error => tr!(locale, log.tools.errors),
            LogLevel::Warn => tr!(locale, log.tools.warnings),
            LogLevel::Info => tr!(locale, log.tools.info),
            LogLevel::Debug | LogLevel::Trace => tr!(locale, log.tools.everything),
        },
        to: LogSelection { query: LogQuery { level, ..first.clone() }, follow }.path(),
        current: level == query.level || (level == LogLevel::Trace && query.level == LogLevel::Debug),
    });
    let file = with_query("/api/v1/logs", first.words());
    let [(_, level), (_, text), _] = first.words();
    let kept_field = |name: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value /> })
    };
    let hidden =
        (kept_field("level", level), kept_field("follow", if follow { "1".into() } else { String::new() }));
    let count = if total == kept {
        tr!(locale, log.tools.count, count = total, number = thousands(total))
    } else {
        tr!(locale, log.tools.count_of, count = kept, number = thousands(total), kept = thousands(kept))
    };
    view! {
        <div class="tools log-tools">
            <Segmented label=tr!(locale, log.tools.level) choices=levels.into() />
            <GetForm to=PATH class="search" role="search">
                {hidden}
                <input
                    class="field"
                    type="search"
                    name="text"
                    value=text.clone()
                    prop:value=text
                    maxlength="200"
                    autocomplete="off"
                    spellcheck="false"
                    enterkeyhint="search"
                    aria-label=tr!(locale, log.tools.search)
                    placeholder=tr!(locale, log.tools.search)
                />
            </GetForm>
            <span class="muted small log-count">{count}</span>
            <span class="grow"></span>
            <Follow choice=LogSelection { query: first, follow } />
            // A file is no page: the browser fetches it itself.
            <a class="btn" href=href(&file) rel="external">
                {tr!(locale, log.tools.download)}
            </a>
        </div>
    }
}

/// Fetches what is new: by a link as long as there is no script, and by itself once there is.
#[component]
fn Follow(
    /// What is shown.
    choice: LogSelection,
) -> impl IntoView {
    let locale = use_locale();
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let LogSelection { query, follow } = choice;
    let other = LogSelection { query: query.clone(), follow: !follow }.path();
    let reload = LogSelection { query, follow }.path();
    // One link in both states, so that nothing jumps when the script arrives.
    let to = move || href(if alive.get() { &other } else { &reload });
    let words = move || match (alive.get(), follow) {
        (false, _) => tr!(locale, log.tools.reload),
        (true, false) => tr!(locale, log.tools.follow),
        (true, true) => tr!(locale, log.tools.following),
    };
    let is_on = move || (alive.get() && follow).then_some("true");
    view! {
        <a class="btn log-follow" href=to data-noscroll="true" aria-current=is_on>
            {words}
        </a>
    }
}
