//! The versions that could be restored after this run.

use duplistatus::dto::Moment;
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::relative_time::{LocalTime, RelativeTime},
};

/// Behind a heading; nothing when Duplicati did not list them.
#[component]
pub fn Versions(
    /// Newest first.
    versions: Vec<Moment>,
    /// How many there are by Duplicati's count.
    count: Option<i64>,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    (!versions.is_empty()).then(|| {
        let listed = i64::try_from(versions.len()).unwrap_or(i64::MAX);
        let total = count.unwrap_or(listed).max(listed);
        let more = total - listed;
        let items = versions.into_iter().map(|at| {
            view! {
                <li>
                    <LocalTime at=at />
                    " "
                    <span class="muted">
                        <RelativeTime at=at now=now />
                    </span>
                </li>
            }
        });
        view! {
            <details class="card versions">
                <summary>{tr!(locale, run.versions.title, count = total)}</summary>
                <ul>{items.collect_view()}</ul>
                {(more > 0).then(|| view! { <p class="muted">{tr!(locale, run.versions.more, count = more)}</p> })}
            </details>
        }
    })
}
