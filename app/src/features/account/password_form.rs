//! A question that says what will change, and only then asks for the password and has the button.

use leptos::prelude::*;

use super::completed::Part;
use crate::{
    locale::use_locale,
    tr,
    ui::{
        disclosure::Details,
        form::{field::TextField, plain_form::PlainForm},
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
        <Details class="question" summary=ask.into_any() summary_class="btn">
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
        </Details>
    }
}
