//! Words for those who cannot see what changed: one quiet live region for the whole page.

use leptos::prelude::*;

/// The region's text.
#[derive(Debug, Clone, Copy)]
struct Announcements(RwSignal<String>);

/// Lets the page announce.
pub fn provide_announcer() {
    provide_context(Announcements(RwSignal::new(String::new())));
}

/// A way to announce; silent where nothing was provided.
pub fn use_announcer() -> impl Fn(String) + Copy + Send + Sync + 'static {
    let announcements = use_context::<Announcements>();
    move |text| {
        if let Some(Announcements(signal)) = announcements {
            signal.set(text);
        }
    }
}

/// The region itself; stands once, in the frame.
#[component]
pub fn Announcer() -> impl IntoView {
    let text = use_context::<Announcements>().map(|Announcements(signal)| signal);
    view! {
        <p class="visually-hidden" role="status" aria-atomic="true">
            {move || text.map(|signal| signal.get()).unwrap_or_default()}
        </p>
    }
}
