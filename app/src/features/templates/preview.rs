//! What a text becomes.

use duplistatus::dto::template::{TemplateError, TemplatePreview};
use leptos::prelude::*;

use super::words::error_words;
use crate::{
    locale::use_locale,
    tr,
    ui::notice::{Notice, Tone},
};

/// The message, or why there is none.
#[component]
pub fn Preview(
    /// What it becomes.
    preview: Result<TemplatePreview, TemplateError>,
) -> impl IntoView {
    let locale = use_locale();
    let content = match preview {
        Ok(TemplatePreview { title, text, of }) => {
            let of = match of {
                Some(job) => tr!(locale, templates.preview.real, job = job),
                None => tr!(locale, templates.preview.made_up),
            };
            view! {
                <div class="message-preview">
                    <h3>{title}</h3>
                    <p class="message-text">{text}</p>
                </div>
                <p class="muted small">{of}</p>
            }
            .into_any()
        }
        Err(error) => view! {
            <Notice tone=Tone::Fail>
                <p>{error_words(locale, &error)}</p>
            </Notice>
        }
        .into_any(),
    };
    view! {
        <section class="card template-preview" aria-labelledby="template-preview-title">
            <h2 id="template-preview-title">{tr!(locale, templates.preview.title)}</h2>
            {content}
        </section>
    }
}
