//! The favicon: it turns red when jobs need attention.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use crate::context::base_path::use_base_path;

/// Returns a function that sets the number of jobs that need attention. It changes the icon in the
/// browser, and does nothing on the server.
pub fn use_alert_icon() -> impl Fn(i64) + Copy + 'static {
    let alert = RwSignal::new(None::<bool>);
    #[cfg(feature = "hydrate")]
    {
        let base = use_base_path();
        Effect::new(move |_| {
            let Some(alert) = alert.get() else { return };
            let file = if alert { "/favicon-alert.svg" } else { "/favicon.svg" };
            if let Some(icon) = document().get_element_by_id("favicon") {
                // If the icon cannot be changed, the title still shows the number.
                let _ = icon.set_attribute("href", &base.url(file));
            }
        });
    }
    move |count| alert.set(Some(count > 0))
}
