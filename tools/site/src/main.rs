//! Splits the compiled browser part at its lazy pages and writes the scripts that load both halves: `site-builder
//! FRONTEND.WASM FOLDER`. `scripts/site.sh` calls it.
//!
//! This is all that the build needs of cargo-leptos and of wasm-bindgen's command line, which depend on 600 crates.
//! It is compiled without optimization: that saves more time than the two seconds of its run.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};
use wasm_bindgen_cli_support::Bindgen;

/// The base name of the files, here and in `server/src/site.rs`.
const NAME: &str = "duplistatus";
/// The script that loads the halves. `wasm_split_helpers` puts this name into the code.
const LINK: &str = "./__wasm_split.______________________.js";

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(input), Some(folder), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: site-builder FRONTEND.WASM FOLDER");
    };
    let main = input.with_file_name("main.wasm");
    split(&input, &main, &folder).with_context(|| format!("splitting {}", input.display()))?;
    bind(&main, &folder).with_context(|| format!("writing the scripts of {}", main.display()))
}

/// Writes the main module to `main`, and the lazy modules and the script that loads them to `folder`.
fn split(input: &Path, main: &Path, folder: &Path) -> anyhow::Result<()> {
    let wasm = fs::read(input)?;
    let script = format!("./{NAME}.js");
    let mut options = wasm_split_cli_support::Options::new(&wasm);
    options.output_dir = folder;
    options.main_out_path = main;
    options.main_module = &script;
    options.link_name = LINK;
    wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:#}"))?;
    Ok(())
}

/// Writes the main module and its script to `folder`. Keeps the names of its functions, because the lazy modules
/// call them.
fn bind(main: &Path, folder: &Path) -> anyhow::Result<()> {
    Bindgen::new()
        .input_path(main)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        .keep_lld_exports(true)
        .demangle(false)
        .generate(folder)?;
    fs::rename(folder.join(format!("{NAME}_bg.wasm")), folder.join(format!("{NAME}.wasm")))?;
    Ok(())
}
