//! The form that adds somebody.

use duplistatus::access::Role;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::CreateUser;
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::form::{
        field::{SelectField, TextField},
        plain_form::PlainForm,
    },
};

/// Name and role; the password is made.
#[component]
pub fn AddForm() -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="card people-add" aria-labelledby="people-add-title">
            <h2 id="people-add-title">{tr!(locale, users.add.title)}</h2>
            <PlainForm path=CreateUser::PATH class="people-add-form">
                <TextField name="name" label=tr!(locale, users.add.name) hint=tr!(locale, users.add.name_hint) />
                <SelectField
                    name="role"
                    label=tr!(locale, users.columns.role)
                    options=roles(locale)
                    value=Role::Viewer.as_str()
                    hint=tr!(locale, users.add.role_hint)
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, users.add.submit)}
                </button>
            </PlainForm>
            <p class="muted small">{tr!(locale, users.add.what)}</p>
        </section>
    }
}

/// All roles, to choose from.
pub fn roles(locale: Locale) -> Vec<(String, String)> {
    Role::ALL.map(|role| (role.as_str().to_owned(), role_word(locale, role))).to_vec()
}

/// What a role is called.
pub fn role_word(locale: Locale, role: Role) -> String {
    match role {
        Role::Viewer => tr!(locale, users.role.viewer),
        Role::Operator => tr!(locale, users.role.operator),
        Role::Administrator => tr!(locale, users.role.administrator),
    }
}
