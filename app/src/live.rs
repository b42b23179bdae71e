//! Live updates: one stream of revision numbers for the whole application.
//!
//! The stream carries no data. A new number changes [`Live::revision`], which is part of every resource's key, so
//! data always comes the one way it came at first. The stream is closed while the tab is hidden, and a lost one is
//! said ([`Live::state`]), because an old green page is worse than none.

use duplistatus::{dto::Moment, time::Timestamp};
use leptos::prelude::*;

/// How the stream is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveState {
    /// Not connected yet (also the server's rendering), or connecting again.
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
    /// Changes whenever something was stored; 0 until the first message.
    pub revision: ReadSignal<u64>,
    /// How the stream is doing.
    pub state: ReadSignal<LiveState>,
    /// When the stream was last known to work: seconds by the browser's clock.
    heard: ReadSignal<i64>,
    /// The time of the data on the page, and the browser's clock when it came.
    data: RwSignal<Option<(Moment, i64)>>,
}

impl Live {
    /// Tells when the data that a page shows was asked for. Call it in the view that shows the data.
    pub fn showing(self, now: Moment) {
        // In an effect: the server does not need it, and the browser must not change signals while it hydrates.
        Effect::new(move |_| self.data.set(Some((now, browser_seconds()))));
    }

    /// Until when the data is known to have been right, on the site's clock.
    pub fn fresh_until(self) -> Option<Moment> {
        let (moment, came) = self.data.get()?;
        let known_for = (self.heard.get() - came).max(0);
        Some(Moment { at: Timestamp::from_unix(moment.at.unix().saturating_add(known_for)), ..moment })
    }
}

/// The stream of this application; one that never speaks where none was provided.
pub fn use_live() -> Live {
    use_context().unwrap_or_else(|| new().0)
}

/// Provides [`Live`], and in the browser opens the stream.
pub fn provide_live() {
    let (live, writer) = new();
    provide_context(live);
    // Who may see nothing has nothing to follow.
    #[cfg(feature = "hydrate")]
    if crate::visitor::use_visitor().may(duplistatus::access::Permission::ViewBackups) {
        Effect::new(move |_| browser::connect(writer));
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
    let live = Live { revision, state, heard, data: RwSignal::new(None) };
    (live, Writer { revision: set_revision, state: set_state, heard: set_heard })
}

fn browser_seconds() -> i64 {
    #[cfg(feature = "hydrate")]
    return (js_sys::Date::now() / 1000.0) as i64;
    #[cfg(not(feature = "hydrate"))]
    0
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{
        cell::{Cell, RefCell},
        rc::Rc,
        time::Duration,
    };

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, prelude::Closure};
    use web_sys::{EventSource, MessageEvent, VisibilityState};

    use super::{LiveState, Revision, Writer, browser_seconds};
    use crate::base_path::use_base_path;

    /// A break shorter than this is nobody's business.
    const PATIENCE: Duration = Duration::from_secs(3);
    /// When the browser gave up (an error answer), we try again after this.
    const AGAIN: Duration = Duration::from_secs(10);

    /// The one stream, and what happened to it.
    struct Stream {
        url: String,
        writer: Writer,
        source: RefCell<Option<EventSource>>,
        connected: Cell<bool>,
        heard: RefCell<String>,
    }

    /// Opens the stream while the tab is visible, and closes it while it is hidden.
    pub(super) fn connect(writer: Writer) {
        let stream = Rc::new(Stream {
            url: use_base_path().url("/api/live"),
            writer,
            source: RefCell::default(),
            connected: Cell::new(false),
            heard: RefCell::new(use_context::<Revision>().unwrap_or_default().0.to_string()),
        });
        let leaving = Rc::clone(&stream);
        let follow_visibility = move || {
            if document().visibility_state() == VisibilityState::Hidden {
                stream.close();
            } else {
                stream.open();
            }
        };
        follow_visibility();
        let _listener = window_event_listener_untyped("visibilitychange", {
            let follow_visibility = follow_visibility.clone();
            move |_| follow_visibility()
        });
        // A form that the browser sends itself replaces this page. What it changes must not be fetched for the old one:
        // after signing out there would be nothing but errors. Should the page stay after all, it goes on later.
        let _listener = window_event_listener_untyped("submit", move |event| {
            if !event.default_prevented() {
                leaving.close();
                set_timeout(follow_visibility.clone(), AGAIN);
            }
        });
    }

    impl Stream {
        fn close(&self) {
            if let Some(source) = self.source.take() {
                source.set_onmessage(None);
                source.set_onerror(None);
                source.close();
            }
        }

        fn open(self: &Rc<Self>) {
            if self.source.borrow().is_some() {
                return;
            }
            let Ok(source) = EventSource::new(&self.url) else { return };
            let stream = Rc::clone(self);
            let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event| stream.hear(&event));
            let stream = Rc::clone(self);
            let on_error = Closure::<dyn Fn()>::new(move || stream.lose());
            source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
            source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
            on_message.forget();
            on_error.forget();
            self.source.replace(Some(source));
        }

        fn hear(&self, event: &MessageEvent) {
            self.connected.set(true);
            self.writer.heard.set(browser_seconds());
            self.writer.state.set(LiveState::Connected);
            let Some(text) = event.data().as_string() else { return };
            if text.trim().parse::<u64>().is_ok() && *self.heard.borrow() != text {
                self.heard.replace(text);
                // Counted here: a server that was started anew may send an old number for new data.
                self.writer.revision.update(|revision| *revision += 1);
            }
        }

        fn lose(self: &Rc<Self>) {
            if self.connected.replace(false) {
                // Whatever comes after a break is news.
                self.heard.take();
                self.writer.heard.set(browser_seconds());
                self.writer.state.set(LiveState::Waiting);
            }
            let stream = Rc::clone(self);
            set_timeout(
                move || {
                    if !stream.connected.get() && stream.source.borrow().is_some() {
                        stream.writer.state.set(LiveState::Lost);
                    }
                },
                PATIENCE,
            );
            // A network error is tried again by the browser itself; an error answer is not.
            let gave_up =
                self.source.borrow().as_ref().is_some_and(|s| s.ready_state() == EventSource::CLOSED);
            if gave_up {
                self.close();
                let stream = Rc::clone(self);
                set_timeout(
                    move || {
                        stream.open();
                        if !stream.connected.get() {
                            stream.writer.state.set(LiveState::Lost);
                        }
                    },
                    AGAIN,
                );
            }
        }
    }
}
