//! A line the size of a word: the trend of a figure that is shown beside it.

use std::fmt::Write as _;

use duplistatus::units::fixed;
use leptos::prelude::*;

const WIDTH: f64 = 84.0;
const HEIGHT: f64 = 26.0;

/// Returns the points of a line through the values, oldest first; empty for fewer than two values. The line starts with the
/// first non-zero value, because a line at zero before the first report would make it look like a peak.
fn points(values: &[i64]) -> String {
    let begins = values.iter().position(|value| *value != 0).unwrap_or(values.len());
    let drawn = values.get(begins..).unwrap_or_default();
    let (Some(low), Some(high)) = (drawn.iter().min(), drawn.iter().max()) else { return String::new() };
    if drawn.len() < 2 {
        return String::new();
    }
    let range = (high - low).max(1) as f64;
    let step = WIDTH / (values.len() - 1) as f64;
    let mut text = String::new();
    for (i, value) in drawn.iter().enumerate() {
        let x = (begins + i) as f64 * step;
        let y = HEIGHT - 1.0 - (value - low) as f64 / range * (HEIGHT - 3.0);
        let _ = write!(text, "{}{},{}", if i == 0 { "" } else { " " }, fixed(x, 1), fixed(y, 1));
    }
    text
}

/// The line.
#[component]
pub fn Sparkline(
    /// The values, oldest first.
    values: Vec<i64>,
) -> impl IntoView {
    let points = points(&values);
    (!points.is_empty()).then(|| {
        view! {
            <svg class="sparkline" viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true">
                <polyline points=points></polyline>
            </svg>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_spans_the_box() {
        assert_eq!(points(&[1, 11, 6]), "0.0,25.0 42.0,2.0 84.0,13.5");
        assert_eq!(points(&[3]), "");
        assert_eq!(points(&[0, 0]), "");
    }

    #[test]
    fn a_first_run_is_no_peak_over_days_that_nothing_is_known_of() {
        assert_eq!(points(&[0, 0, 0, 7]), "", "one value is no line");
        assert_eq!(points(&[0, 7, 7]), "42.0,25.0 84.0,25.0", "later ones stand where their days are");
    }
}
