//! Medians and their like.

use std::time::Duration;

/// The middle one of some numbers; 0 of none.
pub fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// The middle one of some times: milliseconds.
pub fn median_ms(times: &[Duration]) -> f64 {
    quantile_ms(times, 50)
}

/// The time that so many of a hundred do not exceed: milliseconds; 0 of none.
pub fn quantile_ms(times: &[Duration], per_cent: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    let index = (sorted.len() * per_cent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

/// How many times as long as the others the ones took, round by round.
pub fn ratios(ones: &[Duration], others: &[Duration]) -> Vec<f64> {
    ones.iter().zip(others).map(|(one, other)| one.as_secs_f64() / other.as_secs_f64().max(1e-9)).collect()
}
