//! Headings of sortable columns.

use leptos::prelude::*;

use crate::ui::{
    icon::{Icon, Shape},
    link::Link,
};

/// The direction of sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest or oldest first.
    Ascending,
    /// Largest or newest first.
    Descending,
}

impl Direction {
    /// From a query's flag.
    pub fn new(ascending: bool) -> Self {
        if ascending { Self::Ascending } else { Self::Descending }
    }

    fn aria(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }

    fn shape(self) -> Shape {
        match self {
            Self::Ascending => Shape::Up,
            Self::Descending => Shape::Down,
        }
    }
}

/// A sortable column heading: `<th>` with a link and `aria-sort`.
#[component]
pub fn SortHeader(
    /// Path that sorts by this column, or reverses the direction.
    #[prop(into)]
    to: String,
    /// The direction, if the table is sorted by this column.
    direction: Option<Direction>,
    /// Class of the cell (`num`).
    class: Option<&'static str>,
    /// The heading's words.
    children: Children,
) -> impl IntoView {
    view! {
        <th scope="col" class=class role="columnheader" aria-sort=direction.map(Direction::aria)>
            <Link to=to class="sort-link" stay=true>
                {children()}
                {direction.map(|direction| view! { <Icon shape=direction.shape() /> }.into_any())}
            </Link>
        </th>
    }
}
