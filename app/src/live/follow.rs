//! Keeps the data of an open page current: fetches it again when data was stored, when a moment passes that makes it
//! wrong, and when the tab becomes visible. If that fails, the last data stays.

use std::future::Future;

use duplistatus::dto::shown::Shown;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::state::use_live;
use crate::error::ApiError;

/// Returns the data of a page as a resource that follows changes. `key` is derived from the address.
pub fn use_followed<K, T, Answer>(
    key: impl Fn() -> K + Send + Sync + 'static,
    fetch: impl Fn(K) -> Answer + Send + Sync + 'static,
) -> Resource<Result<T, ApiError>>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Shown + Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Answer: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    let key = Memo::new(move |_| key());
    let follower = Follower::new();
    let kept = StoredValue::new(None::<(K, T)>);
    let data = Resource::new(
        move || (key.get(), follower.questions()),
        move |(key, _)| {
            let answer = fetch(key.clone());
            async move {
                // Only here: the future is also created, but not polled, if the result was embedded in the page.
                follower.asks();
                match answer.await {
                    Ok(data) => {
                        follower.succeeds(&data);
                        follower.keep(kept, key, &data);
                        Ok(data)
                    }
                    Err(error) => {
                        let known = follower.kept(kept, &key).filter(|_| may_pass(&error));
                        follower.fails(&error, known.is_some());
                        known.ok_or(error)
                    }
                }
            }
        },
    );
    // Data embedded in the page was not fetched here.
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        if kept.with_value(Option::is_none)
            && let Some(Ok(shown)) = data.get()
        {
            follower.begins(&shown);
            kept.set_value(Some((key.get_untracked(), shown)));
        }
    });
    data
}

/// Returns whether the shown data may still be correct after an error, because the error is temporary.
fn may_pass(error: &ApiError) -> bool {
    match error {
        ApiError::Unreachable
        | ApiError::Busy
        | ApiError::Full
        | ApiError::ReadOnly
        | ApiError::TooMany { .. }
        | ApiError::Internal { .. }
        | ApiError::Unauthenticated => true,
        ApiError::NotFound
        | ApiError::Invalid { .. }
        | ApiError::Credentials
        | ApiError::NeedsSession
        | ApiError::NeedsProof => false,
    }
}

#[cfg(not(feature = "hydrate"))]
mod asking {
    use super::*;

    /// On the server the data is fetched once.
    #[derive(Clone, Copy)]
    pub(super) struct Follower;

    impl Follower {
        pub(super) fn new() -> Self {
            let _ = use_live();
            Self
        }

        pub(super) fn questions(self) -> u64 {
            0
        }

        pub(super) fn asks(self) {}

        pub(super) fn succeeds<T: Shown>(self, _: &T) {}

        pub(super) fn fails(self, _: &ApiError, _: bool) {}

        pub(super) fn keep<K, T>(self, _: StoredValue<Option<(K, T)>>, _: K, _: &T) {}

        pub(super) fn kept<K, T>(self, _: StoredValue<Option<(K, T)>>, _: &K) -> Option<T> {
            None
        }
    }
}

#[cfg(feature = "hydrate")]
mod asking {
    use std::time::Duration;

    use web_sys::VisibilityState;

    use super::*;
    use crate::live::{
        pace::Pace,
        state::{Live, LiveState, browser_now},
    };

    /// Longer timers are split, because browsers lose them.
    const LONGEST_TIMER: f64 = 3_600_000.0;
    /// Older data is fetched again when the tab becomes visible.
    const OLD: f64 = 30_000.0;

    /// Requests the data of one page.
    #[derive(Clone, Copy)]
    pub(super) struct Follower {
        live: Live,
        pace: StoredValue<Pace>,
        questions: RwSignal<u64>,
        timer: StoredValue<Option<TimeoutHandle>>,
    }

