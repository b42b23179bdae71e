//! Checks that every relative link, anchor, repository path and test name in the Markdown files exists, and every
//! document that the program names, and that the reference has every table and every route. A failure lists all
//! errors.
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

#[path = "docs_links/check.rs"]
mod check;
#[path = "docs_links/markdown.rs"]
mod markdown;
#[path = "docs_links/reference.rs"]
mod reference;
#[path = "docs_links/tree.rs"]
mod tree;

use check::{named_documents, wrong_references};
use reference::{documented_routes, routes, tables};
use tree::Tree;

fn repository() -> Tree {
    Tree::read(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn assert_none(wrong: &BTreeSet<String>) {
    let lines: Vec<&str> = wrong.iter().map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} references lead nowhere:\n{}", wrong.len(), lines.join("\n"));
}

#[test]
fn everything_that_the_documents_refer_to_exists() {
    let tree = repository();
    let documents: Vec<&PathBuf> = tree.files_ending(&["md"]).collect();
    assert!(documents.len() > 20, "the documents were found: {documents:?}");
    assert_none(&documents.into_iter().flat_map(|file| wrong_references(&tree, file)).collect());
}

#[test]
fn every_document_that_the_program_names_exists() {
    let tree = repository();
    let files: Vec<&PathBuf> = tree
        .files_ending(&["rs", "json", "ts", "toml", "sql", "sh", "css", "Makefile"])
        // These tests use made-up names.
        .filter(|file| !file.starts_with("tests/docs_links") && !file.ends_with("docs_links.rs"))
        .collect();
    let named: Vec<(&PathBuf, String)> = files
        .into_iter()
        .flat_map(|file| named_documents(tree.text(file)).into_iter().map(move |name| (file, name)))
        .collect();
    assert!(named.len() > 5, "names of documents were found: {named:?}");
    assert_none(
        &named
            .into_iter()
            .filter(|(_, name)| !tree.has(Path::new(name)))
            .map(|(file, name)| format!("{}: {name}", file.display()))
            .collect(),
    );
}

#[test]
fn the_reference_names_every_table() {
    let tree = repository();
    let document = tree.text(Path::new("docs/reference/database.md"));
    let tables = tables(&tree);
    assert!(tables.len() > 20, "{tables:?}");
    let missing: Vec<&String> =
        tables.iter().filter(|table| !document.contains(&format!("`{table}`"))).collect();
    assert!(missing.is_empty(), "docs/reference/database.md does not name these tables: {missing:?}");
}

#[test]
fn the_reference_and_the_program_have_the_same_routes() {
    let tree = repository();
    let documented = documented_routes(tree.text(Path::new("docs/API.md")));
    let routes = routes(&tree);
    assert!(routes.len() > 15, "{routes:?}");
    let missing: Vec<&String> = routes.difference(&documented).collect();
    assert!(missing.is_empty(), "docs/API.md does not name these routes: {missing:?}");
    let gone: Vec<&String> = documented.difference(&routes).collect();
    assert!(gone.is_empty(), "docs/API.md names these routes, which do not exist: {gone:?}");
}

fn found_in(text: &str) -> Vec<String> {
    let tree = Tree::made_up(&[
        ("docs/page.md", text),
        ("docs/other.md", "# Other\n\n## A & b: `c`\n\n## Twice\n\n## Twice\n"),
        ("src/real.rs", "fn a_name_of_a_real_test() {}"),
        ("src/db/inner.rs", "pub struct Thing;"),
        ("src/moved/elsewhere.rs", ""),
    ]);
    wrong_references(&tree, Path::new("docs/page.md"))
}

#[test]
fn what_exists_is_not_reported() {
    let text = "# Top\n\n[a](other.md) [b](other.md#a--b-c) [c](other.md#twice-1) [d](#top) ![e](../src/real.rs)\n\
                [f](https://example.org/gone.md#x) `src/real.rs`, `real.rs`, `src/` and `src/*.rs`, `cargo test`,\n\
                `src/real.rs::name`, `a_name_of_a_real_test`, `db::inner::Thing`, `duplistatus::real`\n\n```sh\ncat src/gone.rs [x](gone.md)\n```\n\n[g]: other.md \"title\"\n";
    assert_eq!(found_in(text), Vec::<String>::new());
}

#[test]
fn every_wrong_reference_is_reported_with_its_line() {
    let text = "# Top\n[a](gone.md) [b](other.md#gone) [c](#gone)\n`src/gone.rs` `gone.rs` `src/*.sql` `src/elsewhere.rs`\n\
                `a_name_of_a_test_that_is_gone` [d](/etc/passwd) [e](../../outside.md)\n`db::real` `db::Gone`\n\n[f]: gone.md\n";
    let expected = [
        "docs/page.md:2: gone.md",
        "docs/page.md:2: other.md#gone (there is docs/other.md)",
        "docs/page.md:2: #gone",
        "docs/page.md:3: src/gone.rs",
        "docs/page.md:3: gone.rs",
        "docs/page.md:3: src/*.sql",
        "docs/page.md:3: src/elsewhere.rs (there is src/moved/elsewhere.rs)",
        "docs/page.md:4: a_name_of_a_test_that_is_gone",
        "docs/page.md:4: /etc/passwd",
        "docs/page.md:4: ../../outside.md",
        "docs/page.md:5: db::real (there is src/real.rs)",
        "docs/page.md:5: db::Gone",
        "docs/page.md:7: gone.md",
    ];
    let mut found = found_in(text);
    for line in expected {
        let others = found.iter().filter(|each| *each != line).cloned().collect::<Vec<_>>();
        assert_eq!(others.len() + 1, found.len(), "{line} is once in {found:?}");
        found = others;
    }
    assert_eq!(found, Vec::<String>::new());
}
