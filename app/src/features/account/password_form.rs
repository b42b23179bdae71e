//! A question that says what will change, and only then asks for the password and has the button.

use leptos::prelude::*;

use super::completed::Part;
use crate::{
    locale::use_locale,
    tr,
    ui::form::{
        field::TextField,
        plain_form::{PlainForm, form_error},
    },
};

/// Something that is done with the password only.
#[component]
pub fn PasswordForm(
    /// `PATH` of the server function.
    path: &'static str,
    /// Id of the field, which is there once for each question.
    id: &'static str,
    /// What opens the question.
    #[prop(into)]
    ask: String,
    /// What will change.
    #[prop(into)]
    what: String,
    /// What the button says.
    #[prop(into)]
    submit: String,
    /// `data-variant` of the button.
    variant: &'static str,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        // What went wrong must not hide behind the question.
        <details class="question" open=form_error(path).is_some()>
            <summary class="btn">{ask}</summary>
            <div class="question-panel">
                <p>{what}</p>
                <PlainForm path=path at=Part::SecondFactor.id() class="form">
                    <TextField
                        name="password"
                        id=id
                        label=tr!(locale, account.second_factor.password)
                        kind="password"
                        autocomplete="current-password"
                    />
                    <button type="submit" class="btn" data-variant=variant>
                        {submit}
                    </button>
                </PlainForm>
            </div>
        </details>
    }
}
