//! Tables and indexes, with their rows and bytes.

use duplistatus::{
    dto::database::TableSize,
    units::{size, thousands},
};
use leptos::prelude::*;

use crate::{context::url::href, locale::use_locale, tr, ui::table::ColumnHead};

/// The section.
#[component]
pub fn TablesSection(
    /// The tables, where they were asked for.
    tables: Option<Vec<TableSize>>,
) -> impl IntoView {
    let locale = use_locale();
    let content = match tables {
        None => view! {
            <div class="card measure" data-pad=true>
                <p class="muted small">{tr!(locale, database.tables.slow)}</p>
                // By a request of its own: it can take longer than one waits for a page to change.
                <a class="btn" href=href("/settings/database?tables=1#tables") rel="external">
                    {tr!(locale, database.tables.measure)}
                </a>
            </div>
        }
        .into_any(),
        Some(tables) => {
            let rows = tables.into_iter().map(|table| view! { <Table table=table /> }).collect_view();
            view! {
                <div class="card table-scroll" tabindex="0" role="group" aria-label=tr!(locale, database.tables.caption)>
                    <table class="table tables">
                        <caption class="visually-hidden">{tr!(locale, database.tables.caption)}</caption>
                        <thead>
                            <tr>
                                <ColumnHead label=tr!(locale, database.tables.columns.name) />
                                <ColumnHead label=tr!(locale, database.tables.columns.rows) class="num" />
                                <ColumnHead label=tr!(locale, database.tables.columns.size) class="num" />
                            </tr>
                        </thead>
                        {rows}
                    </table>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <section class="section" id="tables" aria-labelledby="tables-title">
            <h2 id="tables-title">{tr!(locale, database.tables.title)}</h2>
            {content}
        </section>
    }
}

#[component]
fn Table(
    /// A table.
    table: TableSize,
) -> impl IntoView {
    let indexes = table.indexes.into_iter().map(|index| {
        view! {
            <tr data-index=true>
                <th scope="row">
                    <code>{index.name}</code>
                </th>
                <td class="num"></td>
                <td class="num">{size(index.bytes)}</td>
            </tr>
        }
    });
    view! {
        <tbody>
            <tr>
                <th scope="row">
                    <code>{table.name}</code>
                </th>
                <td class="num">{thousands(table.rows)}</td>
                <td class="num">{size(table.bytes)}</td>
            </tr>
            {indexes.collect_view()}
        </tbody>
    }
}
