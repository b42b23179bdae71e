//! Every text of `locales/en.json` is used by the code.
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    path::Path,
};

use serde_json::Value;

/// Adds the keys of a language, without plural suffixes.
fn keys(tree: &Value, key: &str, found: &mut BTreeSet<String>) {
    match tree {
        Value::Object(entries) => {
            for (name, below) in entries {
                let dot = if key.is_empty() { "" } else { "." };
                keys(below, &format!("{key}{dot}{name}"), found);
            }
        }
        _ => {
            let plurals = ["_zero", "_one", "_two", "_few", "_many", "_other"];
            let base = plurals.iter().find_map(|ending| key.strip_suffix(ending)).unwrap_or(key);
            found.insert(base.to_owned());
        }
    }
}

/// Adds all names and paths in the sources of a folder, such as `common.pager.next`, which may be broken over
/// lines.
fn paths(folder: &Path, found: &mut HashSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let mut text = String::new();
            for part in fs::read_to_string(&path).unwrap().split_whitespace() {
                if !text.ends_with('.') && !part.starts_with('.') {
                    text.push(' ');
                }
                text.push_str(part);
            }
            let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
            found.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
}

#[test]
fn every_text_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wanted = BTreeSet::new();
    keys(
        &serde_json::from_str(&fs::read_to_string(root.join("locales/en.json")).unwrap()).unwrap(),
        "",
        &mut wanted,
    );
    assert!(wanted.len() > 500, "the texts were not found");
    let mut named = HashSet::new();
    for folder in ["app/src", "server/src"] {
        paths(&root.join(folder), &mut named);
    }
    let unused: Vec<_> = wanted.iter().filter(|key| !named.contains(*key)).collect();
    assert!(unused.is_empty(), "no code uses these keys of locales/en.json: {unused:?}");
}
