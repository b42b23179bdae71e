//! The stream in the browser.
//!
//! A browser opens at most six connections to a server, and a stream occupies one while its page is open: with six streams a
//! seventh page would wait forever for its data. So a worker shared by all tabs holds the stream (`public/live.js`). Without
//! shared workers (some mobile browsers, which show one tab at a time), each visible tab has its own.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{EventSource, MessageEvent, MessagePort, SharedWorker, VisibilityState};

use super::state::{LiveState, Revision, Writer, browser_now};
use crate::context::base_path::use_base_path;

/// Shorter interruptions are not shown.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Without a message for this long after connecting, something buffers the stream.
const FIRST: Duration = Duration::from_secs(8);
/// The server sends a message every 15 seconds: without one for this long, the stream is broken.
const SILENCE: Duration = Duration::from_secs(40);
/// Time until we reconnect after the browser gave up because of an error response.
const AGAIN: Duration = Duration::from_secs(10);

/// The worker's message that the stream was interrupted and the browser reconnects.
const LOST: &str = "lost";
/// The worker's message that the server rejected the stream.
const CLOSED: &str = "closed";

/// The source of revision numbers.
enum Source {
    /// The stream shared by all tabs.
    Shared(MessagePort),
    /// A stream of this tab.
    Own(EventSource),
}

/// The stream of this tab and its state.
struct Stream {
    url: String,
    worker_url: String,
    writer: Writer,
    source: RefCell<Option<Source>>,
    connected: Cell<bool>,
    has_worker: Cell<bool>,
    heard: RefCell<String>,
    /// Incremented with every message, and when the stream is opened or closed, so that timers detect that they are
    /// obsolete.
    turn: Cell<u32>,
}

/// Opens the stream while a page follows and the tab is visible, and closes it otherwise.
pub(super) fn connect(writer: Writer, is_followed: Memo<bool>) {
    let base = use_base_path();
    let stream = Rc::new(Stream {
        url: base.url("/api/live"),
        worker_url: base.url("/live.js"),
        writer,
        source: RefCell::default(),
        connected: Cell::new(false),
        has_worker: Cell::new(true),
        heard: RefCell::new(use_context::<Revision>().unwrap_or_default().0.to_string()),
        turn: Cell::new(0),
    });
    let (leaving, closing) = (Rc::clone(&stream), Rc::clone(&stream));
    let follow = move || {
        let is_hidden = document().visibility_state() == VisibilityState::Hidden;
        if is_hidden || !is_followed.get_untracked() {
            stream.close();
        } else {
            stream.open();
        }
    };
    Effect::new({
        let follow = follow.clone();
        move |_| {
            is_followed.track();
            follow();
        }
    });
    for event in ["visibilitychange", "pageshow"] {
        let follow = follow.clone();
        let _listener = window_event_listener_untyped(event, move |_| follow());
    }
    // A page in the back/forward cache must not listen.
    let _listener = window_event_listener_untyped("pagehide", move |_| closing.close());
    // A form submitted by the browser replaces this page. Its changes must not be fetched for the old page: after signing
    // out that would only cause errors. If the page stays after all, the stream is opened again later.
    let _listener = window_event_listener_untyped("submit", move |event| {
        if !event.default_prevented() {
            leaving.close();
            set_timeout(follow.clone(), AGAIN);
        }
    });
}

impl Source {
    /// Starts listening.
    fn open(stream: &Rc<Stream>) -> Option<Self> {
        let listening = Rc::clone(stream);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event| listening.take(&event));
        let hear = on_message.as_ref().unchecked_ref();
        let source = match stream.has_worker.get().then(|| Self::worker(stream)).flatten() {
            Some(port) => {
                port.set_onmessage(Some(hear));
                let _ = port.post_message(&JsValue::from_str("follow"));
                Self::Shared(port)
            }
            None => {
                let source = EventSource::new(&stream.url).ok()?;
                let losing = Rc::clone(stream);
                let on_error = Closure::<dyn Fn()>::new(move || losing.lose(losing.is_closed()));
                source.set_onmessage(Some(hear));
                source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
                on_error.forget();
                Self::Own(source)
            }
        };
        on_message.forget();
        Some(source)
    }

    /// Starts the worker shared by all tabs; its name is the URL of the stream.
    fn worker(stream: &Rc<Stream>) -> Option<MessagePort> {
        let worker = SharedWorker::new_with_str(&stream.worker_url, &stream.url).ok()?;
        let stream = Rc::clone(stream);
        let on_error = Closure::<dyn Fn()>::new(move || stream.do_without_worker());
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        on_error.forget();
        Some(worker.port())
    }

    fn close(&self) {
        match self {
            Self::Shared(port) => {
                port.set_onmessage(None);
                let _ = port.post_message(&JsValue::from_str("leave"));
                port.close();
            }
            Self::Own(source) => {
                source.set_onmessage(None);
                source.set_onerror(None);
                source.close();
            }
        }
    }
}

