//! The form of a status page.

use duplistatus::{
    dto::sharing::{StatusField, StatusForm, Subject},
    ids::SharedLinkId,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::SaveStatusPage;
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::form::{
        choice::{Choice, Choices},
        field::TextField,
        plain_form::PlainForm,
    },
};

fn field_word(locale: Locale, field: StatusField) -> String {
    match field {
        StatusField::Servers => tr!(locale, sharing.status.servers),
        StatusField::Jobs => tr!(locale, sharing.status.jobs),
        StatusField::LastSuccess => tr!(locale, sharing.status.last_success),
        StatusField::NextRun => tr!(locale, sharing.status.next_run),
        StatusField::Size => tr!(locale, sharing.status.size),
    }
}

/// Made inside of the form, which knows what was entered.
fn boxes(locale: Locale, shows: &[String]) -> impl IntoView + use<> {
    let boxes = StatusField::ALL.map(|field| {
        let checked = shows.iter().any(|word| word == field.as_str());
        let label = field_word(locale, field).into_any();
        view! { <Choice name="form[shows][]" value=field.as_str() checked=checked label=label /> }
    });
    boxes.collect_view()
}

/// Title, address, and what is shown.
#[component]
pub fn StatusFields(
    /// What it is about.
    about: Subject,
    /// What is set.
    form: StatusForm,
    /// The page that is changed; `None` creates one.
    id: Option<SharedLinkId>,
) -> impl IntoView {
    let locale = use_locale();
    let prefix = id.map(|id| format!("link-{id}-")).unwrap_or_default();
    let field = move |name: &str| format!("{prefix}{name}");
    let form_id = id.map_or_else(|| "add".to_owned(), |id| id.to_string());
    let link = id.map(|id| view! { <input type="hidden" name="link" value=id.to_string() /> });
    let submit =
        if id.is_some() { tr!(locale, sharing.status.save) } else { tr!(locale, sharing.status.submit) };
    let StatusForm { title, name, shows } = form;
    view! {
        <PlainForm path=SaveStatusPage::PATH id=form_id class="form">
            {link}
            <input type="hidden" name="about" value=about.to_string() />
            <TextField
                name="form[title]"
                id=field("status-title")
                label=tr!(locale, sharing.status.heading)
                value=title
            />
            <TextField
                name="form[name]"
                id=field("status-name")
                label=tr!(locale, sharing.status.name)
                value=name
                hint=tr!(locale, sharing.status.name_hint)
                optional=true
            />
            <Choices name="form[shows]" legend=tr!(locale, sharing.status.shows) class="choices">
                {boxes(locale, &shows)}
            </Choices>
            <button type="submit" class="btn" data-variant="primary">
                {submit}
            </button>
        </PlainForm>
    }
}
