//! Finds a free name.

use crate::db::StoreError;

/// Returns the name, or the name with a number: "nas (2)" and so on. The next free number is found by bisection, so that
/// the thousandth "nas" costs hardly more than the second.
///
/// # Errors
/// The error of `is_taken`.
pub(in crate::db) fn free_name(
    name: &str,
    guess: Option<i64>,
    mut is_taken: impl FnMut(&str) -> Result<bool, StoreError>,
) -> Result<String, StoreError> {
    if !is_taken(name)? {
        return Ok(name.to_owned());
    }
    let numbered = |number: i64| format!("{name} ({number})");
    if let Some(guess) = guess.filter(|guess| *guess >= 2)
        && !is_taken(&numbered(guess))?
    {
        return Ok(numbered(guess));
    }
    let (mut taken, mut free) = (1, 2);
    while is_taken(&numbered(free))? {
        (taken, free) = (free, free.saturating_mul(2));
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if is_taken(&numbered(middle))? {
            taken = middle;
        } else {
            free = middle;
        }
    }
    Ok(numbered(free))
}

/// Returns the number after a name: 7 in "nas (7)".
pub(in crate::db) fn number_behind(name: &str, text: &str) -> Option<i64> {
    text.strip_prefix(name)?.strip_prefix(" (")?.strip_suffix(')')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thousandth_name_costs_hardly_more_than_the_second() -> Result<(), StoreError> {
        let mut names = std::collections::BTreeSet::new();
        let mut most = 0;
        for _ in 0..2000 {
            let mut asked = 0;
            let name = free_name("nas", None, |name| {
                asked += 1;
                Ok(names.contains(name))
            })?;
            most = most.max(asked);
            assert!(names.insert(name));
        }
        assert!(names.contains("nas") && names.contains("nas (2)") && names.contains("nas (2000)"));
        assert!(most <= 24, "{most}");
        Ok(())
    }

    #[test]
    fn a_good_guess_costs_two_questions() -> Result<(), StoreError> {
        let mut asked = 0;
        let name = free_name("nas", Some(1001), |name| {
            asked += 1;
            Ok(name != "nas (1001)")
        })?;
        assert_eq!((name.as_str(), asked), ("nas (1001)", 2));
        assert_eq!(number_behind("nas", "nas (1000)"), Some(1000));
        assert_eq!(number_behind("nas", "nas (old)"), None);
        Ok(())
    }
}
