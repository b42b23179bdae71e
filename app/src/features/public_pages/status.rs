//! A status page. What was not chosen is not in its data.

use duplistatus::{
    dto::sharing::{StatusField, StatusPage, StatusRow},
    units::size,
};
use leptos::prelude::*;

use super::{Files, document, state};
use crate::{
    format::time::calendar_time,
    locale::use_locale,
    tr,
    ui::table::{Column, Table},
};

/// Returns the page.
pub fn status_page(files: Files, data: StatusPage) -> String {
    document(files, data.title.clone(), false, move || view! { <StatusView data=data /> }.into_any())
}

#[component]
fn StatusView(data: StatusPage) -> impl IntoView {
    let locale = use_locale();
    let StatusPage { title, now, verdict, fields, rows } = data;
    let has = move |field| fields.contains(&field);
    let (with_success, with_next, with_size) =
        (has(StatusField::LastSuccess), has(StatusField::NextRun), has(StatusField::Size));
    let time = move |at| calendar_time(locale, at, now);
    let success = tr!(locale, public.status.last_success);
    let next = tr!(locale, public.status.next_run);
    let stored = tr!(locale, public.status.size);
    let mut columns =
        vec![Column::new(tr!(locale, public.status.name)), Column::new(tr!(locale, public.status.state))];
    let chosen = [(with_success, &success), (with_next, &next), (with_size, &stored)];
    columns.extend(
        chosen.into_iter().filter(|(is_there, _)| *is_there).map(|(_, label)| Column::new(label.clone())),
    );
    let cell = |is_there: bool, label: &str, text: Option<String>| {
        let label = label.to_owned();
        is_there.then(|| {
            view! { <td role="cell" data-label=label>{text.unwrap_or_else(|| "–".to_owned())}</td> }
        })
    };
    let table = (!rows.is_empty()).then(|| {
        let lines = rows
            .into_iter()
            .map(|row| {
                let StatusRow { name, verdict, last_success, next_run, size: bytes } = row;
                view! {
                    <tr role="row">
                        <th scope="row" role="rowheader">{name}</th>
                        <td role="cell">{state(locale, verdict)}</td>
                        {cell(with_success, &success, last_success.map(time))}
                        {cell(with_next, &next, next_run.map(time))}
                        {cell(with_size, &stored, bytes.map(size))}
                    </tr>
                }
            })
            .collect_view();
        view! {
            <div class="card">
                <Table caption=title.clone() class="status" columns=columns>
                    {lines}
                </Table>
            </div>
        }
    });
    view! {
        <main>
            <h1>{title}</h1>
            <p class="status-overall">{state(locale, verdict)}</p>
            {table}
            <p class="muted">{tr!(locale, public.as_of, time = now.zoned())}</p>
        </main>
    }
}
