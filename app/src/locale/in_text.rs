//! How values are inserted into texts: integers with thousands separators, everything else unchanged. A year is passed as
//! text, because it is not a quantity.

use std::fmt;

use duplistatus::units::thousands;

/// An integer with thousands separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grouped(pub(super) i64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&thousands(self.0))
    }
}

#[cfg(not(feature = "hydrate"))]
impl From<Grouped> for leptos_i18n::reexports::icu::plurals::PluralOperands {
    fn from(count: Grouped) -> Self {
        count.0.into()
    }
}

/// A value that can be inserted into a text.
pub trait InText {
    /// Its form in the text.
    type Text;

    /// Converts the value for the text.
    fn in_text(self) -> Self::Text;
}

macro_rules! grouped {
    ($($number:ty),*) => {
        $(
            impl InText for $number {
                type Text = Grouped;

                fn in_text(self) -> Grouped {
                    Grouped(i64::try_from(self).unwrap_or(i64::MAX))
                }
            }

            impl InText for &$number {
                type Text = Grouped;

                fn in_text(self) -> Grouped {
                    (*self).in_text()
                }
            }
        )*
    };
}
grouped!(i8, u8, i16, u16, i32, u32, i64, u64, usize);

impl InText for String {
    type Text = Self;

    fn in_text(self) -> Self {
        self
    }
}

impl<'text> InText for &'text str {
    type Text = &'text str;

    fn in_text(self) -> Self {
        self
    }
}

impl<'text> InText for &'text String {
    type Text = &'text str;

    fn in_text(self) -> &'text str {
        self
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use crate::{locale::Locale, tr};

    #[test]
    fn numbers_are_grouped_in_every_text_and_years_are_not() {
        let locale = Locale::en;
        assert_eq!(tr!(locale, common.runs, count = 1110), "1,110 runs");
        assert_eq!(tr!(locale, common.runs, count = 1_i64), "1 run");
        assert_eq!(
            tr!(locale, dashboard.hero.fine, fine = 975, jobs = 1000_usize),
            "975 of 1,000 jobs are OK."
        );
        let day = duplistatus::time::Day::from_civil(2026, 11, 3);
        assert_eq!(crate::format::time::day_long(locale, day), "3 Nov 2026");
        assert_eq!(crate::charts::axis::month_text(locale, 2026, 11), "Nov 2026");
    }
}
