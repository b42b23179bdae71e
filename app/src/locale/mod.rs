//! Translated texts.
//!
//! `leptos_i18n` with `dynamic_load` keeps the strings out of the wasm file: the server embeds those of the page's language
//! ([`embedded`]). They are loaded before hydration (`init`), and changing the language reloads the page. So the library's
//! futures are always ready, and [`tr!`](crate::tr) can return a plain `String`, for attributes as well as text. See
//! `docs/adr/0003-translations.md`.

use std::fmt::Display;

use futures::FutureExt as _;
use leptos::prelude::*;

// Generated code does not follow this project's style.
#[expect(
    missing_docs,
    unused_qualifications,
    clippy::expect_used,
    reason = "generated code does not follow this project's style"
)]
mod generated;
pub use generated::i18n::*;

#[cfg(test)]
mod names_tests;

mod in_text;
pub use in_text::{Grouped, InText};

/// Returns the language of this rendering.
pub fn use_locale() -> Locale {
    use_context().unwrap_or(Locale::en)
}

/// Returns all languages.
pub fn languages() -> &'static [Locale] {
    <Locale as leptos_i18n::Locale>::get_all()
}

/// Returns the name of a language in that language. Not a translated text, because a page only has those of its own language.
pub fn language_name(locale: Locale) -> &'static str {
    match locale {
        Locale::en => "English",
    }
}

/// Returns the language with a code such as `en`; English if there is none.
pub fn language_of(word: &str) -> Locale {
    word.parse().unwrap_or_default()
}

/// Returns the value of a translation future, which is always ready (see the module documentation).
#[doc(hidden)]
pub fn ready<T: Display>(translation: impl Future<Output = T>) -> String {
    translation.now_or_never().map(|text| text.to_string()).unwrap_or_default()
}

/// Returns a translated text as a `String`: `tr!(locale, dashboard.title)`, `tr!(locale, jobs, count = 3)`. Integers get
/// thousands separators.
#[macro_export]
macro_rules! tr {
    ($locale:expr, $first:ident $(. $key:ident)* $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::locale::ready(leptos_i18n::td_string!(
            $locale,
            $first $(. $key)*
            $(, $name = $crate::locale::InText::in_text($value))*
        ))
    };
}

/// Returns the script that passes the strings of a language to the browser.
#[cfg(feature = "ssr")]
pub fn embedded(locale: Locale) -> String {
    use leptos_i18n::__private::fetch_translations::RegisterCtx;

    // A language is one translation unit: requesting any of its texts registers all of them.
    let owner = Owner::new();
    owner.with(|| {
        let register = RegisterCtx::<Locale>::provide_context();
        let _registered = crate::tr!(locale, app_name);
        register.to_array().replace('<', "\\u003c")
    })
}

#[cfg(feature = "hydrate")]
pub use browser::init;
#[cfg(feature = "hydrate")]
mod browser;
