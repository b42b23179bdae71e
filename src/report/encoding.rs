//! Bytes to text. Invariant: every byte sequence becomes some text; valid UTF-8 is never altered.

use std::borrow::Cow;

/// The characters of the bytes 0x80–0x9F in Windows-1252. The five undefined ones stay control characters, as in
/// Latin-1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Decodes a body: UTF-8 with or without a byte order mark, UTF-16 with one, and anything else as Windows-1252.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    // Duplicati never sends UTF-16, but shells on Windows write it when users relay a report through a file.
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => decode_unmarked(rest),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(decode_utf16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(decode_utf16(rest, u16::from_be_bytes)),
        rest => decode_unmarked(rest),
    }
}

fn decode_unmarked(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(windows_1252).collect()),
    }
}

fn windows_1252(byte: u8) -> char {
    byte.checked_sub(0x80)
        .and_then(|high| WINDOWS_1252.get(usize::from(high)))
        .copied()
        .unwrap_or(char::from(byte))
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().copied().map(unit);
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::utf_8(b"\xC3\xA4", "\u{e4}")]
    #[case::marked_utf_8(b"\xEF\xBB\xBF\xC3\xA4", "\u{e4}")]
    #[case::utf_16_little(b"\xFF\xFEa\0\xE4\0", "a\u{e4}")]
    #[case::utf_16_big(b"\xFE\xFF\0a\0\xE4", "a\u{e4}")]
    #[case::utf_16_lone(b"\xFE\xFF\xD8\0\0a", "\u{fffd}a")]
    #[case::windows(b"\x80\xE4\x81", "\u{20ac}\u{e4}\u{81}")]
    fn bytes_are_read_in_the_encoding_that_they_have(#[case] bytes: &[u8], #[case] expected: &str) {
        assert_eq!(decode(bytes), expected);
    }
}
