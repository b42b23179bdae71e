//! The files of the repository.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

/// Folders that are built, installed or written by tools.
const NOT_OURS: &[&str] = &["target", "node_modules", ".git", "test-results", "playwright-report"];
/// Paths in `.gitignore` that documents may name.
const GENERATED: &[&str] = &["fuzz/corpus", "fuzz/artifacts"];

/// All files with their text, if they have one, and all folders.
pub struct Tree(BTreeMap<PathBuf, Option<String>>);

impl Tree {
    /// Reads the repository in this folder.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self(BTreeMap::new());
        tree.add_folder(root, Path::new(""))?;
        Ok(tree)
    }

    /// Returns a tree of made-up files.
    pub fn made_up(files: &[(&str, &str)]) -> Self {
        let mut tree = Self(BTreeMap::new());
        for (path, text) in files {
            let path = PathBuf::from(path);
            for folder in path.ancestors().skip(1) {
                tree.0.insert(folder.into(), None);
            }
            tree.0.insert(path, Some((*text).to_owned()));
        }
        tree
    }

    fn add_folder(&mut self, root: &Path, folder: &Path) -> io::Result<()> {
        self.0.insert(folder.into(), None);
        for entry in std::fs::read_dir(root.join(folder))? {
            let entry = entry?;
            let (name, path) = (entry.file_name(), folder.join(entry.file_name()));
            let skip = NOT_OURS.iter().any(|each| name == *each)
                || GENERATED.iter().any(|each| path.starts_with(each));
            if skip {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.add_folder(root, &path)?;
            } else {
                // Files that are not text (images, compressed files) have no references.
                let text = std::fs::read_to_string(root.join(&path)).ok();
                self.0.insert(path, text);
            }
        }
        Ok(())
    }

    /// Returns whether a file or folder exists.
    pub fn has(&self, path: &Path) -> bool {
        self.0.contains_key(path) || GENERATED.iter().any(|each| path.starts_with(each))
    }

    /// Returns whether a file or folder matches a path with a `*` in its last part.
    pub fn has_like(&self, pattern: &str) -> bool {
        let Some((before, after)) = pattern.split_once('*') else { return false };
        self.0.keys().filter_map(|path| path.to_str()).any(|path| {
            path.strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
                .is_some_and(|middle| !middle.contains('/'))
        })
    }

    /// Returns whether any file has this name.
    pub fn has_name(&self, name: &str) -> bool {
        self.0.keys().any(|path| path.file_name().is_some_and(|each| each == name))
    }

    /// Returns the file with the name at the end of this path, link or item, if there is exactly
    /// one.
    pub fn place_of(&self, reference: &str) -> Option<&Path> {
        let path = reference.split('#').next()?;
        let name = path.rsplit(['/', ':']).next().filter(|name| !name.is_empty())?;
        let module = format!("{name}.rs");
        let mut places = self.0.keys().filter(|each| {
            each.file_name().is_some_and(|file| file == name || (path.contains("::") && *file == *module))
        });
        let first = places.next()?;
        places.next().is_none().then_some(first)
    }

    /// Returns whether any source file contains this word.
    pub fn has_word(&self, word: &str) -> bool {
        self.files_ending(&["rs", "ts", "sql"]).any(|file| self.text(file).contains(word))
    }

    /// Returns whether there is a module at the end of this path.
    pub fn has_module(&self, path: &str) -> bool {
        self.0.keys().any(|each| each.ends_with(path) || each.ends_with(format!("{path}.rs")))
    }

    /// Returns whether any Rust file declares an item or a field with this name.
    pub fn declares(&self, name: &str) -> bool {
        const KINDS: &[&str] = &["fn", "struct", "enum", "trait", "type", "const", "static", "mod", "pub"];
        self.files_ending(&["rs"]).any(|file| {
            self.text(file).match_indices(name).any(|(at, _)| {
                let (before, after) = (self.text(file).get(..at), self.text(file).get(at + name.len()..));
                let is_declared = before.is_some_and(|before| {
                    KINDS
                        .iter()
                        .any(|kind| before.strip_suffix(' ').is_some_and(|before| before.ends_with(kind)))
                });
                let ends = after.is_none_or(|after| {
                    !after.starts_with(|each: char| each.is_alphanumeric() || each == '_')
                });
                is_declared && ends
            })
        })
    }

    /// Returns the files with one of these extensions or names.
    pub fn files_ending<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = &'a PathBuf> {
        self.0.iter().filter(|(_, text)| text.is_some()).map(|(path, _)| path).filter(|path| {
            let of = |part: Option<&std::ffi::OsStr>| {
                part.is_some_and(|part| endings.iter().any(|each| part == *each))
            };
            of(path.extension()) || of(path.file_name())
        })
    }

    /// Returns the text of a file; empty if it has none.
    pub fn text(&self, path: &Path) -> &str {
        self.0.get(path).and_then(Option::as_deref).unwrap_or_default()
    }
}
