//! Replacements for parts of the i18n library in the browser; `build.rs` inserts them into the generated code.

use js_sys::{Array, Intl::PluralRules, Object, Reflect};
use leptos::prelude::*;
use leptos_i18n::{
    __private::fetch_translations::OnceCell,
    Locale as _,
    reexports::icu::plurals::{PluralCategory, PluralRuleType},
};
use wasm_bindgen::JsValue;

use super::{generated::i18n::Locale, in_text::Grouped};

/// Loads the strings that the server embedded in the page. Must run before hydration.
pub fn init() {
    let property = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
    for unit in Array::from(&property(&window(), "__LEPTOS_I18N_TRANSLATIONS")) {
        let language = property(&unit, "locale").as_string().and_then(|name| name.parse::<Locale>().ok());
        let texts = Array::from(&property(&unit, "values"));
        let texts = texts.iter().map(|text| text.as_string().unwrap_or_default().into_boxed_str()).collect();
        language.unwrap_or_default().init_translations((), texts);
    }
}

/// Returns the strings loaded by [`init`].
#[expect(clippy::expect_used, reason = "a page without its texts can only stay as the server rendered it")]
pub(super) fn strings<T: ?Sized>(place: &'static OnceCell<Box<T>>) -> &'static T {
    place.get().expect("the page brings its texts")
}

thread_local! {
    /// Of the page's language, which never changes while the page is open.
    static RULES: PluralRules = PluralRules::new(&Array::of1(&document_language()), &Object::new());
}

fn document_language() -> JsValue {
    document().document_element().and_then(|html| html.get_attribute("lang")).unwrap_or_default().into()
}

/// The browser's plural rules, instead of the library's, which include their data.
pub(super) struct Rules;

pub(super) fn plural_rules(_language: Locale, _cardinal: PluralRuleType) -> Rules {
    Rules
}

impl Rules {
    pub(super) fn category_for(&self, count: impl Into<Count>) -> PluralCategory {
        category_of(count.into())
    }
}

/// A counted value in a text.
#[derive(Debug, Clone, Copy)]
pub struct Count(f64);

impl From<Grouped> for Count {
    fn from(count: Grouped) -> Self {
        Self(count.0 as f64)
    }
}

fn category_of(Count(count): Count) -> PluralCategory {
    match String::from(RULES.with(|rules| rules.select(count))).as_str() {
        "zero" => PluralCategory::Zero,
        "one" => PluralCategory::One,
        "two" => PluralCategory::Two,
        "few" => PluralCategory::Few,
        "many" => PluralCategory::Many,
        _ => PluralCategory::Other,
    }
}
