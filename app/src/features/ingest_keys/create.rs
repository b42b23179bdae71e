//! The form that makes a key.

use duplistatus::ids::ServerId;
use leptos::prelude::*;

use super::api::CreateKey;
use crate::{locale::use_locale, tr, ui::form::post_form::PostForm};

/// One field: for which server. A new name makes a new server.
#[component]
pub fn CreateForm(
    /// Servers that are known.
    servers: Vec<(ServerId, String)>,
    /// Makes the key.
    action: ServerAction<CreateKey>,
) -> impl IntoView {
    let locale = use_locale();
    let options = servers.into_iter().map(|(_, name)| view! { <option value=name></option> }).collect_view();
    view! {
        <section class="card key-create" aria-labelledby="key-create-title">
            <h2 id="key-create-title">{tr!(locale, keys.create.title)}</h2>
            <PostForm action=action read=CreateKey::from_fields class="key-form">
                <input type="hidden" name="page" value="/settings/keys" />
                <label for="key-server">{tr!(locale, keys.create.server)}</label>
                <div class="key-fields">
                    <input
                        class="field"
                        id="key-server"
                        name="server"
                        type="text"
                        list="key-servers"
                        maxlength="200"
                        autocomplete="off"
                        spellcheck="false"
                        aria-describedby="key-server-hint"
                    />
                    <datalist id="key-servers">{options}</datalist>
                    <button type="submit" class="btn" data-variant="primary">
                        {tr!(locale, keys.create.submit)}
                    </button>
                </div>
                <p class="muted small" id="key-server-hint">
                    {tr!(locale, keys.create.hint)}
                </p>
            </PostForm>
        </section>
    }
}
