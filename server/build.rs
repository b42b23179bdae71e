//! Embeds the site (scripts, wasm, style sheet, public files, each also compressed) in the binary. Compiled files are
//! served in a folder named after a hash of their content, `/pkg/<hash>/`; see `docs/adr/0004-embedded-site.md`.
//!
//! `DUPLISTATUS_SITE` names a file that says `built` as soon as the site is complete: the reading end of a pipe from
//! `scripts/site.sh`, which runs while cargo compiles the dependencies of the server (`scripts/build.sh`). Without it
//! (tests, checks), the list of files is empty.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DUPLISTATUS_SITE");
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?);
    let root = manifest.parent().ok_or("the package is not in the repository")?;
    let site = root.join("target/site");
    let mut files = Vec::new();
    if let Some(signal) = env::var_os("DUPLISTATUS_SITE") {
        // The script touches this file each time it rebuilds the site.
        println!("cargo::rerun-if-changed={}", root.join("target/site.begun").display());
        if fs::read_to_string(signal)?.trim() != "built" {
            return Err("the site was not built: see the messages of scripts/site.sh".into());
        }
        collect(&site, &mut files)?;
    }
    files.sort();
    let hash = hash_of(files.iter().filter(|file| file.starts_with(site.join("pkg"))))?;
    let mut code = String::from("&[\n");
    for file in files.iter().filter(|file| !is_compressed(file)) {
        let path = file.strip_prefix(&site)?.to_str().ok_or("a file name is not UTF-8")?;
        let path = path.strip_prefix("pkg/").map_or(path.into(), |name| format!("pkg/{hash}/{name}"));
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
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Returns one hash of all compiled files.
fn hash_of<'a>(files: impl Iterator<Item = &'a PathBuf>) -> Result<String, Box<dyn Error>> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.file_name().hash(&mut hasher);
        fs::read(file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
