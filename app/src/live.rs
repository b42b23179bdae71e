//! Live updates: one stream of revision numbers for the whole application.
//!
//! The stream carries no data. A new number changes [`Live::revision`], which is part of every resource's key, so
//! data always comes the one way it came at first. The stream is closed while the tab is hidden, and a lost one is
//! said ([`Live::state`]), because an old green page is worse than none.

use leptos::prelude::*;

/// How the stream is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveState {
    /// Not connected yet (also the server's rendering).
    Waiting,
    /// Connected.
    Connected,
    /// Was connected, or could not connect; data may be old.
    Lost,
}

/// The revision that a page was rendered from: the server's, handed to the browser in `<html data-revision>`, so that
/// the first message of the stream changes nothing unless something changed meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Revision(pub u64);

/// The stream's signals.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    /// Changes whenever something was stored.
    pub revision: ReadSignal<u64>,
    /// How the stream is doing.
    pub state: ReadSignal<LiveState>,
}

/// The stream of this application.
pub fn use_live() -> Live {
    expect_context()
}

/// Provides [`Live`], and in the browser opens the stream.
pub fn provide_live() {
    let (revision, set_revision) = signal(use_context::<Revision>().unwrap_or_default().0);
    let (state, set_state) = signal(LiveState::Waiting);
    provide_context(Live { revision, state });
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::connect(set_revision, set_state));
    #[cfg(not(feature = "hydrate"))]
    let _ = (set_revision, set_state);
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::RefCell, rc::Rc};

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, prelude::Closure};
    use web_sys::{EventSource, MessageEvent, VisibilityState};

    use super::LiveState;
    use crate::base_path::use_base_path;

    /// Opens the stream while the tab is visible, and closes it while it is hidden.
    pub(super) fn connect(set_revision: WriteSignal<u64>, set_state: WriteSignal<LiveState>) {
        let url = use_base_path().url("/api/live");
        let current: Rc<RefCell<Option<EventSource>>> = Rc::default();
        let follow_visibility = move || {
            let hidden = document().visibility_state() == VisibilityState::Hidden;
            let mut current = current.borrow_mut();
            match (hidden, current.take()) {
                (true, Some(open)) => open.close(),
                (false, None) => *current = open(&url, set_revision, set_state),
                (_, unchanged) => *current = unchanged,
            }
        };
        follow_visibility();
        let _listener = window_event_listener_untyped("visibilitychange", move |_| follow_visibility());
    }

    fn open(
        url: &str,
        set_revision: WriteSignal<u64>,
        set_state: WriteSignal<LiveState>,
    ) -> Option<EventSource> {
        let source = EventSource::new(url).ok()?;
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            set_state.set(LiveState::Connected);
            if let Some(number) = event.data().as_string().and_then(|text| text.parse().ok()) {
                set_revision.set(number);
            }
        });
        // EventSource reconnects by itself; until it has, the page says that it is old.
        let on_error = Closure::<dyn Fn()>::new(move || set_state.set(LiveState::Lost));
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        on_message.forget();
        on_error.forget();
        Some(source)
    }
}
