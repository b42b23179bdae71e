//! Long work in small steps: how large a step may be, so that reports that arrive meanwhile do not wait.

use std::time::{Duration, Instant};

/// What a step aims at. Reports wait for one step, or for two when they arrive with the second; with the commit that is
/// less than the 50 ms that they may have to wait.
const AIM: Duration = Duration::from_millis(15);

/// Measures steps and says how large the next one may be.
#[derive(Debug)]
pub(in crate::service) struct StepSize {
    size: i64,
    largest: i64,
    /// Steps so far.
    pub steps: u64,
    /// The longest of them.
    pub longest: Duration,
}

impl StepSize {
    /// Begins with steps of a size, which grow up to another one.
    pub(in crate::service) fn new(size: i64, largest: i64) -> Self {
        Self { size, largest, steps: 0, longest: Duration::ZERO }
    }

    /// The size of the next step.
    pub(in crate::service) fn size(&self) -> i64 {
        self.size
    }

    /// When a step that begins now has to end, whatever is left of it.
    pub(in crate::service) fn deadline() -> Instant {
        Instant::now() + AIM
    }

    /// Learns from a step that did `done` pieces of work: the next one takes as long as it should.
    pub(in crate::service) fn learn(&mut self, done: i64, took: Duration) {
        self.steps += 1;
        self.longest = self.longest.max(took);
        let aim = i64::try_from(AIM.as_micros()).unwrap_or(i64::MAX);
        let took = i64::try_from(took.as_micros()).unwrap_or(i64::MAX).max(1);
        let right = done.max(1).saturating_mul(aim) / took;
        // Twice as much at most: one quick step says little.
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
