//! The form that makes an API key.

use duplistatus::access::Scope;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{CreateApiKey, NEVER},
    completed::Part,
};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::form::{
        field::{SelectField, TextField},
        plain_form::PlainForm,
    },
};

/// Name, scope, end.
#[component]
pub fn CreateKey(
    /// Scopes that the person's keys can have.
    scopes: Vec<Scope>,
) -> impl IntoView {
    let locale = use_locale();
    let scopes =
        scopes.into_iter().map(|scope| (scope.as_str().to_owned(), long_name(locale, scope))).collect();
    let days = [
        ("30", tr!(locale, account.keys.days_30)),
        ("90", tr!(locale, account.keys.days_90)),
        ("365", tr!(locale, account.keys.days_365)),
        (NEVER, tr!(locale, account.keys.days_never)),
    ]
    .map(|(days, label)| (days.to_owned(), label));
    view! {
        <h3>{tr!(locale, account.keys.fresh)}</h3>
        <PlainForm path=CreateApiKey::PATH at=Part::ApiKeys.id() class="form form-columns">
            <TextField
                name="name"
                id="key-name"
                label=tr!(locale, account.keys.name)
                hint=tr!(locale, account.keys.name_hint)
            />
            <SelectField name="scope" label=tr!(locale, account.keys.scope) options=scopes />
            <SelectField name="days" label=tr!(locale, account.keys.days) options=days.into() value="90" />
            <button type="submit" class="btn" data-variant="primary">
                {tr!(locale, account.keys.submit)}
            </button>
        </PlainForm>
    }
}

fn long_name(locale: Locale, scope: Scope) -> String {
    match scope {
        Scope::Read => tr!(locale, account.keys.read),
        Scope::Write => tr!(locale, account.keys.write),
        Scope::Admin => tr!(locale, account.keys.admin),
    }
}
