//! Numbers with nouns in the output of commands.

use std::fmt::Display;

use duplistatus::units::thousands;

/// Returns a number with its noun: `1 run`, `2,345 runs`.
pub(super) fn count_of<N>(number: N, one: &str, many: &str) -> String
where
    N: TryInto<i64> + Display + Copy,
{
    match number.try_into() {
        Ok(1) => format!("1 {one}"),
        Ok(number) => format!("{} {many}", thousands(number)),
        Err(_) => format!("{number} {many}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_others_are_many() {
        let words = [0_i64, 1, 2, 30_695].map(|number| count_of(number, "entry", "entries"));
        assert_eq!(words, ["0 entries", "1 entry", "2 entries", "30,695 entries"]);
        assert_eq!(count_of(1_u64, "run", "runs"), "1 run");
        assert_eq!(count_of(u64::MAX, "run", "runs"), "18446744073709551615 runs");
    }
}
