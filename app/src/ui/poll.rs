//! Polling every two seconds, while there is something to wait for and the tab is visible.

use leptos::prelude::*;

/// Returns a counter that increases while `active` is true; it never changes without JavaScript.
pub fn use_poll(active: ReadSignal<bool>) -> ReadSignal<u32> {
    let (count, set_count) = signal(0_u32);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        let ask = move || {
            if document().visibility_state() != web_sys::VisibilityState::Hidden {
                let _left = set_count.try_update(|count| *count = count.wrapping_add(1));
            }
        };
        if active.get()
            && let Ok(interval) = set_interval_with_handle(ask, std::time::Duration::from_secs(2))
        {
            on_cleanup(move || interval.clear());
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (active, set_count);
    count
}
