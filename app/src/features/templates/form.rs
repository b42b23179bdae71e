//! The form of a text. Its two buttons send the same fields: to save them, or only to see what they become.

use duplistatus::dto::template::TemplateForm;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::{PreviewTemplate, SaveTemplate};
use crate::{
    context::base_path::use_base_path,
    locale::use_locale,
    tr,
    ui::form::{
        field::{LongTextField, TextField},
        plain_form::PlainForm,
    },
};

/// The fields.
#[component]
pub fn TemplateFields(
    /// What is in them.
    form: TemplateForm,
) -> impl IntoView {
    let locale = use_locale();
    let preview = use_base_path().url(PreviewTemplate::PATH);
    view! {
        <PlainForm path=SaveTemplate::PATH class="template-form" quiet=true>
            <input type="hidden" name="form[topic]" value=form.topic />
            <input type="hidden" name="form[kind]" value=form.kind />
            <TextField
                name="form[title]"
                id="template-form-title"
                label=tr!(locale, templates.field.title)
                value=form.title
            />
            <LongTextField
                name="form[body]"
                id="template-form-body"
                label=tr!(locale, templates.field.body)
                value=form.body
                hint=tr!(locale, templates.field.hint)
            />
            <div class="template-buttons">
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, templates.save)}
                </button>
                <button type="submit" class="btn" formaction=preview formnovalidate=true>
                    {tr!(locale, templates.show)}
                </button>
            </div>
        </PlainForm>
    }
}
