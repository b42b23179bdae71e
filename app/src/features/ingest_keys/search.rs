//! Looking for a key: by its server, or by how it begins.

use duplistatus::{dto::key::KeyRow, units::thousands};
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::{form::get_form::GetForm, link::Link},
};

/// Whether every word is in the name of a key's server, or is how the key begins. `any` is the name of keys for any server.
pub fn is_found(key: &KeyRow, words: &str, any: &str) -> bool {
    let name = key.server.as_ref().map_or(any, |(_, name)| name).to_lowercase();
    // Whole keys are pasted as well.
    let is_in = |word: &str| {
        name.contains(&word.to_lowercase()) || word.starts_with(&key.prefix) || key.prefix.starts_with(word)
    };
    words.split_whitespace().all(is_in)
}

/// The field, and how many were found.
#[component]
pub fn KeySearch(
    /// What is looked for.
    words: String,
    /// How many keys there are.
    all: usize,
    /// How many were found.
    found: usize,
) -> impl IntoView {
    let locale = use_locale();
    // Few are seen at a glance.
    if all < 5 && words.is_empty() {
        return None;
    }
    let counted = if words.trim().is_empty() {
        tr!(locale, keys.search.all, count = all, number = thousands(count(all)))
    } else {
        tr!(locale, keys.search.found, found = thousands(count(found)), all = thousands(count(all)))
    };
    let reset = (!words.is_empty()).then(|| {
        view! {
            <Link to="/settings/keys" class="text-link">
                {tr!(locale, keys.search.reset)}
            </Link>
        }
    });
    Some(view! {
        <div class="key-search">
            <GetForm to="/settings/keys" role="search" class="key-search-form">
                <label class="visually-hidden" for="key-words">{tr!(locale, keys.search.label)}</label>
                <input
                    class="field"
                    id="key-words"
                    type="search"
                    name="q"
                    value=words
                    maxlength="200"
                    placeholder=tr!(locale, keys.search.label)
                    autocomplete="off"
                    spellcheck="false"
                />
                <button type="submit" class="btn">
                    {tr!(locale, keys.search.submit)}
                </button>
            </GetForm>
            <p class="muted small" role="status">{counted} " " {reset}</p>
        </div>
    })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
