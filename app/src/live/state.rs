//! The state of the stream and of the data on the page.

use duplistatus::{dto::Moment, time::Timestamp};
use leptos::prelude::*;

use crate::error::ApiError;

/// The state of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveState {
    /// Not connected yet (also when rendered on the server), or reconnecting.
    Waiting,
    /// Connected.
    Connected,
    /// Connected, but nothing arrives: a proxy may be buffering.
    Silent,
    /// Was connected, or could not connect; data may be outdated.
    Lost,
}

/// The revision that a page was rendered from. The server passes it to the browser in `<html data-revision>`, so that
/// the first message of the stream only counts if something has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Revision(pub u64);

/// The signals of the stream, and the state of pages that follow.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    /// Changes whenever data was stored; 0 until the first message.
    pub revision: ReadSignal<u64>,
    /// The state of the stream.
    pub state: ReadSignal<LiveState>,
    /// Why the page's last request failed, while older data is shown.
    pub failure: RwSignal<Option<ApiError>>,
    /// When the stream was last known to work, in seconds of the browser's clock.
    heard: ReadSignal<i64>,
    /// The time of the data on the page, and the browser's clock when it arrived.
    data: RwSignal<Option<(Moment, i64)>>,
    /// Number of pages that follow: one or none.
    followers: RwSignal<u32>,
}

impl Live {
    /// Returns whether the page follows changes.
    pub fn is_followed(self) -> bool {
        self.followers.get() > 0
    }

    /// Returns until when the data is known to have been correct, in the viewer's time.
    pub fn fresh_until(self) -> Option<Moment> {
        let (moment, came) = self.data.get()?;
        let known_for = (self.heard.get() - came).max(0);
        Some(Moment { at: Timestamp::from_unix(moment.at.unix().saturating_add(known_for)), ..moment })
    }

    /// Returns the time of the data on the page.
    pub fn data_of(self) -> Option<Moment> {
        self.data.get().map(|(moment, _)| moment)
    }

    #[cfg(feature = "hydrate")]
    pub(super) fn show(self, now: Moment) {
        self.data.set(Some((now, (browser_now() / 1000.0) as i64)));
    }

    #[cfg(feature = "hydrate")]
    pub(super) fn follow(self) {
        self.followers.update(|number| *number += 1);
    }

    #[cfg(feature = "hydrate")]
    pub(super) fn unfollow(self) {
        let _left = self.followers.try_update(|number| *number = number.saturating_sub(1));
        let _left = self.failure.try_set(None);
    }
}

/// Returns the stream of this application; without a provider, one that never connects.
pub fn use_live() -> Live {
    use_context().unwrap_or_else(|| new().0)
}

/// The write halves of the signals.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser listens to the stream"))]
pub(super) struct Writer {
    pub(super) revision: WriteSignal<u64>,
    pub(super) state: WriteSignal<LiveState>,
    pub(super) heard: WriteSignal<i64>,
}

pub(super) fn new() -> (Live, Writer) {
    let (revision, set_revision) = signal(0_u64);
    let (state, set_state) = signal(LiveState::Waiting);
    let (heard, set_heard) = signal(0_i64);
    let live = Live {
        revision,
        state,
        failure: RwSignal::new(None),
        heard,
        data: RwSignal::new(None),
        followers: RwSignal::new(0),
    };
    (live, Writer { revision: set_revision, state: set_state, heard: set_heard })
}

/// Returns the browser's clock in milliseconds.
#[cfg(feature = "hydrate")]
pub(super) fn browser_now() -> f64 {
    js_sys::Date::now()
}
