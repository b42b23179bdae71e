//! Puts the site (script, wasm, style sheet, public files, each also compressed) into the binary, with the hashed names
//! that cargo-leptos gave them. Without a built site (tests, checks) the list is empty.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DUPLISTATUS_SITE");
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?);
    let site = env::var_os("DUPLISTATUS_SITE").map_or_else(|| manifest.join("../target/site"), PathBuf::from);
    let site = site.canonicalize().unwrap_or(site);
    println!("cargo::rerun-if-changed={}", site.display());
    let mut files = Vec::new();
    if site.is_dir() {
        collect(&site, &mut files)?;
    }
    files.sort();
    let mut code = String::from("&[\n");
    for file in files.iter().filter(|f| !is_compressed(f) && !is_declaration(f)) {
        let path = file.strip_prefix(&site)?.to_str().ok_or("a file name is not UTF-8")?;
        let variant = |suffix: &str| {
            let name = PathBuf::from(format!("{}.{suffix}", file.display()));
            if files.contains(&name) { format!("Some(include_bytes!({name:?}))") } else { "None".into() }
        };
        writeln!(
            code,
            "SiteFile {{ path: \"/{path}\", plain: include_bytes!({file:?}), br: {}, gz: {} }},",
            variant("br"),
            variant("gz")
        )?;
    }
    code.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    fs::write(out.join("site.rs"), code)?;
    Ok(())
}

fn is_compressed(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "br" || extension == "gz")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path().canonicalize()?;
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// TypeScript declarations, which no browser asks for.
fn is_declaration(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "ts")
}
