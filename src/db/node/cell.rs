//! One value as it stands in a file.

use rusqlite::types::ValueRef;

/// Longest text that is read: more of it is cut off, which [`Cell::is_cut`] says. Bytes.
const LONGEST: usize = 32 * 1024 * 1024;

/// One value, of whatever type.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Null,
    /// A whole number.
    Integer(i64),
    /// Another number.
    Real(f64),
    /// A text; what is not UTF-8 in it was replaced by U+FFFD.
    Text {
        /// The text.
        text: String,
        /// Whether something was replaced or cut off.
        harmed: bool,
    },
}

impl Cell {
    pub(super) fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                let (bytes, cut) = match bytes.get(..LONGEST) {
                    Some(start) if bytes.len() > LONGEST => (start, true),
                    _ => (bytes, false),
                };
                let text = String::from_utf8_lossy(bytes);
                let harmed = cut || matches!(text, std::borrow::Cow::Owned(_));
                Self::Text { text: text.into_owned(), harmed }
            }
        }
    }

    /// A text that is not empty.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whatever it is, as a text that is not empty.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string()),
            Self::Real(number) => Some(number.to_string()),
            Self::Text { .. } => self.text().map(str::to_owned),
        }
    }

    /// A number, also where it is written as a text.
    pub fn real(&self) -> Option<f64> {
        match self {
            Self::Null => None,
            // Beyond 2^53 the last digits are lost; nothing is counted that far.
            #[expect(clippy::cast_precision_loss, reason = "an approximate number is asked for")]
            Self::Integer(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Text { text, .. } => text.trim().parse().ok(),
        }
        .filter(|number| number.is_finite())
    }

    /// A whole number that is not negative; fractions are dropped.
    pub fn count(&self) -> Option<i64> {
        const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;
        match self {
            Self::Integer(number) => Some(*number).filter(|number| *number >= 0),
            Self::Text { text, .. } if text.trim().bytes().all(|byte| byte.is_ascii_digit()) => {
                text.trim().parse().ok()
            }
            _ => {
                let number = self.real().filter(|number| (0.0..TWO_POW_63).contains(number))?;
                #[expect(clippy::cast_possible_truncation, reason = "the range was checked above")]
                Some(number as i64)
            }
        }
    }

    /// Whether it says yes.
    pub fn flag(&self) -> bool {
        match self {
            Self::Text { text, .. } => {
                ["1", "true", "yes"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
            }
            _ => self.real().is_some_and(|number| number != 0.0),
        }
    }

    /// Whether a text was cut off, or has characters that could not be read.
    pub fn is_harmed(&self) -> bool {
        matches!(self, Self::Text { harmed: true, .. })
    }

    /// Whether there is nothing.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::of(ValueRef::Text(text.as_bytes()))
    }

    #[test]
    fn numbers_are_read_whatever_their_type() {
        assert_eq!(Cell::Integer(-1).count(), None);
        assert_eq!(Cell::Real(63.5).count(), Some(63));
        assert_eq!(text("9223372036854775807").count(), Some(i64::MAX));
        assert_eq!(text(" 12.7 ").count(), Some(12));
        for nothing in [Cell::Null, Cell::Real(f64::NAN), Cell::Real(1e300), text("abc"), text("")] {
            assert_eq!(nothing.count(), None, "{nothing:?}");
        }
        assert!(text("TRUE").flag() && Cell::Integer(1).flag());
        assert!(!text("0").flag() && !Cell::Null.flag());
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_noted() {
        let cell = Cell::of(ValueRef::Text(b"a\xffb"));
        assert_eq!(cell.text(), Some("a\u{fffd}b"));
        assert!(cell.is_harmed());
        assert_eq!(Cell::of(ValueRef::Blob(b"12")).count(), Some(12));
    }
}
