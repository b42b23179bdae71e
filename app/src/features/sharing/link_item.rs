//! One link.

use duplistatus::dto::sharing::{LinkKind, LinkRow};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::DeleteLink,
    status_form::StatusFields,
    words::{about_words, kind_word},
};
use crate::{
    locale::use_locale,
    tr,
    ui::{copy::CopyButton, disclosure::Disclosure, form::plain_form::PlainForm, relative_time::LocalTime},
};

/// What it opens, its address, and what can be done with it.
#[component]
pub fn LinkItem(
    /// The link.
    row: LinkRow,
) -> impl IntoView {
    let locale = use_locale();
    let LinkRow { id, kind, about, name, url, form, by, created } = row;
    let title = if form.title.is_empty() { String::new() } else { format!(" “{}”", form.title) };
    let words = format!("{}{title}: {}", kind_word(locale, kind), about_words(locale, about, name));
    let edit = (kind == LinkKind::Status).then(|| {
        view! {
            <Disclosure label=tr!(locale, sharing.edit) about=words.clone()>
                <StatusFields about=about form=form id=Some(id) />
            </Disclosure>
        }
    });
    view! {
        <li class="shared-link">
            <h3>{words.clone()}</h3>
            <CopyButton text=url label=words.clone() />
            <p class="muted small">{tr!(locale, sharing.by, name = by)} " " <LocalTime at=created /></p>
            <div class="shared-link-actions">
                {edit}
                <Disclosure label=tr!(locale, sharing.delete) about=words>
                    <PlainForm path=DeleteLink::PATH quiet=true>
                        <p>{tr!(locale, sharing.delete_what)}</p>
                        <input type="hidden" name="link" value=id.to_string() />
                        <input type="hidden" name="name" value=about.to_string() />
                        <button type="submit" class="btn" data-variant="danger">
                            {tr!(locale, sharing.delete_now)}
                        </button>
                    </PlainForm>
                </Disclosure>
            </div>
        </li>
    }
}
