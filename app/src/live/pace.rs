//! When an open page fetches its data again: soon after a change, never twice at once, with growing waits while that fails,
//! and when the shown data becomes wrong.
//!
//! Times are milliseconds of the browser's clock, never of the server's: the two may differ by hours.

/// Minimum time between two requests, so that many reports cost a page little.
pub const AT_MOST_EVERY: f64 = 2_000.0;
/// Time between two requests while the stream does not work.
pub const WITHOUT_NEWS: f64 = 30_000.0;
/// The first wait after a failed request; each further one is twice as long.
const FIRST_WAIT: f64 = 2_000.0;
/// The maximum wait.
const LONGEST_WAIT: f64 = 60_000.0;
/// Time after which a request without a response is given up.
const LOST: f64 = 120_000.0;

/// The state that decides when to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pace {
    /// When the pending request was sent.
    asking: Option<f64>,
    /// When the last request was sent.
    asked: Option<f64>,
    /// When the last response arrived.
    answered: Option<f64>,
    /// Number of consecutive failures.
    failures: i32,
    /// Whether data has changed since the last request was sent.
    is_wanted: bool,
    /// When the shown data becomes wrong.
    expires: Option<f64>,
    /// Whether the stream does not work.
    has_no_news: bool,
}

impl Pace {
    /// Records that data was embedded in the page, valid for this many milliseconds.
    pub fn begin(&mut self, now: f64, holds_for: Option<f64>) {
        *self = Self { asking: None, asked: Some(now), ..*self };
        self.hold(now, holds_for);
    }

    /// Records a change.
    pub fn want(&mut self) {
        self.is_wanted = true;
    }

    /// Records whether the stream works. When it works again, the wait after failures ends.
    pub fn hear(&mut self, has_news: bool) {
        if has_news && self.has_no_news {
            self.failures = 0;
            self.is_wanted = true;
        }
        self.has_no_news = !has_news;
    }

    /// Records that a request is sent.
    pub fn ask(&mut self, now: f64) {
        self.asking = Some(now);
        self.asked = Some(now);
        self.is_wanted = false;
        self.expires = None;
    }

    /// Records a response, valid for this many milliseconds.
    pub fn succeed(&mut self, now: f64, holds_for: Option<f64>) {
        self.asking = None;
        self.failures = 0;
        self.hold(now, holds_for);
    }

    /// Records a failure.
    pub fn fail(&mut self, now: f64) {
        self.asking = None;
        self.answered = Some(now);
        self.failures = self.failures.saturating_add(1);
    }

    /// Returns the milliseconds since the last response; `None` before the first.
    pub fn age(&self, now: f64) -> Option<f64> {
        self.answered.map(|at| now - at)
    }

    /// Returns when to fetch unless something else happens; a time in the past means at once.
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

    /// Returns the pace of a page whose data arrived at 0.
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
        // Twenty reports a second for a minute; responses take 300 ms.
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
