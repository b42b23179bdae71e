//! Finds broken references.

use std::path::{Component, Path, PathBuf};

use crate::{
    markdown::{Reference, anchors, references},
    tree::Tree,
};

/// Extensions of files that documents may name without their folder.
const SOURCES: &[&str] = &["rs", "ts", "sql", "sh", "css"];
/// Folders whose paths are written from the root of the repository.
const ROOTS: &[&str] = &[
    ".cargo",
    ".ci",
    "app",
    "bench",
    "docs",
    "end2end",
    "frontend",
    "fuzz",
    "locales",
    "migrations",
    "public",
    "scripts",
    "server",
    "src",
    "style",
    "tests",
];

/// The first parts of the paths of items.
const CRATES: &[&str] = &["crate", "duplistatus", "app", "server", "frontend"];

/// Returns the broken references of a document as `file:line: reference`, with the path of the file if only one has that
/// name.
pub fn wrong_references(tree: &Tree, file: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for (line, reference) in references(tree.text(file)) {
        let found = match &reference {
            Reference::Link(target) => (!link_leads_somewhere(tree, file, target)).then_some(target.as_str()),
            Reference::Code(code) => code.split_whitespace().find(|word| !word_exists(tree, file, word)),
        };
        wrong.extend(found.map(|each| {
            let hint = tree
                .place_of(each)
                .map_or_else(String::new, |place| format!(" (there is {})", place.display()));
            format!("{}:{line}: {each}{hint}", file.display())
        }));
    }
    wrong
}

fn link_leads_somewhere(tree: &Tree, file: &Path, target: &str) -> bool {
    if ["https:", "http:", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
        return true;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let place = if path.is_empty() { Some(file.to_owned()) } else { place(file, path) };
    let Some(place) = place.filter(|place| tree.has(place)) else { return false };
    anchor.is_none_or(|anchor| anchors(tree.text(&place)).iter().any(|each| each == anchor))
}

/// Returns the path in the repository that a link in this file leads to.
fn place(file: &Path, target: &str) -> Option<PathBuf> {
    let mut place = file.parent()?.to_owned();
    for part in Path::new(target).components() {
        match part {
            Component::Normal(name) => place.push(name),
            Component::ParentDir if !place.pop() => return None,
            Component::ParentDir | Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(place)
}

/// Returns whether a word of inline code is an existing path or name of the repository, or none at all.
fn word_exists(tree: &Tree, file: &Path, word: &str) -> bool {
    if word.contains("::")
        && word.chars().all(|each| each.is_ascii_alphanumeric() || matches!(each, '_' | ':'))
    {
        return item_exists(tree, word);
    }
    let word = word.split("::").next().unwrap_or_default().trim_end_matches([',', ';', '/']);
    let first = word.split('/').next().unwrap_or_default();
    let is_source =
        Path::new(word).extension().is_some_and(|ending| SOURCES.iter().any(|each| ending == *each));
    if word.contains(['<', '…', '$', '=', '(', '"']) {
        true
    } else if ROOTS.contains(&first) {
        exists_or_fits(tree, word)
    } else if is_source && word.contains('/') {
        exists_or_fits(tree, word) || place(file, word).is_some_and(|place| tree.has(&place))
    } else if is_source && !word.contains('*') {
        tree.has_name(word)
    } else if is_name_of_a_test(word) {
        tree.has_word(word)
    } else {
        true
    }
}

/// Returns whether each module of a path such as `db::copies` exists in the one before it, and the last item is declared.
fn item_exists(tree: &Tree, path: &str) -> bool {
    let parts: Vec<&str> = path.split("::").filter(|part| !CRATES.contains(part)).collect();
    let nested = parts.windows(2).all(|pair| {
        let [outer, inner] = pair else { return true };
        !tree.has_module(inner) || tree.has_module(&format!("{outer}/{inner}")) || tree.declares(inner)
    });
    nested && parts.iter().all(|part| tree.has_module(part) || tree.declares(part))
}

fn exists_or_fits(tree: &Tree, path: &str) -> bool {
    if path.contains('*') { tree.has_like(path) } else { tree.has(Path::new(path)) }
}

/// Names of tests are sentences; settings, columns and indexes have shorter names.
fn is_name_of_a_test(word: &str) -> bool {
    word.matches('_').count() >= 4 && word.chars().all(|each| matches!(each, 'a'..='z' | '0'..='9' | '_'))
}

/// Returns the documents that a text names by their paths.
pub fn named_documents(text: &str) -> Vec<String> {
    text.match_indices("docs/")
        .filter_map(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let is_start = before.is_none_or(|each| !each.is_alphanumeric() && !matches!(each, '-' | '_'));
            let rest = text.get(at..).filter(|_| is_start)?;
            let end =
                rest.find(|each: char| !each.is_alphanumeric() && !matches!(each, '/' | '.' | '-' | '_'));
            let name = rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches('.');
            name.ends_with(".md").then(|| name.to_owned())
        })
        .collect()
}
