//! Deleting the server with its history.

use duplistatus::{dto::edit::ServerEditPage as Data, units::thousands};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::DeleteServer, merge::contents_words, section::Section};
use crate::{
    locale::use_locale,
    tr,
    ui::{
        disclosure::Disclosure,
        form::plain_form::{Failed, PlainForm, form_error},
    },
};

/// The section.
#[component]
pub fn Delete<'a>(
    /// The page's data.
    page: &'a Data,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let Data { id, name, contents, .. } = page.clone();
    let failed = form_error(DeleteServer::PATH).map(|error| view! { <Failed error=error /> });
    let items =
        contents_words(locale, contents).into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
    let runs = contents.runs;
    view! {
        <Section id="delete" title=tr!(locale, edit.delete.title)>
            {failed}
            <p class="muted">{tr!(locale, edit.delete.what)}</p>
            <Disclosure label=tr!(locale, edit.delete.ask) about=name.clone()>
                <p>{tr!(locale, edit.delete.question, server = name.clone())}</p>
                <ul class="edit-contents">{items}</ul>
                <PlainForm path=DeleteServer::PATH at="delete" quiet=true>
                    <input type="hidden" name="server" value=id.to_string() />
                    <input type="hidden" name="name" value=name />
                    <input type="hidden" name="at_most" value=runs.to_string() />
                    <button type="submit" class="btn" data-variant="danger">
                        {tr!(locale, edit.delete.submit, count = runs, number = thousands(runs))}
                    </button>
                </PlainForm>
            </Disclosure>
        </Section>
    }
}
