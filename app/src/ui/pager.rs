//! Pagination: previous, next, and the current page.

use duplistatus::{dto::Paging, units::thousands};
use leptos::prelude::*;

use crate::{context::url::href, locale::use_locale, tr};

/// Links to the previous and the next page; empty if there is only one page.
#[component]
pub fn Pager<F>(
    /// The current position.
    paging: Paging,
    /// Returns the path of a page.
    to: F,
) -> impl IntoView
where
    F: Fn(i64) -> String,
{
    let locale = use_locale();
    let pages = paging.pages();
    let last = (paging.offset() + paging.size).min(paging.total);
    let step = |page: i64, rel: &'static str, label: String| {
        (1..=pages)
            .contains(&page)
            .then(|| view! { <a class="btn" rel=rel href=href(&to(page))>{label}</a> }.into_any())
    };
    (pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label=tr!(locale, common.pager.label)>
                {step(paging.page - 1, "prev", tr!(locale, common.pager.previous))}
                <span>
                    {tr!(
                        locale, common.pager.range, first = thousands(paging.offset() + 1), last = thousands(last), total
                        = thousands(paging.total)
                    )}
                </span>
                {step(paging.page + 1, "next", tr!(locale, common.pager.next))}
            </nav>
        }.into_any()
    })
}
