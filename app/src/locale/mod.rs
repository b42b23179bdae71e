//! Translated text.
//!
//! `leptos_i18n` with `dynamic_load` keeps the strings out of the wasm file: the server sends those of the page's
//! language with the page ([`embedded`]). They are complete before hydration begins (`init`), and a change of
//! language reloads the page, so its futures are always ready and [`tr!`](crate::tr) can hand out a plain `String`, in attributes
//! as well as in text. See `docs/adr/0003-translations.md`.

use std::fmt::Display;

use futures::FutureExt as _;
use leptos::prelude::*;

// The generator's code follows the generator's style.
#[expect(
    missing_docs,
    unused_qualifications,
    clippy::expect_used,
    reason = "generated code follows the generator's style"
)]
mod generated;
pub use generated::i18n::*;

#[cfg(test)]
mod names_tests;

mod in_text;
pub use in_text::{Grouped, InText};

/// The language of this rendering.
pub fn use_locale() -> Locale {
    use_context().unwrap_or(Locale::en)
}

/// All languages.
pub fn languages() -> &'static [Locale] {
    <Locale as leptos_i18n::Locale>::get_all()
}

/// What a language calls itself. Not among the texts, because a page has those of its own language only.
pub fn language_name(locale: Locale) -> &'static str {
    match locale {
        Locale::en => "English",
    }
}

/// The language of a word such as `en`; English where there is no such language.
pub fn language_of(word: &str) -> Locale {
    word.parse().unwrap_or_default()
}

/// The value of a translation future, which is always ready (see the module's text).
#[doc(hidden)]
pub fn ready<T: Display>(translation: impl Future<Output = T>) -> String {
    translation.now_or_never().map(|text| text.to_string()).unwrap_or_default()
}

/// A translated text as a `String`: `tr!(locale, dashboard.title)`, `tr!(locale, jobs, count = 3)`. Whole numbers get their
/// thousands set apart.
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

/// The script text that hands the strings of one language to the browser.
#[cfg(feature = "ssr")]
pub fn embedded(locale: Locale) -> String {
    use leptos_i18n::__private::fetch_translations::RegisterCtx;

    // One language is one unit of translation: asking for any text of it registers all of them.
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
