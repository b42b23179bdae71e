//! What makes this run unlike others.

use duplistatus::{dto::run::RunPage as Data, units::span};
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::{
        link::Link,
        notice::{Notice, Tone},
    },
};

/// Damaged, interrupted, partial, dry run, a wrong clock, another run with the same begin.
#[component]
pub fn Notices(
    /// The page's data.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let mut notices = Vec::new();
    if page.damaged {
        notices.push((Tone::Warn, tr!(locale, run.damaged.title), tr!(locale, run.damaged.what)));
    }
    if page.interrupted {
        notices.push((Tone::Warn, tr!(locale, run.interrupted.title), tr!(locale, run.interrupted.what)));
    }
    if page.partial {
        notices.push((Tone::Warn, tr!(locale, run.partial.title), tr!(locale, run.partial.what)));
    }
    if page.dry_run {
        notices.push((Tone::Warn, tr!(locale, run.dry.title), tr!(locale, run.dry.what)));
    }
    if let Some(skew) = page.clock_skew {
        let apart = span(skew.saturating_abs());
        let title = if skew > 0 {
            tr!(locale, run.skew.ahead, span = apart)
        } else {
            tr!(locale, run.skew.behind, span = apart)
        };
        notices.push((Tone::Warn, title, tr!(locale, run.skew.what)));
    }
    let contradicts = (!page.contradicts.is_empty()).then(|| {
        let links = page
            .contradicts
            .clone()
            .into_iter()
            .map(|id| {
                view! {
                    " "
                    <Link to=format!("/runs/{id}") class="text-link">
                        {tr!(locale, run.contradicts.link, run = id)}
                    </Link>
                }
            })
            .collect_view();
        view! {
            <Notice tone=Tone::Warn title=tr!(locale, run.contradicts.title)>
                <p>{tr!(locale, run.contradicts.what)} {links}</p>
            </Notice>
        }
    });
    let notices = notices
        .into_iter()
        .map(|(tone, title, what)| {
            view! {
                <Notice tone=tone title=title>
                    <p>{what}</p>
                </Notice>
            }
        })
        .collect_view();
    view! {
        {contradicts}
        {notices}
    }
}
