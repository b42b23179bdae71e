//! Limits for what is read and stored. Invariant: nothing stored from one request grows beyond these limits.

/// Limits that are checked before a body is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum size of a body, in bytes.
    pub max_bytes: usize,
    /// Maximum nesting of JSON objects and arrays.
    pub max_depth: usize,
    /// Maximum number of object keys in the whole JSON document.
    pub max_keys: usize,
    /// Maximum number of values (list elements and members) in the whole JSON document, most of them log lines.
    pub max_values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 32 * 1024 * 1024, max_depth: 64, max_keys: 20_000, max_values: 400_000 }
    }
}

/// Maximum length of an identity part (machine or backup id or name), in characters.
pub const MAX_IDENTITY_CHARS: usize = 200;
/// Maximum length of a short text (version, operating system, operation name, …), in bytes.
pub const MAX_WORD_BYTES: usize = 200;
/// Maximum length of a stored exception, in bytes.
pub const MAX_EXCEPTION_BYTES: usize = 16 * 1024;
/// Maximum length of a stored unidentified text, in bytes.
pub const MAX_UNIDENTIFIED_BYTES: usize = 4 * 1024;
/// Maximum length of the stored text of one log line, in bytes.
pub const MAX_LINE_BYTES: usize = 8 * 1024;
/// Maximum number of elements of a stored log.
pub const MAX_LOG_LINES: usize = 1_000;
/// Maximum size of a stored log, in bytes of JSON.
pub const MAX_LOG_BYTES: usize = 256 * 1024;

/// Marks the end of a text that was cut.
const CUT_MARK: &str = " […]";

/// Cuts a text to `max` bytes at a character boundary, and marks the cut.
pub(crate) fn clip(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(max.saturating_sub(CUT_MARK.len()));
    let mut cut = text.get(..end).unwrap_or_default().to_owned();
    cut.push_str(CUT_MARK);
    cut
}

/// Cleans a text of several lines: removes control characters other than line feeds and tabs, masks secrets and
/// cuts it to `max` bytes. `None` if it is empty.
pub(crate) fn prose(text: &str, max: usize) -> Option<String> {
    let clean = without_controls(text);
    // Masking comes before cutting: half a credential could no longer be recognized.
    let masked = super::mask::mask_secrets(clean.trim());
    (!masked.is_empty()).then(|| clip(&masked, max))
}

/// Cleans a text of one short line, such as a version or a name: like [`prose`], without line breaks.
pub(crate) fn word(text: &str) -> Option<String> {
    let flat: String = text.chars().filter(|c| !c.is_control()).collect();
    let masked = super::mask::mask_secrets(flat.trim());
    (!super::value::is_absent_word(&masked)).then(|| clip(&masked, MAX_WORD_BYTES))
}

fn without_controls(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect::<String>().into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_and_the_layout_stays() {
        assert_eq!(prose("a\u{7}b", 100).as_deref(), Some("ab"));
        assert_eq!(prose("a\n\tb\r\n", 100).as_deref(), Some("a\n\tb"));
        assert!(matches!(without_controls("a\n\tb"), std::borrow::Cow::Borrowed(_)));
        assert_eq!((prose(" \r\n", 100), word("null"), word("a\nb").as_deref()), (None, None, Some("ab")));
    }

    #[test]
    fn a_text_is_cut_within_its_bound_at_a_whole_character() {
        assert_eq!(clip("123456789", 9), "123456789");
        assert_eq!(clip("1234567890", 9), "123 […]");
        let cut = clip(&"ä".repeat(10), 9);
        assert_eq!(cut, "ä […]");
    }

    /// The documentation names these figures.
    #[test]
    fn the_bounds_are_the_documented_ones() {
        let bounds = [MAX_EXCEPTION_BYTES, MAX_UNIDENTIFIED_BYTES, MAX_LINE_BYTES, MAX_LOG_BYTES];
        assert_eq!(bounds, [16_384, 4_096, 8_192, 262_144]);
        let Limits { max_bytes, max_depth, max_keys, max_values } = Limits::default();
        assert_eq!((max_bytes, max_depth, max_keys, max_values), (33_554_432, 64, 20_000, 400_000));
    }
}
