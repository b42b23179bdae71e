//! A status page. What was not chosen is not in its data.

use duplistatus::{
    dto::sharing::{StatusField, StatusPage, StatusRow},
    units::size,
};
use leptos::prelude::*;

use super::{Files, document, state};
use crate::{format::time::calendar_time, locale::use_locale, tr};

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
    let head = move |is_there: bool, text: String| is_there.then(|| view! { <th scope="col">{text}</th> });
    let cell = move |is_there: bool, text: Option<String>| {
        is_there.then(|| view! { <td>{text.unwrap_or_else(|| "–".to_owned())}</td> })
    };
    let table = (!rows.is_empty()).then(|| {
        let lines = rows
            .into_iter()
            .map(|row| {
                let StatusRow { name, verdict, last_success, next_run, size: bytes } = row;
                view! {
                    <tr>
                        <th scope="row">{name}</th>
                        <td>{state(locale, verdict)}</td>
                        {cell(with_success, last_success.map(time))}
                        {cell(with_next, next_run.map(time))}
                        {cell(with_size, bytes.map(size))}
                    </tr>
                }
            })
            .collect_view();
        view! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">{tr!(locale, public.status.name)}</th>
                        <th scope="col">{tr!(locale, public.status.state)}</th>
                        {head(with_success, tr!(locale, public.status.last_success))}
                        {head(with_next, tr!(locale, public.status.next_run))}
                        {head(with_size, tr!(locale, public.status.size))}
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
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
