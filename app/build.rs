//! Compiles `locales/*.json` into the typed `i18n` module, so that a missing key is a build error.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use leptos_i18n_build::{Config, TranslationsInfos};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../locales");
    let module_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?).join("i18n");
    let config = Config::new("en")?
        .locales_path("../locales")
        .parse_options(leptos_i18n_build::ParseOptions::new().interpolate_display(true));
    let translations = TranslationsInfos::parse(config)?;
    translations.emit_warnings();
    translations.emit_errors();
    translations.rerun_if_locales_changed();
    translations.generate_i18n_module(module_dir.clone())?;
    if env::var_os("CARGO_FEATURE_HYDRATE").is_some() {
        lighten(&module_dir.join("mod.rs"))?;
    }
    Ok(())
}

/// Changes what the browser's side does not need of the generated code, a seventh of the wasm file:
///
/// * It could wait for strings from a server function, once for each text. They come with the page (`src/locale.rs`).
/// * It brings its own plural rules. The browser has those of all languages.
fn lighten(module: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let asking = "< Self as l_i18n_crate :: __private :: fetch_translations :: TranslationUnit > :: request_strings () . await";
    let rules = "l_i18n_crate :: __private :: get_plural_rules (*";
    let mut code = fs::read_to_string(module)?;
    for (from, to) in [
        (asking, "crate::locale::browser::strings(Self::__get_strings_lock())"),
        (rules, "crate::locale::browser::plural_rules(*"),
        (
            "Into < l_i18n_crate :: reexports :: icu :: plurals :: PluralOperands >",
            "Into<crate::locale::browser::Count>",
        ),
    ] {
        if !code.contains(from) {
            return Err(format!("leptos_i18n generates other code than it did: there is no {from}").into());
        }
        code = code.replace(from, to);
    }
    Ok(fs::write(module, code)?)
}
