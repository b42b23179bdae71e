//! Formats numbers: percentages and changes in percent.

/// Converts a number of bytes for the unit functions.
pub fn bytes(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Formats a share in percent with one decimal, never rounded up to all: `"98.6"`, `"100"`.
pub fn percent(part: i64, whole: i64) -> String {
    if whole <= 0 || part >= whole {
        return "100".to_owned();
    }
    let tenths = ((part.max(0) as f64 * 1000.0 / whole as f64) as i64).min(999);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Formats a change in whole percent with its sign, `"+12"`, `"−8"`; `None` without a previous value.
pub fn change(now: i64, before: i64) -> Option<String> {
    if before <= 0 {
        return None;
    }
    let percent = (now.saturating_sub(before) as f64 * 100.0 / before as f64) as i64;
    Some(match percent {
        0 => "0".to_owned(),
        1.. => format!("+{percent}"),
        _ => format!("−{}", percent.unsigned_abs()),
    })
}

/// Same, but `None` for a change to more than four times or less than a quarter of the previous value.
pub fn small_change(now: i64, before: i64) -> Option<String> {
    let is_large = now > before.saturating_mul(4) || now.saturating_mul(4) < before;
    if is_large { None } else { change(now, before) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn almost_all_is_not_all() {
        assert_eq!(percent(9999, 10_000), "99.9");
        assert_eq!(percent(10_000, 10_000), "100");
        assert_eq!(percent(0, 7), "0.0");
    }

    #[test]
    fn large_changes_are_no_percentages() {
        assert_eq!(
            [(400, 100), (401, 100), (25, 100), (24, 100), (5, 0)].map(|(n, b)| small_change(n, b)),
            [Some("+300".to_owned()), None, Some("−75".to_owned()), None, None]
        );
    }

    #[test]
    fn changes_have_a_sign() {
        assert_eq!(
            [(112, 100), (92, 100), (100, 100), (5, 0)].map(|(n, b)| change(n, b)),
            [Some("+12".to_owned()), Some("−8".to_owned()), Some("0".to_owned()), None]
        );
    }
}
