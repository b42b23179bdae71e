//! A section of the page, and the way to each.

use leptos::prelude::*;

use super::completed::{Completed, Part};
use crate::{
    locale::use_locale,
    tr,
    ui::notice::{Notice, Tone},
};

/// A section, which says what was done in it.
#[component]
pub fn Section(
    /// Which one.
    part: Part,
    /// What was done on the page.
    done: Option<Completed>,
    /// Its content.
    children: Children,
) -> impl IntoView {
    let locale = use_locale();
    let title_id = format!("{}-title", part.id());
    let words = done.filter(|done| done.part() == part).map(|done| done.words(locale));
    view! {
        <section class="card account-section" id=part.id() aria-labelledby=title_id>
            <h2 id=title_id.clone()>{part.title(locale)}</h2>
            {words
                .map(|words| {
                    view! {
                        <div role="status">
                            <Notice tone=Tone::Ok>
                                <p>{words}</p>
                            </Notice>
                        </div>
                    }
                })}
            {children()}
        </section>
    }
}

/// Links to all sections.
#[component]
pub fn SectionNav() -> impl IntoView {
    let locale = use_locale();
    let links = Part::ALL
        .into_iter()
        .map(|part| {
            view! {
                <li>
                    // The browser's own way to a place on this page.
                    <a href=format!("#{}", part.id()) rel="external">
                        {part.title(locale)}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="account-nav" aria-label=tr!(locale, account.nav)>
            <ul role="list">{links}</ul>
        </nav>
    }
}
