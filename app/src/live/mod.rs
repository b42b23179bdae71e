//! Live updates: one stream of revision numbers for all tabs of a browser.
//!
//! The stream carries no data. A new number changes [`Live::revision`], and pages that follow ([`use_followed`]) fetch what
//! they show again, so data always comes the one way it came at first. The stream is open while a page follows and its tab
//! is visible. One that is lost, or over which nothing comes, is said ([`Live::state`]): an old green page is worse than none.

use duplistatus::{dto::Moment, time::Timestamp};
use leptos::prelude::*;

use crate::error::ApiError;

mod follow;
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser asks again"))]
mod pace;
#[cfg(feature = "hydrate")]
mod stream;

pub use follow::use_followed;

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
    fn show(self, now: Moment) {
        self.data.set(Some((now, (browser_now() / 1000.0) as i64)));
    }

    #[cfg(feature = "hydrate")]
    fn follow(self) {
        self.followers.update(|number| *number += 1);
    }

    #[cfg(feature = "hydrate")]
    fn unfollow(self) {
        let _left = self.followers.try_update(|number| *number = number.saturating_sub(1));
        let _left = self.trouble.try_set(None);
    }
}

/// The stream of this application; one that never speaks where none was provided.
pub fn use_live() -> Live {
    use_context().unwrap_or_else(|| new().0)
}

/// Provides [`Live`], and in the browser opens the stream while somebody follows.
pub fn provide_live() {
    let (live, writer) = new();
    provide_context(live);
    // Who may see nothing has nothing to follow.
    #[cfg(feature = "hydrate")]
    if crate::visitor::use_visitor().may(duplistatus::access::Permission::ViewBackups) {
        let is_followed = Memo::new(move |_| live.is_followed());
        Effect::new(move |_| stream::connect(writer, is_followed));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = writer;
}

/// The writing ends of the signals.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser listens to the stream"))]
struct Writer {
    revision: WriteSignal<u64>,
    state: WriteSignal<LiveState>,
    heard: WriteSignal<i64>,
}

fn new() -> (Live, Writer) {
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
fn browser_now() -> f64 {
    js_sys::Date::now()
}