impl Stream {
    fn close(&self) {
        self.turn();
        if let Some(source) = self.source.take() {
            source.close();
        }
    }

    fn open(self: &Rc<Self>) {
        if self.source.borrow().is_some() {
            return;
        }
        let Some(source) = Source::open(self) else { return };
        self.source.replace(Some(source));
        self.connected.set(false);
        self.writer.state.set(LiveState::Waiting);
        self.expect_within(FIRST);
    }

    /// Falls back to an own stream if the worker cannot be loaded, because of an outdated cached file or a browser that
    /// forbids it.
    fn do_without_worker(self: &Rc<Self>) {
        if self.has_worker.replace(false) && self.source.borrow().is_some() {
            self.close();
            self.open();
        }
    }

    fn is_closed(&self) -> bool {
        matches!(&*self.source.borrow(), Some(Source::Own(own)) if own.ready_state() == EventSource::CLOSED)
    }

    fn turn(&self) -> u32 {
        let turn = self.turn.get().wrapping_add(1);
        self.turn.set(turn);
        turn
    }

    /// Runs something later, unless a message arrives until then.
    fn unless_heard(self: &Rc<Self>, span: Duration, then: impl FnOnce(&Rc<Self>) + 'static) {
        let (stream, turn) = (Rc::clone(self), self.turn());
        set_timeout(
            move || {
                if stream.turn.get() == turn && stream.source.borrow().is_some() {
                    then(&stream);
                }
            },
            span,
        );
    }

    fn expect_within(self: &Rc<Self>, span: Duration) {
        self.unless_heard(span, |stream| {
            stream.writer.state.set(LiveState::Silent);
            // A connection may be dead unnoticed. The worker checks its own.
            stream.unless_heard(AGAIN, |stream| {
                if matches!(&*stream.source.borrow(), Some(Source::Shared(_))) {
                    return;
                }
                stream.close();
                stream.open_quietly();
            });
        });
    }

    /// Reopens the stream without changing the state until a message arrives.
    fn open_quietly(self: &Rc<Self>) {
        if let Some(source) = Source::open(self) {
            self.source.replace(Some(source));
            self.expect_within(SILENCE);
        }
    }

    fn take(self: &Rc<Self>, event: &MessageEvent) {
        match event.data().as_string().as_deref() {
            Some(LOST) => self.lose(false),
            Some(CLOSED) => self.lose(true),
            Some(text) => self.hear(text),
            None => {}
        }
    }

    fn hear(self: &Rc<Self>, text: &str) {
        self.connected.set(true);
        self.writer.heard.set((browser_now() / 1000.0) as i64);
        self.writer.state.set(LiveState::Connected);
        if text.trim().parse::<u64>().is_ok() && *self.heard.borrow() != text {
            self.heard.replace(text.to_owned());
            // Counted here, because a restarted server may send an old number for new data.
            self.writer.revision.update(|revision| *revision += 1);
        }
        self.expect_within(SILENCE);
    }

    /// `gave_up`: after a network error the browser reconnects, after an error response it does not.
    fn lose(self: &Rc<Self>, gave_up: bool) {
        if self.connected.replace(false) {
            // The first message after an interruption always counts as a change.
            self.heard.take();
            self.writer.heard.set((browser_now() / 1000.0) as i64);
            self.writer.state.set(LiveState::Waiting);
        }
        self.unless_heard(TIMEOUT, |stream| stream.writer.state.set(LiveState::Lost));
        let is_own = matches!(&*self.source.borrow(), Some(Source::Own(_)));
        if gave_up && is_own {
            let stream = Rc::clone(self);
            set_timeout(
                move || {
                    if stream.is_closed() && !stream.connected.get() {
                        stream.close();
                        stream.open_quietly();
                        stream.writer.state.set(LiveState::Lost);
                    }
                },
                AGAIN,
            );
        }
    }
}
