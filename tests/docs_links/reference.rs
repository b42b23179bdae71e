//! The parts of the program that the reference must document.

use std::collections::BTreeSet;

use crate::tree::Tree;

/// Returns the tables of the database.
pub fn tables(tree: &Tree) -> BTreeSet<String> {
    let schemas = tree.files_ending(&["schema.rs"]).map(|file| tree.text(file));
    let declared = schemas.flat_map(|text| text.split("diesel::table! {").skip(1));
    declared.filter_map(|table| table.split_whitespace().next()).map(str::to_owned).collect()
}

/// Returns the routes for programs, with `{}` for each variable part.
pub fn routes(tree: &Tree) -> BTreeSet<String> {
    let files = tree.files_ending(&["rs"]).filter(|file| file.starts_with("server/src"));
    files.flat_map(|file| quoted(tree.text(file), "\"/api/v1/", '"')).map(|route| unnamed(&route)).collect()
}

/// Returns the routes that a document has in inline code.
pub fn documented_routes(text: &str) -> BTreeSet<String> {
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    methods
        .iter()
        .flat_map(|method| quoted(text, &format!("`{method} /api/v1/"), '`'))
        .filter_map(|route| route.split_whitespace().last().map(unnamed))
        .collect()
}

/// Returns the texts between the first character of `begin` and `end`.
fn quoted(text: &str, begin: &str, end: char) -> Vec<String> {
    let found = text.match_indices(begin).filter_map(|(at, _)| text.get(at + 1..)?.split(end).next());
    found.filter(|each| !each.ends_with('/')).map(str::to_owned).collect()
}

fn unnamed(route: &str) -> String {
    let path = route.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
