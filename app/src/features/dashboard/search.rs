//! The search: a GET form that works without a script. With one it follows what is typed, and `/` leads to it.

use std::time::Duration;

use duplistatus::dto::dashboard::DashboardQuery;
use leptos::{html::Input, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::query::{filter_word, sort_word, to_path};
use crate::{locale::use_locale, tr, ui::form::get_form::GetForm};

/// How long nothing is typed before it is searched for.
const PAUSE: Duration = Duration::from_millis(250);

/// The field.
#[component]
pub fn Search<'a>(
    /// What was asked for.
    query: &'a DashboardQuery,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let hidden = [
        kept("filter", filter_word(query.filter)),
        kept("group", &query.group),
        kept("tag", &query.tag),
        kept("sort", sort_word(query.sort)),
    ];
    let node = NodeRef::<Input>::new();
    let search = query.search.clone();
    Effect::new({
        let search = search.clone();
        move |_| {
            // What is being typed is newer than what was searched for.
            if let Some(input) = node.get()
                && document().active_element().as_ref() != Some(&input)
            {
                input.set_value(&search);
            }
        }
    });
    let (navigate, asked) = (use_navigate(), query.clone());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let typed = move |_| {
        let Some(input) = node.get_untracked() else { return };
        if let Some(earlier) = timer.get_value() {
            earlier.clear();
        }
        let (navigate, asked, here) = (navigate.clone(), asked.clone(), address());
        let look = move || {
            let search: String = input.value().trim().chars().take(200).collect();
            // The page may have been left meanwhile, or shows something else: Enter was pressed, or a link.
            if !input.is_connected() || search == asked.search || address() != here {
                return;
            }
            if asked.search.is_empty() {
                // What stands above gives way to the result: nothing may end up above the window.
                window().scroll_to_with_x_and_y(0.0, 0.0);
            }
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&to_path(&DashboardQuery { search, page: 1, ..asked }), options);
        };
        timer.set_value(set_timeout_with_handle(look, PAUSE).ok());
    };
    view! {
        <GetForm to="/" class="search" role="search">
            {hidden}
            <input
                class="field"
                type="search"
                name="q"
                value=search
                maxlength="200"
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                aria-label=tr!(locale, dashboard.tools.search)
                aria-keyshortcuts="/"
                placeholder=tr!(locale, dashboard.tools.search)
                node_ref=node
                on:input=typed
            />
            <kbd aria-hidden="true">"/"</kbd>
        </GetForm>
    }
}

/// What is chosen besides a field, unless it is the default.
pub(super) fn kept(name: &'static str, value: &str) -> Option<AnyView> {
    let value = value.to_owned();
    (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value /> }.into_any())
}

/// The address of the page that is shown.
fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// Lets `/` lead to the search, wherever nothing is being typed.
pub(super) fn use_slash() {
    #[cfg(feature = "hydrate")]
    {
        use leptos::ev;
        use web_sys::{HtmlElement, wasm_bindgen::JsCast};

        let listener = window_event_listener(ev::keydown, |event| {
            let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
            let is_typing = target.is_some_and(|target| {
                target.is_content_editable()
                    || ["INPUT", "TEXTAREA", "SELECT"].contains(&target.tag_name().as_str())
            });
            if event.key() != "/" || is_typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let field = document().query_selector(".search .field").ok().flatten();
            if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
                event.prevent_default();
                // An element that is gone needs no focus.
                let _ = field.focus();
            }
        });
        on_cleanup(move || listener.remove());
    }
}
