//! The tab's icon: it turns red when a backup needs attention.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use crate::context::base_path::use_base_path;

/// A way to tell how many jobs need attention; changes the icon in the browser, nothing on the server.
pub fn use_alert_icon() -> impl Fn(i64) + Copy + 'static {
    let alert = RwSignal::new(None::<bool>);
    #[cfg(feature = "hydrate")]
    {
        let base = use_base_path();
        Effect::new(move |_| {
            let Some(alert) = alert.get() else { return };
            let file = if alert { "/favicon-alert.svg" } else { "/favicon.svg" };
            if let Some(icon) = document().get_element_by_id("favicon") {
                // An icon that cannot be changed stays as it was: the title says the same.
                let _ = icon.set_attribute("href", &base.url(file));
            }
        });
    }
    move |count| alert.set(Some(count > 0))
}
