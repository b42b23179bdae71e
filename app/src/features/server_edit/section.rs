//! A section of the page: its heading, what there is to know, and what was done there.

use leptos::prelude::*;

use crate::ui::notice::{Notice, Tone};

/// A section.
#[component]
pub fn Section(
    /// Id of its element: links and redirects lead to it.
    id: &'static str,
    /// Its heading.
    title: String,
    /// What was done there.
    #[prop(optional_no_strip)]
    done: Option<String>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let label = heading.clone();
    view! {
        <section class="card edit-section" id=id aria-labelledby=label>
            <h2 id=heading>{title}</h2>
            {done.map(|done| view! { <Notice tone=Tone::Ok><p role="status">{done}</p></Notice> })}
            {children()}
        </section>
    }
}
