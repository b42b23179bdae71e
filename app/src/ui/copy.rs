//! Texts to copy.

use leptos::prelude::*;

use super::announce::use_announcer;
use crate::{format::text::escaped, locale::use_locale, tr};

/// The text that was copied last. Its button shows that, even after the page was rendered again.
#[derive(Debug, Clone, Copy)]
struct Copied(RwSignal<Option<String>>);

/// Provides the copied text to buttons.
pub fn provide_copied() {
    provide_context(Copied(RwSignal::new(None)));
}

/// A read-only field with a text, and once the page is interactive a button that copies it.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: String,
    /// What the text is.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    let select = move || {
        if let Some(field) = field.get() {
            field.select();
        }
    };
    let input = view! {
        <input
            class="field"
            type="text"
            node_ref=field
            readonly=true
            value=text.clone()
            aria-label=label
            spellcheck="false"
            autocomplete="off"
            on:focus=move |_| select()
        />
    };
    view! {
        <div class="copy">
            {input}
            <Copy text=text select=Callback::new(move |()| select()) />
        </div>
    }
}

/// Same for a text of several lines.
#[component]
pub fn CopyBlock(
    /// The text.
    #[prop(into)]
    text: String,
    /// What the text is.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Textarea>::new();
    let select = move || {
        if let Some(field) = field.get() {
            field.select();
        }
    };
    let lines = text.lines().count().to_string();
    let area = view! {
        <textarea
            class="field"
            node_ref=field
            readonly=true
            rows=lines
            aria-label=label
            spellcheck="false"
            autocomplete="off"
            on:focus=move |_| select()
            inner_html=escaped(&text)
        ></textarea>
    };
    view! {
        <div class="copy" data-lines="many">
            {area}
            <Copy text=text select=Callback::new(move |()| select()) />
        </div>
    }
}

/// A button that copies a text shown elsewhere on the page: the element with this id is selected if the browser can only copy
/// the selection.
#[component]
pub fn CopyText(
    /// The text.
    #[prop(into)]
    text: String,
    /// Id of the element that shows it.
    shown: &'static str,
) -> impl IntoView {
    view! {
        <span class="copy">
            <Copy text=text select=Callback::new(move |()| select_content(shown)) />
        </span>
    }
}

/// Selects the content of an element. If that fails, nothing can be copied over plain HTTP, and the page says so.
#[cfg(feature = "hydrate")]
fn select_content(id: &str) {
    use js_sys::{Function, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    let method = |of: &JsValue, name: &str| {
        Reflect::get(of, &JsValue::from_str(name)).and_then(|found| found.dyn_into::<Function>())
    };
    let window: JsValue = window().into();
    let selection = method(&window, "getSelection").and_then(|get| get.call0(&window));
    if let (Ok(selection), Some(element)) = (selection, document().get_element_by_id(id)) {
        let _selected =
            method(&selection, "selectAllChildren").and_then(|select| select.call1(&selection, &element));
    }
}

#[cfg(not(feature = "hydrate"))]
fn select_content(_id: &str) {}

/// The button.
#[component]
fn Copy(
    /// The text.
    text: String,
    /// Selects the text in its field.
    select: Callback<()>,
) -> impl IntoView {
    let locale = use_locale();
    let announce = use_announcer();
    let alive = RwSignal::new(false);
    let copied = use_context::<Copied>();
    Effect::new(move |_| alive.set(true));
    let text = StoredValue::new(text);
    let copy = move |_| {
        select.run(());
        let text = text.get_value();
        copy_text(&text.clone(), move |done| {
            if let Some(Copied(copied)) = copied {
                copied.set(done.then(|| text.clone()));
            }
            announce(if done { tr!(locale, common.copy.done) } else { tr!(locale, common.copy.failed) });
        });
    };
    let is_copied = move || {
        copied.is_some_and(|Copied(copied)| {
            copied.with(|copied| copied.as_ref().is_some_and(|copied| text.with_value(|text| text == copied)))
        })
    };
    let words = move || {
        if is_copied() { tr!(locale, common.copy.done) } else { tr!(locale, common.copy.button) }
    };
    view! {
        <button type="button" class="btn" data-ready=move || alive.get() on:click=copy>
            {words}
        </button>
    }
}

#[cfg(feature = "hydrate")]
fn copy_text(text: &str, done: impl Fn(bool) + Clone + 'static) {
    use js_sys::{Function, Reflect};
    use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

    // `navigator.clipboard` is not available over plain HTTP, which many installations use. There the old command still copies
    // the selection of the field.
    let navigator = window().navigator();
    let modern = Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    if modern {
        let good = done.clone();
        let good = Closure::once_into_js(move |_: JsValue| good(true));
        let bad = Closure::once_into_js(move |_: JsValue| done(false));
        let promise: JsValue = navigator.clipboard().write_text(text).into();
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
fn copy_text(_text: &str, _done: impl Fn(bool) + Clone + 'static) {}
