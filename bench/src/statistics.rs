//! Medians and other quantiles.

use std::time::Duration;

/// Returns the median; 0 for none.
pub fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// Returns the median in milliseconds.
pub fn median_ms(times: &[Duration]) -> f64 {
    quantile_ms(times, 50)
}

/// Returns the time that `per_cent` of the times do not exceed, in milliseconds; 0 for none.
pub fn quantile_ms(times: &[Duration], per_cent: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    let index = (sorted.len() * per_cent).div_ceil(100).saturating_sub(1);
    sorted.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

/// Returns how many times as long as the others the ones took, round by round.
pub fn ratios(ones: &[Duration], others: &[Duration]) -> Vec<f64> {
    ones.iter().zip(others).map(|(one, other)| one.as_secs_f64() / other.as_secs_f64().max(1e-9)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_a_hundred_do_not_take_longer() {
        let times: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
        let found: Vec<_> = [50, 99, 100].iter().map(|of| quantile_ms(&times, *of).round()).collect();
        assert_eq!(found, [100.0, 198.0, 200.0]);
        assert!(quantile_ms(&[], 99).abs() < f64::EPSILON, "of none");
    }

    #[test]
    fn ratios_are_of_the_same_round() {
        let (ones, others) = ([2, 9].map(Duration::from_secs), [4, 3].map(Duration::from_secs));
        assert_eq!(ratios(&ones, &others), [0.5, 3.0]);
    }
}
