//! The form that makes a key.

use duplistatus::ids::ServerId;
use leptos::prelude::*;

use super::api::CreateKey;
use crate::{
    locale::use_locale,
    tr,
    ui::form::{field::TextField, post_form::PostForm},
};

/// One field: for which server. A new name makes a new server.
#[component]
pub fn CreateForm(
    /// Servers that are known.
    servers: Vec<(ServerId, String)>,
    /// Makes the key.
    action: ServerAction<CreateKey>,
) -> impl IntoView {
    let locale = use_locale();
    let offers = servers.into_iter().map(|(_, name)| name).collect();
    view! {
        <section class="card key-create" aria-labelledby="key-create-title">
            <h2 id="key-create-title">{tr!(locale, keys.create.title)}</h2>
            <PostForm action=action read=CreateKey::from_fields class="key-form">
                <input type="hidden" name="page" value="/settings/keys" />
                <TextField
                    name="server"
                    id="key-server"
                    label=tr!(locale, keys.create.server)
                    hint=tr!(locale, keys.create.hint)
                    offers=offers
                    optional=true
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, keys.create.submit)}
                </button>
            </PostForm>
        </section>
    }
}
