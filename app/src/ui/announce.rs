//! Announcements for screen readers: one polite live region for the whole page.

use leptos::prelude::*;

/// The text of the region.
#[derive(Debug, Clone, Copy)]
struct Announcements(RwSignal<String>);

/// Provides announcements to the page.
pub fn provide_announcer() {
    provide_context(Announcements(RwSignal::new(String::new())));
}

/// Returns a function that announces a text; it does nothing without a provider.
pub fn use_announcer() -> impl Fn(String) + Copy + Send + Sync + 'static {
    let announcements = use_context::<Announcements>();
    move |text| {
        if let Some(Announcements(signal)) = announcements {
            signal.set(text);
        }
    }
}

/// The region itself, once in the frame.
#[component]
pub fn Announcer() -> impl IntoView {
    let text = use_context::<Announcements>().map(|Announcements(signal)| signal);
    view! {
        <p class="visually-hidden" role="status" aria-atomic="true">
            {move || text.map(|signal| signal.get()).unwrap_or_default()}
        </p>
    }
}
