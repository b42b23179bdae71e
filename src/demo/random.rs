//! Repeatable chance. Each question gets dice of its own, thrown by what is asked about, so that a report does not
//! depend on how many others were made before it.

/// SplitMix64: tiny, and good enough for made-up data.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

/// Another number is another fleet's luck.
const SEED: u64 = 0x6475_706C_6973_7461;

impl Random {
    /// Dice for a subject, such as a job and a time.
    pub(super) fn of(subject: &[i64]) -> Self {
        subject.iter().fold(Self(SEED), |random, part| Self(Self(random.0 ^ part.cast_unsigned()).number()))
    }

    /// Any number.
    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, `end`.
    pub(super) fn below(&mut self, end: i64) -> i64 {
        i64::try_from(self.number() % end.max(1).cast_unsigned()).unwrap_or(0)
    }

    /// Whether something happens that happens so many times in a thousand.
    pub(super) fn chance(&mut self, permille: i64) -> bool {
        self.below(1000) < permille
    }

    /// A value, give or take so many percent.
    pub(super) fn around(&mut self, value: i64, percent: i64) -> i64 {
        value.saturating_mul(100 - percent + self.below(2 * percent + 1)) / 100
    }

    /// One of several things.
    pub(super) fn pick<T: Copy>(&mut self, things: &[T]) -> Option<T> {
        let index = self.below(i64::try_from(things.len()).unwrap_or(1));
        things.get(usize::try_from(index).unwrap_or(0)).copied()
    }
}
