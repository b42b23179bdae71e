//! Medians.

use std::time::Duration;

/// The middle one of some numbers; 0 of none.
pub fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// The middle one of some times: milliseconds.
pub fn median_ms(times: &[Duration]) -> f64 {
    median(&times.iter().map(|time| time.as_secs_f64() * 1000.0).collect::<Vec<_>>())
}
