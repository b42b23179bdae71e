//! Texts of the Node application that the import kept.

use duplistatus::dto::template::ImportedTemplate;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::ImportTemplates,
    words::{error_words, topic_word},
};
use crate::{locale::use_locale, tr, ui::form::plain_form::PlainForm};

/// What each of them would be here, and a button that uses them.
#[component]
pub fn Imported(
    /// The texts.
    templates: Vec<ImportedTemplate>,
    /// Whether the viewer may use them.
    may_change: bool,
) -> impl IntoView {
    let locale = use_locale();
    let is_usable = templates.iter().any(|one| one.error.is_none());
    let items = templates.into_iter().map(|one| {
        let topics: Vec<String> = one.topics.iter().map(|topic| topic_word(locale, *topic)).collect();
        let error = one.error.map(|error| view! { <p><strong>{error_words(locale, &error)}</strong></p> });
        view! {
            <li class="template-imported">
                <p>
                    <strong>{one.name}</strong>
                    " → "
                    {topics.join(", ")}
                </p>
                <div class="message-preview">
                    <h3>{one.title}</h3>
                    <p class="message-text">{one.body}</p>
                </div>
                {error}
            </li>
        }
    });
    let items = items.collect_view();
    let submit = (may_change && is_usable).then(|| {
        view! {
            <PlainForm path=ImportTemplates::PATH quiet=true>
                <button type="submit" class="btn">
                    {tr!(locale, templates.imported.submit)}
                </button>
            </PlainForm>
        }
    });
    view! {
        <section class="card template-imports" aria-labelledby="template-imports-title">
            <h2 id="template-imports-title">{tr!(locale, templates.imported.title)}</h2>
            <p class="muted">{tr!(locale, templates.imported.what)}</p>
            <ul role="list">{items}</ul>
            {submit}
        </section>
    }
}
