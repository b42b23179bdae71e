//! Changes texts for pages.

use std::borrow::Cow;

/// Capitalizes a sentence. Messages for senders start in lower case.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Shows the characters that change the direction of a text, or that nobody sees: with them, a text from outside could read as
/// something else.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match is_hidden(character) {
            true => shown.push_str(&format!("[U+{:04X}]", u32::from(character))),
            false => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// A text as HTML. Leptos escapes what is in an element, but not in a `<textarea>`: there it is given as `inner_html`.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_the_direction_of_a_text_is_seen() {
        assert_eq!(visible("photos\u{202E}gpj.exe"), "photos[U+202E]gpj.exe");
        assert_eq!(visible("\u{2066}a\u{2069}\u{200B}"), "[U+2066]a[U+2069][U+200B]");
        for plain in ["", "Ünï\u{202f}code ✓ שלום", "a\u{200d}b"] {
            assert!(matches!(visible(plain), Cow::Borrowed(text) if text == plain), "{plain}");
        }
    }

    #[test]
    fn nothing_in_a_text_ends_its_element() {
        assert_eq!(escaped("</textarea><b>&lt;"), "&lt;/textarea&gt;&lt;b&gt;&amp;lt;");
    }
}
