//! Shows the time zone of the times on pages, if the browser's differs.

use duplistatus::dto::utc_offset;
use leptos::prelude::*;

use crate::{context::viewer::use_viewer, locale::use_locale, tr};

/// A line above the page; empty if both zones have the same time, and without JavaScript, when the browser's is unknown
/// (every time has its UTC offset in its tooltip).
#[component]
pub fn ZoneNote() -> impl IntoView {
    let locale = use_locale();
    let own = RwSignal::new(None::<i32>);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        // In minutes, positive to the west.
        let west = js_sys::Date::new_0().get_timezone_offset();
        own.set(Some((-west * 60.0) as i32));
    });
    let zone = use_viewer().zone;
    move || {
        let (name, offset) = zone.clone()?;
        let own = own.get().filter(|own| *own != offset)?;
        let words = tr!(locale, live.zone, zone = name, offset = utc_offset(offset), own = utc_offset(own));
        Some(view! { <p class="zone-note muted small">{words}</p> })
    }
}
