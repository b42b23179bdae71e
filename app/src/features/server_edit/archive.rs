//! Archiving: nothing is expected any more, and nothing is deleted.

use duplistatus::dto::edit::ServerEditPage as Data;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::ArchiveServer, section::Section};
use crate::{format::time::calendar_time, locale::use_locale, tr, ui::form::plain_form::PlainForm};

/// The section.
#[component]
pub fn Archive<'a>(
    /// The page's data.
    page: &'a Data,
    /// What was done there.
    done: Option<String>,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let Data { id, archived, now, .. } = page.clone();
    let since = archived.map(|at| tr!(locale, edit.archive.since, time = calendar_time(locale, at, now)));
    let is_archived = since.is_some();
    let submit =
        if is_archived { tr!(locale, edit.archive.restore) } else { tr!(locale, edit.archive.submit) };
    view! {
        <Section id="archive" title=tr!(locale, edit.archive.title) done=done>
            <p class="muted">{since.unwrap_or_else(|| tr!(locale, edit.archive.what))}</p>
            <PlainForm path=ArchiveServer::PATH at="archive" class="form">
                <input type="hidden" name="server" value=id.to_string() />
                <input type="hidden" name="archived" value=(!is_archived).to_string() />
                <button type="submit" class="btn">
                    {submit}
                </button>
            </PlainForm>
        </Section>
    }
}
