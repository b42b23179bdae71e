//! Tables of records. On a phone each row becomes a card, in which labelled cells have their label in front.

use leptos::prelude::*;

pub use self::{
    column_head::ColumnHead,
    sort_header::{Direction, SortHeader},
};

mod column_head;
mod sort_header;

/// A column of a [`Table`].
#[derive(Debug)]
pub struct Column {
    label: String,
    class: Option<&'static str>,
    is_hidden: bool,
    sort: Option<(String, Option<Direction>)>,
}

impl Column {
    /// A column with this heading.
    pub fn new(label: String) -> Self {
        Self { label, class: None, is_hidden: false, sort: None }
    }

    /// A column whose heading is only heard: the one with what can be done.
    pub fn hidden(label: String) -> Self {
        Self { is_hidden: true, ..Self::new(label) }
    }

    /// With a class (`num`).
    pub fn class(self, class: &'static str) -> Self {
        Self { class: Some(class), ..self }
    }

    /// With a heading that leads to `to`, where the table is sorted by it; `direction` is how it is sorted now.
    pub fn sorted(self, to: String, direction: Option<Direction>) -> Self {
        Self { sort: Some((to, direction)), ..self }
    }

    fn head(self) -> AnyView {
        let Self { label, class, is_hidden, sort } = self;
        match sort {
            Some((to, direction)) => {
                view! { <SortHeader to=to class=class direction=direction>{label}</SortHeader> }.into_any()
            }
            None => view! {
                <th scope="col" role="columnheader" class=class>
                    <span class=is_hidden.then_some("visually-hidden")>{label}</span>
                </th>
            }
            .into_any(),
        }
    }
}

/// A table whose rows become cards. Its rows are `<tr role="row">` with cells of the role `cell`: as cards on a phone the
/// browser forgets what they were. A cell with `data-label` has its label in front there, and one of the class `row-actions` stands below
/// the others.
#[component]
pub fn Table(
    /// What it lists, for those who hear the page.
    #[prop(into)]
    caption: String,
    /// What tells its styles from others.
    class: &'static str,
    /// The columns.
    columns: Vec<Column>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let is_sorted = columns.iter().any(|column| column.sort.is_some()).then_some("true");
    let heads = columns.into_iter().map(Column::head).collect_view();
    view! {
        <table class=format!("table {class}") role="table" data-cards=true data-sorted=is_sorted>
            <caption class="visually-hidden">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">{heads}</tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
}
