//! Entries are deleted from the list once somebody has dealt with them; the audit trail says who.

use duplistatus::time::Timestamp;
use leptos::prelude::*;

use super::api::{DismissAllRejected, DismissRejected};
use crate::{
    locale::use_locale,
    tr,
    ui::disclosure::Disclosure,
    ui::form::post_form::{Fields, PostForm},
};

fn read_one(fields: &Fields) -> Option<DismissRejected> {
    Some(DismissRejected {
        row: fields.text("row").parse().ok()?,
        reason: fields.text("reason"),
        source: fields.text("source"),
    })
}

fn read_all(fields: &Fields) -> Option<DismissAllRejected> {
    Some(DismissAllRejected { until: fields.text("until").parse().ok()? })
}

/// Asks whether one entry is to be deleted.
#[component]
pub(super) fn Dismiss(
    /// Which.
    row: i64,
    /// What was wrong; hostile text.
    reason: String,
    /// Where it came from.
    source: String,
    /// How many reports it stands for.
    count: i64,
    /// Deletes it.
    dismiss: ServerAction<DismissRejected>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Disclosure label=tr!(locale, rejected.dismiss.ask) about=format!("{reason}, {source}")>
            <p>{tr!(locale, rejected.dismiss.what, count = count, source = &source)}</p>
            <PostForm action=dismiss read=read_one>
                <input type="hidden" name="row" value=row.to_string() />
                <input type="hidden" name="reason" value=reason />
                <input type="hidden" name="source" value=source />
                <button type="submit" class="btn" data-variant="danger">
                    {tr!(locale, rejected.dismiss.submit)}
                </button>
            </PostForm>
        </Disclosure>
    }
}

/// Asks whether all entries are to be deleted.
#[component]
pub(super) fn DismissAll(
    /// How many there are.
    entries: i64,
    /// When the page was made: what comes later stays.
    until: Timestamp,
    /// Deletes them.
    dismiss: ServerAction<DismissAllRejected>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Disclosure label=tr!(locale, rejected.dismiss.ask_all)>
            <p>{tr!(locale, rejected.dismiss.what_all, count = entries)}</p>
            <PostForm action=dismiss read=read_all>
                <input type="hidden" name="until" value=until.to_string() />
                <button type="submit" class="btn" data-variant="danger">
                    {tr!(locale, rejected.dismiss.submit_all)}
                </button>
            </PostForm>
        </Disclosure>
    }
}
