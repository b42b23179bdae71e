//! The files that are kept.

use duplistatus::{
    dto::{Moment, database::BackupFile},
    units::size,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::DeleteBackup, preview::PREVIEW_ID};
use crate::{
    context::url::href,
    locale::use_locale,
    tr,
    ui::disclosure::Disclosure,
    ui::{
        form::plain_form::PlainForm,
        keyed::keyed,
        notice::EmptyState,
        relative_time::{LocalTime, RelativeTime},
        table::{Column, Table},
    },
};

/// The table, the newest first.
#[component]
pub fn BackupFiles(
    /// The files.
    files: Vec<BackupFile>,
    /// Where they are.
    folder: String,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let list = if files.is_empty() {
        view! {
            <EmptyState title=tr!(locale, backups.empty)>
                <p>{tr!(locale, backups.empty_what)}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows =
            keyed(files, |file| file.name.clone(), move |file| view! { <FileRow file=file now=now /> });
        let columns = vec![
            Column::new(tr!(locale, backups.columns.made)),
            Column::new(tr!(locale, backups.columns.size)).class("num"),
            Column::new(tr!(locale, backups.columns.file)).class("backup-name"),
            Column::hidden(tr!(locale, backups.columns.actions)),
        ];
        view! {
            <Table caption=tr!(locale, backups.caption) class="backups" columns=columns>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="kept-title">
            <h2 id="kept-title">{tr!(locale, backups.kept)}</h2>
            <p class="muted small backup-folder">
                {tr!(locale, backups.folder)} " " <code>{folder}</code>
            </p>
            <div class="card">{list}</div>
        </section>
    }
}

#[component]
fn FileRow(
    /// The file.
    file: BackupFile,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let BackupFile { name, size: bytes, made, own } = file;
    let made = made.map(|at| {
        view! {
            <RelativeTime at=at now=now />
            <span class="sub">
                <LocalTime at=at now=now />
            </span>
        }
    });
    let link = href(&format!("/api/v1/database/backups/{name}"));
    let restore = href(&format!("/settings/backups?restore={name}#{PREVIEW_ID}"));
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                {made}
            </th>
            <td role="cell" class="num" data-label=tr!(locale, backups.columns.size)>
                {size(i64::try_from(bytes).unwrap_or(i64::MAX))}
            </td>
            <td role="cell" class="backup-name">
                <code>{name.clone()}</code>
                {(!own).then(|| view! { <span class="sub">{tr!(locale, backups.not_own)}</span> })}
            </td>
            <td role="cell" class="row-actions">
                <div class="actions-line">
                <a class="btn" href=link rel="external" download=name.clone()>
                    {tr!(locale, backups.download)}
                    <span class="visually-hidden">" "{name.clone()}</span>
                </a>
                <a class="btn" href=restore rel="external">
                    {tr!(locale, backups.restore_kept)} <span class="visually-hidden">" "{name.clone()}</span>
                </a>
                <Disclosure label=tr!(locale, backups.delete) about=name.clone()>
                    <PlainForm path=DeleteBackup::PATH quiet=true>
                        <input type="hidden" name="name" value=name.clone() />
                        <p>{tr!(locale, backups.delete_what, name = name)}</p>
                        <button type="submit" class="btn" data-variant="danger">
                            {tr!(locale, backups.delete_submit)}
                        </button>
                    </PlainForm>
                </Disclosure>
                </div>
            </td>
        </tr>
    }
}
