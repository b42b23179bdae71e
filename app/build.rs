//! Compiles `locales/*.json` into the typed `i18n` module, so that a missing key is a build error.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use leptos_i18n_codegen::gen_code;
use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../locales");
    let config = Config::new("en")?
        .locales_path("../locales")
        .parse_options(ParseOptions::new().interpolate_display(true));
    // What leptos_i18n_build does, but that also depends on ICU's data tools: an HTTP client, an archive reader and a WebAssembly
    // interpreter, as much to compile as all other build dependencies of this crate.
    let locales = parse_locales(None, config)?;
    for warning in locales.diag.warnings().iter() {
        println!("cargo::warning={warning}");
    }
    for error in locales.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    let module_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?).join("i18n");
    fs::create_dir_all(&module_dir)?;
    fs::write(module_dir.join("mod.rs"), gen_code(&locales, None, false, None, true)?.to_string())?;
    if env::var_os("CARGO_FEATURE_HYDRATE").is_some() {
        lighten(&module_dir.join("mod.rs"))?;
    }
    Ok(())
}

/// Removes what the browser does not need from the generated code, a fifth of the wasm file:
///
/// * It can request strings from a server function, separately for each text, so each text is a future with its own code. The
///   strings are embedded in the page (`src/locale/mod.rs`), so one future that all texts share is enough.
/// * It contains its own plural rules, but browsers have those of all languages.
fn lighten(module: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let asking = "< Self as l_i18n_crate :: __private :: fetch_translations :: TranslationUnit > :: request_strings () . await";
    let rules = "l_i18n_crate :: __private :: get_plural_rules (*";
    let waiting = "async fn build_string (self) -> String { self . build_display () . await . to_string () }";
    let ready = "fn build_string (self) -> core::future::Ready<String> { core::future::ready(self.build_display().to_string()) }";
    let mut code = fs::read_to_string(module)?;
    for (from, to) in [
        (asking, "crate::locale::browser::strings(Self::__get_strings_lock())"),
        (waiting, ready),
        ("async fn build_display", "fn build_display"),
        ("async fn new (builder", "fn new (builder"),
        (":: new (inner) . await", "::new(inner)"),
        ("async fn __get_", "fn __get_"),
        ("_translations__ () . await", "_translations__()"),
        ("async fn get_translations", "fn get_translations"),
        (":: get_translations () . await", "::get_translations()"),
        ("let fut = async move { match self . 0 {", "let fut = core::future::ready({ match self.0 {"),
        (
            "} ; l_i18n_crate :: __private :: LitWrapperFut :: new (fut)",
            "}); l_i18n_crate::__private::LitWrapperFut::new(fut)",
        ),
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
