//! The texts use the words of the glossary: only `docs/GLOSSARY.md` lists the words that are not used.
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{collections::BTreeMap, fs};

use serde_json::Value;

fn read(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Returns the texts of a language by their keys.
fn texts(tree: &Value) -> BTreeMap<String, String> {
    fn collect(tree: &Value, key: &str, found: &mut BTreeMap<String, String>) {
        match tree {
            Value::Object(entries) => {
                for (name, below) in entries {
                    let below_key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                    collect(below, &below_key, found);
                }
            }
            Value::String(text) => {
                found.insert(key.to_owned(), text.clone());
            }
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    collect(tree, "", &mut found);
    found
}

/// Returns the cells of all rows of the tables below a heading, without the table heads.
fn rows(document: &str, heading: &str) -> Vec<Vec<String>> {
    let section = document.split("\n## ").find(|section| section.lines().next() == Some(heading));
    let lines = section.into_iter().flat_map(str::lines).filter(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    lines.skip(2).map(cells).collect()
}

/// Returns the words of a cell: everything in backticks.
fn words(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_lowercase).collect()
}

/// Converts to lower case, with simple apostrophes, and without placeholders, which are names in the code.
fn plain(text: &str) -> String {
    let mut parts = text.split("{{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push('…');
        plain.push_str(part.split_once("}}").map_or(part, |(_, rest)| rest));
    }
    plain.to_lowercase().replace('’', "'")
}

/// Returns whether a text contains this word or these words, other than as a part of longer ones.
fn has(text: &str, word: &str) -> bool {
    let joins = |neighbour: Option<char>| neighbour.is_some_and(|c| c.is_alphanumeric() || c == '-');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) =
            (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
        !joins(before.chars().next_back()) && !joins(after.chars().next())
    })
}

#[test]
fn texts_use_the_words_of_the_glossary() {
    let glossary = read("docs/GLOSSARY.md");
    let banned: Vec<(String, String)> = ["Words", "Plain English"]
        .into_iter()
        .flat_map(|heading| rows(&glossary, heading))
        .flat_map(|row| {
            let instead = row.first().cloned().unwrap_or_default();
            let words = row.last().map(|cell| words(cell)).unwrap_or_default();
            words.into_iter().map(move |word| (word, instead.clone()))
        })
        .collect();
    assert!(banned.len() > 50, "the tables of the glossary were not found");
    let exceptions: Vec<(String, String)> = rows(&glossary, "Exceptions")
        .into_iter()
        .flat_map(|row| {
            let keys = row.first().map(|cell| words(cell)).unwrap_or_default();
            let words = row.get(1).map(|cell| words(cell)).unwrap_or_default();
            keys.into_iter()
                .flat_map(move |key| words.clone().into_iter().map(move |word| (key.clone(), word)))
        })
        .collect();

    let mut unused = exceptions.clone();
    let mut wrong = Vec::new();
    for (key, text) in texts(&serde_json::from_str(&read("locales/en.json")).unwrap()) {
        let text_in_plain = plain(&text);
        for (word, instead) in banned.iter().filter(|(word, _)| has(&text_in_plain, word)) {
            if exceptions.contains(&(key.clone(), word.clone())) {
                unused.retain(|exception| *exception != (key.clone(), word.clone()));
            } else {
                wrong.push(format!("{key}: “{word}” (use: {instead}) in “{text}”"));
            }
        }
    }
    assert!(wrong.is_empty(), "docs/GLOSSARY.md has other words for these:\n{}", wrong.join("\n"));
    assert!(unused.is_empty(), "these exceptions of docs/GLOSSARY.md are not needed: {unused:?}");
}

#[test]
fn words_are_found_as_words_only() {
    assert!(has("a person signs in", "person") && has("person", "person") && has("“person”.", "person"));
    assert!(!has("personal", "person") && !has("in-person", "person"));
    assert_eq!(plain("{{ person }} is Jo’s"), "… is jo's");
    assert_eq!(words("`a b`, and `C`"), ["a b", "c"]);
    assert_eq!(rows("# T\n\n## Words\n\n| W | N |\n|---|---|\n| x | `y` |\n", "Words"), [["x", "`y`"]]);
}
