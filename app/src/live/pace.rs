//! When an open page asks again for its data: soon after something changed, never twice at once, later and later while that
//! fails, and at the moment from which what it shows would be wrong.
//!
//! Times are milliseconds of the browser's clock and spans, never the server's clock: the two may differ by hours.

/// Between two questions, so that a storm of reports costs a page little.
pub const AT_MOST_EVERY: f64 = 2_000.0;
/// Between two questions while nobody tells what changed.
pub const WITHOUT_NEWS: f64 = 30_000.0;
/// The first wait after a question that failed; each further one is twice as long.
const FIRST_WAIT: f64 = 2_000.0;
/// The longest wait.
const LONGEST_WAIT: f64 = 60_000.0;
/// A question that was not answered for so long is given up.
const LOST: f64 = 120_000.0;

/// What decides when to ask.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pace {
    /// When the question was asked that is not answered yet.
    asking: Option<f64>,
    /// When the last question was asked.
    asked: Option<f64>,
    /// When the last answer came.
    answered: Option<f64>,
    /// Questions that failed in a row.
    failures: i32,
    /// Whether something changed since the last question was asked.
    is_wanted: bool,
    /// When what is shown becomes wrong.
    expires: Option<f64>,
    /// Whether nobody tells what changed.
    has_no_news: bool,
}

impl Pace {
    /// Data came with the page; they hold for so many milliseconds.
    pub fn begin(&mut self, now: f64, holds_for: Option<f64>) {
        *self = Self { asking: None, asked: Some(now), ..*self };
        self.hold(now, holds_for);
    }

    /// Something changed.
    pub fn want(&mut self) {
        self.is_wanted = true;
    }

    /// Whether somebody tells what changed. Who is heard again answers again: the wait after failures is over.
    pub fn hear(&mut self, has_news: bool) {
        if has_news && self.has_no_news {
            self.failures = 0;
            self.is_wanted = true;
        }
        self.has_no_news = !has_news;
    }

    /// A question is asked.
    pub fn ask(&mut self, now: f64) {
        self.asking = Some(now);
        self.asked = Some(now);
        self.is_wanted = false;
        self.expires = None;
    }

    /// The answer came; the data hold for so many milliseconds.
    pub fn succeed(&mut self, now: f64, holds_for: Option<f64>) {
        self.asking = None;
        self.failures = 0;
        self.hold(now, holds_for);
    }

    /// There was no answer, or none that helps.
    pub fn fail(&mut self, now: f64) {
        self.asking = None;
        self.answered = Some(now);
        self.failures = self.failures.saturating_add(1);
    }

    /// Milliseconds since the last answer; none before the first.
    pub fn age(&self, now: f64) -> Option<f64> {
        self.answered.map(|at| now - at)
    }

    /// When to ask, if nothing else happens; a time that has passed means at once.
    pub fn next(&self) -> Option<f64> {
        if let Some(asking) = self.asking {
            return Some(asking + LOST);
        }
        let not_before = self.asked.map_or(f64::MIN, |at| at + AT_MOST_EVERY);
        if self.failures > 0 {
            let wait = (FIRST_WAIT * 2_f64.powi(self.failures.min(10) - 1)).min(LONGEST_WAIT);
            return self.answered.map(|at| (at + wait).max(not_before));
        }
        let wanted = self.is_wanted.then_some(f64::MIN);
        let poll = self.asked.filter(|_| self.has_no_news).map(|at| at + WITHOUT_NEWS);
        let first = [wanted, poll, self.expires].into_iter().flatten().reduce(f64::min)?;
        Some(first.max(not_before))
    }

    fn hold(&mut self, now: f64, holds_for: Option<f64>) {
        self.answered = Some(now);
        self.expires = holds_for.map(|span| now + span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page whose data came at 0.
    fn page() -> Pace {
        let mut pace = Pace::default();
        pace.begin(0.0, None);
        pace
    }

    #[test]
    fn a_storm_of_reports_is_one_question_in_two_seconds() {
        let mut pace = page();
        let mut asked = 0;
        let mut now = 0.0;
        // Twenty reports a second for a minute; answers take 300 ms.
        let mut answer_at = None;
        while now < 60_000.0 {
            pace.want();
            if answer_at.is_some_and(|at| at <= now) {
                answer_at = None;
                pace.succeed(now, None);
            }
            if answer_at.is_none() && pace.next().is_some_and(|at| at <= now) {
                pace.ask(now);
                asked += 1;
                answer_at = Some(now + 300.0);
            }
            now += 50.0;
        }
        assert!((28..=30).contains(&asked), "{asked} questions in a minute");
    }

    #[test]
    fn a_slow_answer_is_waited_for_and_what_changed_meanwhile_is_asked_for_then() {
        let mut pace = page();
        pace.want();
        pace.ask(5_000.0);
        pace.want();
        assert_eq!(pace.next(), Some(5_000.0 + LOST), "not while one is under way");
        pace.succeed(9_000.0, None);
        assert_eq!(pace.next(), Some(7_000.0));
        pace.ask(9_000.0);
        pace.succeed(9_100.0, None);
        assert_eq!(pace.next(), None, "nothing is left to ask");
    }

    #[test]
    fn what_holds_for_a_while_is_asked_for_when_that_is_over() {
        let mut pace = Pace::default();
        pace.begin(1_000.0, Some(600_000.0));
        assert_eq!(pace.next(), Some(601_000.0));
        pace.ask(601_000.0);
        pace.succeed(601_200.0, Some(0.0));
        assert_eq!(pace.next(), Some(603_000.0), "a moment that has passed is no endless loop");
    }

    #[test]
    fn failures_are_tried_again_later_and_later() {
        let mut pace = page();
        let mut waits = Vec::new();
        let mut now = 10_000.0;
        for _ in 0..8 {
            pace.ask(now);
            pace.fail(now);
            let next = pace.next().unwrap_or_default();
            waits.push((next - now) / 1000.0);
            now = next;
        }
        assert_eq!(waits, [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]);
        pace.ask(now);
        pace.succeed(now, None);
        assert_eq!(pace.next(), None);
    }

    #[test]
    fn a_server_that_is_heard_again_is_asked_at_once() {
        let mut pace = page();
        pace.hear(false);
        for _ in 0..6 {
            pace.ask(100_000.0);
            pace.fail(100_000.0);
        }
        assert_eq!(pace.next(), Some(160_000.0));
        pace.hear(true);
        assert_eq!(pace.next(), Some(102_000.0));
    }

    #[test]
    fn without_news_it_asks_every_thirty_seconds() {
        let mut pace = page();
        pace.hear(false);
        assert_eq!(pace.next(), Some(30_000.0));
        pace.ask(30_000.0);
        pace.succeed(30_100.0, None);
        assert_eq!(pace.next(), Some(60_000.0));
        pace.hear(true);
        pace.ask(60_000.0);
        pace.succeed(60_100.0, None);
        assert_eq!(pace.next(), None, "somebody tells again");
    }
}
