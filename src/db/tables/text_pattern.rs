//! Searches of text.

/// The LIKE pattern of everything that contains a text; its escape character is `\`.
pub fn pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
