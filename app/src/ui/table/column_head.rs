//! Headings of columns.

use leptos::prelude::*;

/// The heading of one column. Its role is the element's own: on a phone the style sheet turns rows into cards, and
/// browsers forget what they were.
#[component]
pub fn ColumnHead(
    /// The heading's words.
    label: String,
    /// Class of the cell (`num`).
    #[prop(optional)]
    class: Option<&'static str>,
) -> impl IntoView {
    view! {
        <th scope="col" role="columnheader" class=class>
            {label}
        </th>
    }
}
