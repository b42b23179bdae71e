//! Adapts the size of the steps of long work, so that reports do not wait long.

use std::time::{Duration, Instant};

/// Target duration of a step. A report waits for one step, or two; with the commit that is less than the 50 ms allowed.
const AIM: Duration = Duration::from_millis(15);

/// Measures steps and determines the size of the next one.
#[derive(Debug)]
pub(in crate::service) struct StepSize {
    size: i64,
    largest: i64,
    /// Number of steps so far.
    pub steps: u64,
    /// Duration of the longest step.
    pub longest: Duration,
}

impl StepSize {
    /// Starts with steps of this size, which may grow up to `largest`.
    pub(in crate::service) fn new(size: i64, largest: i64) -> Self {
        Self { size, largest, steps: 0, longest: Duration::ZERO }
    }

    /// Returns the size of the next step.
    pub(in crate::service) fn size(&self) -> i64 {
        self.size
    }

    /// Returns when a step that starts now must end, even if work is left.
    pub(in crate::service) fn deadline() -> Instant {
        Instant::now() + AIM
    }

    /// Adapts the size after a step that did `done` pieces of work.
    pub(in crate::service) fn learn(&mut self, done: i64, took: Duration) {
        self.steps += 1;
        self.longest = self.longest.max(took);
        let aim = i64::try_from(AIM.as_micros()).unwrap_or(i64::MAX);
        let took = i64::try_from(took.as_micros()).unwrap_or(i64::MAX).max(1);
        let right = done.max(1).saturating_mul(aim) / took;
        // At most twice as much, because one fast step says little.
        self.size = right.clamp(1, self.size.saturating_mul(2)).min(self.largest);
    }

    /// Lets others write for as long as the last step took.
    pub(in crate::service) async fn rest(took: Duration) {
        tokio::time::sleep(took.min(AIM * 2)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_grow_while_they_are_quick_and_shrink_at_once_when_they_are_not() {
        let mut step_size = StepSize::new(8, 500);
        for expected in [16, 32, 64, 128, 256, 500, 500] {
            step_size.learn(step_size.size(), Duration::from_micros(10));
            assert_eq!(step_size.size(), expected);
        }
        step_size.learn(500, Duration::from_millis(150));
        assert_eq!(step_size.size(), 50);
        step_size.learn(50, Duration::from_secs(10));
        assert_eq!(step_size.size(), 1, "never nothing");
        assert_eq!((step_size.steps, step_size.longest), (9, Duration::from_secs(10)));
    }
}
