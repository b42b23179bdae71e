//! The head of a table of jobs.

use leptos::prelude::*;

use crate::{locale::use_locale, tr, ui::table::ColumnHead};

/// Names the columns of [`JobTableRow`](super::row::JobTableRow).
#[component]
pub fn JobColumns() -> impl IntoView {
    let locale = use_locale();
    view! {
        <thead role="rowgroup">
            <tr role="row">
                <ColumnHead label=tr!(locale, common.columns.job) />
                <ColumnHead label=tr!(locale, common.columns.state) />
                <ColumnHead label=tr!(locale, common.columns.recent) />
                <ColumnHead label=tr!(locale, common.columns.last_success) class="num" />
                <ColumnHead label=tr!(locale, common.columns.duration) class="num" />
                <ColumnHead label=tr!(locale, common.columns.source) class="num" />
                <ColumnHead label=tr!(locale, common.columns.stored) class="num" />
                <ColumnHead label=tr!(locale, common.columns.versions) class="num" />
                <ColumnHead label=tr!(locale, common.columns.next) class="num" />
            </tr>
        </thead>
    }
}
