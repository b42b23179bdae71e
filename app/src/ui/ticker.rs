//! The passing of time on an open page, so that "38 min ago" becomes "39 min ago".

use duplistatus::dto::Moment;
use leptos::prelude::*;

/// Seconds since the page was loaded, in steps of half a minute; 0 on the server and until hydration is done.
#[derive(Debug, Clone, Copy)]
struct Ticker(ReadSignal<i64>);

/// Starts the page's ticker.
pub fn provide_ticker() {
    let (seconds, set_seconds) = signal(0_i64);
    provide_context(Ticker(seconds));
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        let start = js_sys::Date::now();
        let tick = move || set_seconds.set(((js_sys::Date::now() - start) / 1000.0) as i64);
        // If the interval cannot be set, the times stay as rendered.
        let _interval = set_interval_with_handle(tick, std::time::Duration::from_secs(30));
        // Browsers throttle the interval of hidden pages.
        let _listener = window_event_listener_untyped("visibilitychange", move |_| tick());
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = set_seconds;
}

/// Returns the current time for data requested at `now`: the server's time, advanced by the browser's clock.
pub fn use_now(now: Moment) -> Signal<Moment> {
    let elapsed = use_elapsed();
    Signal::derive(move || now.plus(elapsed.get()))
}

/// Returns the seconds since this call, as a signal.
pub fn use_elapsed() -> Signal<i64> {
    match use_context::<Ticker>() {
        Some(Ticker(seconds)) => {
            let start = seconds.get_untracked();
            Signal::derive(move || seconds.get() - start)
        }
        None => Signal::stored(0),
    }
}
