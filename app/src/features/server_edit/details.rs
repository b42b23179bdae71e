//! How a server is called, what there is to know of it, and where its Duplicati is.

use duplistatus::dto::edit::ServerEditPage as Data;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::SaveServer, section::Section};
use crate::{
    locale::use_locale,
    tr,
    ui::form::{
        field::{LongTextField, TextField},
        plain_form::PlainForm,
    },
};

/// The section.
#[component]
pub fn Details<'a>(
    /// The page's data.
    page: &'a Data,
    /// What was done there.
    done: Option<String>,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let Data { id, name, alias, notes, duplicati_url, .. } = page.clone();
    view! {
        <Section id="details" title=tr!(locale, edit.details.title) done=done>
            <PlainForm path=SaveServer::PATH at="details" class="form">
                <input type="hidden" name="server" value=id.to_string() />
                <TextField
                    name="alias"
                    label=tr!(locale, edit.fields.alias)
                    value=alias.unwrap_or_default()
                    hint=tr!(locale, edit.fields.alias_hint)
                    optional=true
                />
                <TextField
                    name="name"
                    label=tr!(locale, edit.fields.name)
                    value=name
                    hint=tr!(locale, edit.fields.server_name_hint)
                />
                <TextField
                    name="duplicati_url"
                    kind="url"
                    label=tr!(locale, edit.fields.url)
                    value=duplicati_url.unwrap_or_default()
                    hint=tr!(locale, edit.fields.url_hint)
                    optional=true
                />
                <LongTextField
                    name="notes"
                    label=tr!(locale, edit.fields.notes)
                    value=notes.unwrap_or_default()
                    hint=tr!(locale, edit.fields.notes_hint)
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, edit.save)}
                </button>
            </PlainForm>
        </Section>
    }
}
