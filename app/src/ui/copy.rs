//! A text to copy.

use leptos::prelude::*;

use super::announce::use_announcer;
use crate::{locale::use_locale, tr};

/// A read-only field with a text, and once the page is alive a button that copies it.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: String,
    /// What the text is.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let locale = use_locale();
    let announce = use_announcer();
    let alive = RwSignal::new(false);
    let copied = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let field = NodeRef::<leptos::html::Input>::new();
    let copy = move |_| {
        if let Some(field) = field.get() {
            copy_field(&field, move |done| {
                copied.set(done);
                announce(if done { tr!(locale, common.copy.done) } else { tr!(locale, common.copy.failed) });
            });
        }
    };
    let select = move |_| {
        if let Some(field) = field.get() {
            field.select();
        }
    };
    let words = move || {
        if copied.get() { tr!(locale, common.copy.done) } else { tr!(locale, common.copy.button) }
    };
    view! {
        <div class="copy">
            <input
                class="field"
                type="text"
                node_ref=field
                readonly=true
                value=text
                aria-label=label
                spellcheck="false"
                autocomplete="off"
                on:focus=select
            />
            <button type="button" class="btn" data-ready=move || alive.get() on:click=copy>
                {words}
            </button>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn copy_field(field: &web_sys::HtmlInputElement, done: impl Fn(bool) + Copy + 'static) {
    use js_sys::{Function, Reflect};
    use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

    field.select();
    // `navigator.clipboard` does not exist on plain HTTP, where many of these servers live: there the old command
    // still copies what is selected.
    let navigator = window().navigator();
    let modern = Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    if modern {
        let good = Closure::once_into_js(move |_: JsValue| done(true));
        let bad = Closure::once_into_js(move |_: JsValue| done(false));
        let promise: JsValue = navigator.clipboard().write_text(&field.value()).into();
        if let Ok(then) =
            Reflect::get(&promise, &JsValue::from_str("then")).and_then(|f| f.dyn_into::<Function>())
        {
            let _chained = then.call2(&promise, &good, &bad);
        }
    } else {
        let document: JsValue = document().into();
        let copied = Reflect::get(&document, &JsValue::from_str("execCommand"))
            .and_then(|f| f.dyn_into::<Function>())
            .and_then(|command| command.call1(&document, &JsValue::from_str("copy")));
        done(copied.is_ok_and(|answer| answer.is_truthy()));
    }
}

#[cfg(not(feature = "hydrate"))]
fn copy_field(_field: &web_sys::HtmlInputElement, _done: impl Fn(bool) + Copy + 'static) {}
