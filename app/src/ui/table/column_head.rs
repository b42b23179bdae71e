//! Headings of columns.

use leptos::prelude::*;

/// The heading of a column. The role is explicit: on a phone the style sheet displays rows as cards, and browsers
/// then drop the native role.
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
