//! Data that an open page keeps right: fetched again when something was stored, when a moment passes from which they would
//! be wrong, and when the tab is looked at again. What cannot be fetched leaves the last good data where they are.

use std::future::Future;

use duplistatus::dto::shown::Shown;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::state::use_live;
use crate::error::ApiError;

/// The data of a page, which follows what is stored. `key` is what the address asks for.
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
                // Not before: the question is made, but not asked, also where the answer came with the page.
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
    // What came with the page was not fetched here.
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

/// Whether the data that are shown may be as right as before: there is no answer for a reason of its own.
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

    /// The server fetches once.
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

    /// A timer longer than this is set again when it is over: browsers forget longer ones.
    const LONGEST_TIMER: f64 = 3_600_000.0;
    /// Data that are older are asked for when the tab is looked at again.
    const OLD: f64 = 30_000.0;

    /// Asks for one page.
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
            // Not while the page is taken over: nothing may change then.
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
                    // Why it was lost is the server's to say: the session may have ended.
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
            // The page may have been left meanwhile: then nobody wants to know.
            if self.pace.try_get_value().is_some() {
                self.live.show(data.now());
                self.live.trouble.set(None);
                self.change(|pace| pace.succeed(browser_now(), holds_for(data)));
            }
        }

        /// `is_kept` says that older data are still shown.
        pub(super) fn fails(self, error: &ApiError, is_kept: bool) {
            if self.pace.try_get_value().is_some() {
                self.live.trouble.set(is_kept.then(|| error.clone()));
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

        /// Changes what decides when to ask, and sets the timer anew.
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
            // A hidden tab is asked again when somebody looks at it.
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

    /// For how long data hold: milliseconds from when they were asked for, by the server's clock alone.
    fn holds_for<T: Shown>(data: &T) -> Option<f64> {
        let change = data.changes_at()?;
        // Data that were asked for within the second of the change are asked for once more.
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
