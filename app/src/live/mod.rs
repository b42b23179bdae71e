//! Live updates: one stream of revision numbers for all tabs of a browser.
//!
//! The stream carries no data. A new number changes [`Live::revision`], and pages that follow ([`use_followed`]) fetch their
//! data again, in the same way as the first time. The stream is open while a page follows and its tab is visible. A lost or
//! silent stream is shown ([`Live::state`]), because an outdated page that looks OK is worse than none.

use leptos::prelude::*;

mod follow;
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser fetches again"))]
mod pace;
mod state;
#[cfg(feature = "hydrate")]
mod stream;

pub use self::{
    follow::use_followed,
    state::{Live, LiveState, Revision, use_live},
};

/// Provides [`Live`], and in the browser opens the stream while a page follows.
pub fn provide_live() {
    let (live, writer) = state::new();
    provide_context(live);
    // Viewers without the permission have nothing to follow.
    #[cfg(feature = "hydrate")]
    if crate::context::viewer::use_viewer().may(duplistatus::access::Permission::ViewBackups) {
        let is_followed = Memo::new(move |_| live.is_followed());
        Effect::new(move |_| stream::connect(writer, is_followed));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = writer;
}
