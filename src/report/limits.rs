//! How much of a body is read and kept. Invariant: nothing stored from one request grows beyond these bounds.

/// Bounds that are checked before a body is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest body, in bytes.
    pub max_bytes: usize,
    /// Deepest nesting of JSON objects and arrays.
    pub max_depth: usize,
    /// Most object keys in the whole JSON document.
    pub max_keys: usize,
    /// Most values (list elements and members) in the whole JSON document; log lines are what grows here.
    pub max_values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 32 * 1024 * 1024, max_depth: 64, max_keys: 20_000, max_values: 400_000 }
    }
}

/// Longest identity part (machine or backup id or name), in characters.
pub const MAX_IDENTITY_CHARS: usize = 200;
/// Longest short text (version, operating system, operation name, …), in bytes.
pub const MAX_WORD_BYTES: usize = 200;
/// Longest stored exception, in bytes.
pub const MAX_EXCEPTION_BYTES: usize = 16 * 1024;
/// Longest stored unidentified text, in bytes.
pub const MAX_UNIDENTIFIED_BYTES: usize = 4 * 1024;
/// Longest stored text of one log line, in bytes.
pub const MAX_LINE_BYTES: usize = 8 * 1024;
/// Most elements of a stored log.
pub const MAX_LOG_LINES: usize = 1_000;
/// Longest stored log, in bytes of JSON.
pub const MAX_LOG_BYTES: usize = 256 * 1024;

/// What ends a text that was cut.
const CUT_MARK: &str = " […]";

/// The text within `max` bytes, whole characters only, with a mark where it was cut.
pub(crate) fn clip(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(max.saturating_sub(CUT_MARK.len()));
    let mut cut = text.get(..end).unwrap_or_default().to_owned();
    cut.push_str(CUT_MARK);
    cut
}

/// Text for people: no control characters but line feeds and tabs, masked, within `max` bytes; `None` when empty.
pub(crate) fn prose(text: &str, max: usize) -> Option<String> {
    let clean = without_controls(text);
    // Masking comes before cutting: half a credential could no longer be recognised.
    let masked = super::mask::mask_secrets(clean.trim());
    (!masked.is_empty()).then(|| clip(&masked, max))
}

/// One short line: like [`prose`], without line breaks, for versions and names of things.
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

    /// The figures that the documentation names.
    #[test]
    fn the_bounds_are_the_documented_ones() {
        let bounds = [MAX_EXCEPTION_BYTES, MAX_UNIDENTIFIED_BYTES, MAX_LINE_BYTES, MAX_LOG_BYTES];
        assert_eq!(bounds, [16_384, 4_096, 8_192, 262_144]);
        let Limits { max_bytes, max_depth, max_keys, max_values } = Limits::default();
        assert_eq!((max_bytes, max_depth, max_keys, max_values), (33_554_432, 64, 20_000, 400_000));
    }
}
