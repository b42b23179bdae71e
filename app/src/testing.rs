//! Shared by the tests of pages.

use duplistatus::{dto::Moment, time::Timestamp};
use leptos::prelude::*;
use leptos_router::{components::Router, location::RequestUrl};

use crate::shell::frame::Frame;

/// A text that must never become an element.
pub const HOSTILE: &str = "<img src=x onerror=alert(1)>";

/// Returns the HTML of a view as the server would send it.
pub fn html<V: IntoView + 'static>(view: impl FnOnce() -> V + Send + 'static) -> String {
    let owner = Owner::new();
    owner.with(|| {
        provide_context(RequestUrl::new("/"));
        view! { <Router>{view()}</Router> }.to_html()
    })
}

/// Fails if the hostile text became an element, or is missing altogether.
pub fn assert_harmless(html: &str) {
    assert!(!html.contains("<img"), "{html}");
    assert!(html.contains("&lt;img src=x onerror=alert(1)"), "{html}");
    assert!(!html.contains(" style="), "{html}");
}

/// Writes a page to `target/preview`, light and dark, for visual review.
pub fn preview<V: IntoView + 'static>(
    name: &str,
    view: impl FnOnce() -> V + Send + 'static,
) -> std::io::Result<()> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/preview");
    std::fs::create_dir_all(folder)?;
    let body = html(move || view! { <Frame>{view()}</Frame> });
    for theme in ["light", "dark"] {
        let text = format!(
            "<!DOCTYPE html><html lang=en data-theme={theme}><meta charset=utf-8><meta name=viewport \
             content='width=device-width'><link rel=stylesheet href=../../style/main.css><body>{body}"
        );
        std::fs::write(format!("{folder}/{name}-{theme}.html"), text)?;
    }
    Ok(())
}

/// Returns the moment this many seconds before the time of the sample data.
pub fn ago(seconds: i64) -> Moment {
    Moment { at: Timestamp::from_unix(1_795_471_597 - seconds), offset: 3600 }
}
