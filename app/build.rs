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
        read_at_once(&module_dir.join("mod.rs"))?;
    }
    Ok(())
}

/// Makes every text ask the strings that came with the page, instead of a server function that would bring them when
/// they are missing. They never are (see `src/locale.rs`), and the code that could wait for them, once for each text,
/// was a tenth of the wasm file.
fn read_at_once(module: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let code = fs::read_to_string(module)?;
    let asking = "< Self as l_i18n_crate :: __private :: fetch_translations :: TranslationUnit > :: request_strings () . await";
    let reading = "crate::locale::strings_of(Self::__get_strings_lock())";
    let changed = code.replace(asking, reading);
    if changed == code {
        return Err("leptos_i18n generates other code than it did: look at `read_at_once`".into());
    }
    Ok(fs::write(module, changed)?)
}
