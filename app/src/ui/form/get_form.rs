//! A GET form: the browser submits it without JavaScript, the router with it.

use leptos::{form::form_data_from_event, prelude::*};

use crate::context::base_path::use_base_path;

/// Like the router's `Form`, which would prepend the base path twice.
#[component]
pub fn GetForm(
    /// Path inside the application.
    to: &'static str,
    /// Class of the form element.
    #[prop(optional, into)]
    class: Option<String>,
    /// Role of the form element (`search`).
    #[prop(optional)]
    role: Option<&'static str>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let navigate = leptos_router::hooks::use_navigate();
    let submit = move |event: web_sys::SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        // If the fields cannot be read, the browser submits the form, and the server returns the
        // same page.
        let Ok(data) = form_data_from_event(&event) else { return };
        let Ok(query) = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data) else { return };
        event.prevent_default();
        // The submit button is among the fields, even without a name.
        query.delete("");
        let text = String::from(query.to_string());
        let options = leptos_router::NavigateOptions { scroll: false, ..Default::default() };
        navigate(&if text.is_empty() { to.to_owned() } else { format!("{to}?{text}") }, options);
    };
    view! {
        <form method="get" action=use_base_path().url(to) class=class role=role on:submit=submit>
            {children()}
        </form>
    }
}
