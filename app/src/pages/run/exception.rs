//! The text with which Duplicati gave up.

use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::icon::{Icon, Shape},
};

/// The first line as a headline, the rest below it; nothing when there was no exception.
#[component]
pub fn Exception(
    /// Hostile text.
    text: Option<String>,
) -> impl IntoView {
    let locale = use_locale();
    text.filter(|text| !text.trim().is_empty()).map(|text| {
        let (first, rest) = match text.trim().split_once('\n') {
            Some((first, rest)) => (first.trim_end().to_owned(), Some(rest.to_owned())),
            None => (text.trim().to_owned(), None),
        };
        view! {
            <section class="card exception" data-tone="fail" aria-labelledby="exception-title">
                <h2 id="exception-title">
                    <Icon shape=Shape::Cross />
                    {tr!(locale, run.exception)}
                </h2>
                <p class="exception-first">{first}</p>
                {rest
                    .map(|rest| {
                        view! {
                            <details>
                                <summary>{tr!(locale, run.stack)}</summary>
                                <pre class="mono-block">{rest}</pre>
                            </details>
                        }
                    })}
            </section>
        }
    })
}
