//! A note on pages that require a recent password confirmation, shown before the user fills in a form.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::notice::{Notice, Tone};
use crate::{
    context::{
        base_path::use_base_path,
        url::{href, with_query},
        viewer::use_viewer,
    },
    locale::use_locale,
    tr,
};

/// Says that the password is required, with a link; empty if it was confirmed recently.
#[component]
pub fn PasswordNotice() -> impl IntoView {
    let locale = use_locale();
    let viewer = use_viewer();
    let is_needed = viewer.name.is_some() && !viewer.proven;
    is_needed.then(|| {
        view! {
            <Notice tone=Tone::Info title=tr!(locale, sign_in.prove.needed)>
                <p>{tr!(locale, sign_in.prove.needed_what)} " " <ProveLink /></p>
            </Notice>
        }
    })
}

/// A link to confirm the password and return to this page.
#[component]
pub fn ProveLink() -> impl IntoView {
    let locale = use_locale();
    let base = use_base_path();
    let location = use_location();
    let to = move || {
        let path = location.pathname.get();
        let path = path.strip_prefix(base.as_str()).unwrap_or(&path).to_owned();
        let query = location.search.get();
        let here = if query.is_empty() { path } else { format!("{path}?{query}") };
        href(&with_query("/prove", [("next", here)]))
    };
    view! {
        <a class="text-link" href=to rel="external">
            {tr!(locale, sign_in.prove.link)}
        </a>
    }
}
