//! What is known of the stream and of the data on the page.

use duplistatus::{dto::Moment, time::Timestamp};
use leptos::prelude::*;

use crate::error::ApiError;

/// How the stream is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveState {
    /// Not connected yet (also the server's rendering), or connecting again.
    Waiting,
    /// Connected.
    Connected,
    /// Connected as it seems, but nothing comes: something in between may hold it back.
    Silent,
    /// Was connected, or could not connect; data may be old.
    Lost,
}

/// The revision that a page was rendered from: the server's, handed to the browser in `<html data-revision>`, so that
/// the first message of the stream changes nothing unless something changed meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Revision(pub u64);

/// The stream's signals, and what pages that follow say of themselves.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    /// Changes whenever something was stored; 0 until the first message.
    pub revision: ReadSignal<u64>,
    /// How the stream is doing.
    pub state: ReadSignal<LiveState>,
    /// Why the last question of the page was not answered, while older data are shown.
    pub trouble: RwSignal<Option<ApiError>>,
    /// When the stream was last known to work: seconds by the browser's clock.
    heard: ReadSignal<i64>,
    /// The time of the data on the page, and the browser's clock when it came.
    data: RwSignal<Option<(Moment, i64)>>,
    /// How many pages follow: one, or none.
    followers: RwSignal<u32>,
}

impl Live {
    /// Whether the page follows what is stored.
    pub fn is_followed(self) -> bool {
        self.followers.get() > 0
    }

    /// Until when the data is known to have been right, on the reader's clock.
    pub fn fresh_until(self) -> Option<Moment> {
        let (moment, came) = self.data.get()?;
        let known_for = (self.heard.get() - came).max(0);
        Some(Moment { at: Timestamp::from_unix(moment.at.unix().saturating_add(known_for)), ..moment })
    }

    /// The time of the data on the page.
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
        let _left = self.trouble.try_set(None);
    }
}

/// The stream of this application; one that never speaks where none was provided.
pub fn use_live() -> Live {
    use_context().unwrap_or_else(|| new().0)
}

/// The writing ends of the signals.
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
        trouble: RwSignal::new(None),
        heard,
        data: RwSignal::new(None),
        followers: RwSignal::new(0),
    };
    (live, Writer { revision: set_revision, state: set_state, heard: set_heard })
}

/// The browser's clock: milliseconds.
#[cfg(feature = "hydrate")]
pub(super) fn browser_now() -> f64 {
    js_sys::Date::now()
}