    impl Follower {
        pub(super) fn new() -> Self {
            let live = use_live();
            let follower = Self {
                live,
                pace: StoredValue::new(Pace::default()),
                questions: RwSignal::new(0),
                timer: StoredValue::new(None),
            };
            // Not during hydration, when nothing may change.
            Effect::new(move |_| live.follow());
            on_cleanup(move || {
                live.unfollow();
                follower.rest();
            });
            Effect::new(move |before: Option<u64>| {
                let revision = live.revision.get();
                if before.is_some_and(|before| before != revision) {
                    follower.change(Pace::want);
                }
                revision
            });
            Effect::new(move |_| {
                let state = live.state.get();
                let has_news = matches!(state, LiveState::Connected | LiveState::Waiting);
                follower.change(|pace| {
                    pace.hear(has_news);
                    // The server knows why the stream was lost: perhaps the session has ended.
                    if state == LiveState::Lost {
                        pace.want();
                    }
                });
            });
            let listener = window_event_listener_untyped("visibilitychange", move |_| {
                follower.change(|pace| {
                    if is_visible() && pace.age(browser_now()).is_none_or(|age| age > OLD) {
                        pace.want();
                    }
                });
            });
            on_cleanup(move || listener.remove());
            follower
        }

        pub(super) fn questions(self) -> u64 {
            self.questions.get()
        }

        pub(super) fn begins<T: Shown>(self, data: &T) {
            self.live.show(data.now());
            self.change(|pace| pace.begin(browser_now(), holds_for(data)));
        }

        pub(super) fn asks(self) {
            self.change(|pace| pace.ask(browser_now()));
        }

        pub(super) fn succeeds<T: Shown>(self, data: &T) {
            // The page may have been left meanwhile.
            if self.pace.try_get_value().is_some() {
                self.live.show(data.now());
                self.live.failure.set(None);
                self.change(|pace| pace.succeed(browser_now(), holds_for(data)));
            }
        }

        /// `is_kept` says whether older data is still shown.
        pub(super) fn fails(self, error: &ApiError, is_kept: bool) {
            if self.pace.try_get_value().is_some() {
                self.live.failure.set(is_kept.then(|| error.clone()));
                self.change(|pace| pace.fail(browser_now()));
            }
        }

        pub(super) fn keep<K: Send + Sync + 'static, T: Clone + Send + Sync + 'static>(
            self,
            kept: StoredValue<Option<(K, T)>>,
            key: K,
            data: &T,
        ) {
            let _left = kept.try_set_value(Some((key, data.clone())));
        }

        pub(super) fn kept<K: PartialEq + Send + Sync + 'static, T: Clone + Send + Sync + 'static>(
            self,
            kept: StoredValue<Option<(K, T)>>,
            key: &K,
        ) -> Option<T> {
            let of_key = |kept: &Option<(K, T)>| {
                kept.as_ref().filter(|(known, _)| known == key).map(|(_, data)| data.clone())
            };
            kept.try_with_value(of_key).flatten()
        }

        /// Changes the pace, and sets the timer again.
        fn change(self, change: impl FnOnce(&mut Pace)) {
            if self.pace.try_update_value(change).is_some() {
                self.wait();
            }
        }

        fn wait(self) {
            self.rest();
            let Some(next) = self.pace.try_get_value().and_then(|pace| pace.next()) else { return };
            let left = (next - browser_now()).clamp(0.0, LONGEST_TIMER);
            let timer = set_timeout_with_handle(move || self.wake(), Duration::from_millis(left as u64 + 1));
            let _left = self.timer.try_set_value(timer.ok());
        }

        fn wake(self) {
            // A hidden tab fetches when it becomes visible.
            let is_time = |pace: Pace| pace.next().is_some_and(|next| next <= browser_now());
            match self.pace.try_get_value() {
                Some(pace) if is_time(pace) && is_visible() => {
                    let _left = self.questions.try_update(|number| *number = number.wrapping_add(1));
                }
                Some(pace) if !is_time(pace) => self.wait(),
                _ => {}
            }
        }

        fn rest(self) {
            if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
                timer.clear();
            }
        }
    }

    fn is_visible() -> bool {
        document().visibility_state() != VisibilityState::Hidden
    }

    /// Returns how long data is valid, in milliseconds from the request, by the server's clock alone.
    fn holds_for<T: Shown>(data: &T) -> Option<f64> {
        let change = data.changes_at()?;
        // Data requested within the second of the change is fetched once more.
        Some(change.since(data.now().at).max(1) as f64 * 1000.0)
    }
}

use asking::Follower;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_not_shown_on() {
        assert!(!may_pass(&ApiError::NotFound));
        assert!(may_pass(&ApiError::Unreachable) && may_pass(&ApiError::Unauthenticated));
    }
}
