//! Letters of texts.

/// A sentence that begins as sentences do: the answer that the sender got begins in lower case.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
