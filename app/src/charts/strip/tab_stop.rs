//! One tab stop for all strips of a page, so that a list of a hundred jobs is not a hundred stops.
//!
//! The stop is at the last focused strip, or else at the first. It is stored in the document, because strips are added and
//! removed.

use web_sys::HtmlSpanElement;

/// Makes a strip focusable; it becomes the tab stop if there is none.
pub(super) fn add(strip: &HtmlSpanElement) {
    #[cfg(feature = "hydrate")]
    browser::add(strip);
    #[cfg(not(feature = "hydrate"))]
    let _ = strip;
}

/// Makes this strip the tab stop.
pub(super) fn take(strip: &HtmlSpanElement) {
    #[cfg(feature = "hydrate")]
    browser::take(strip);
    #[cfg(not(feature = "hydrate"))]
    let _ = strip;
}

/// Moves to the next or the previous strip.
pub(super) fn leave(strip: &HtmlSpanElement, forward: bool) {
    #[cfg(feature = "hydrate")]
    browser::leave(strip, forward);
    #[cfg(not(feature = "hydrate"))]
    let _ = (strip, forward);
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::Cell;

    use leptos::prelude::*;
    use wasm_bindgen::JsCast as _;
    use web_sys::{Element, HtmlElement, HtmlSpanElement};

    thread_local! {
        /// Whether the tab stop is checked before the next frame: only once, however many strips were added.
        static IS_DUE: Cell<bool> = const { Cell::new(false) };
    }

    fn strips() -> Vec<HtmlElement> {
        let Ok(found) = document().query_selector_all(".strip[tabindex]") else { return Vec::new() };
        (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
    }

    fn set(strip: &Element, is_stop: bool) {
        // A removed element needs no tab stop.
        let _ = strip.set_attribute("tabindex", if is_stop { "0" } else { "-1" });
    }

    pub(super) fn add(strip: &HtmlSpanElement) {
        if !strip.has_attribute("tabindex") {
            set(strip, false);
        }
        if !IS_DUE.replace(true) {
            request_animation_frame(|| {
                IS_DUE.set(false);
                let strips = strips();
                if !strips.iter().any(|strip| strip.tab_index() == 0)
                    && let Some(first) = strips.first()
                {
                    set(first, true);
                }
            });
        }
    }

    pub(super) fn take(strip: &HtmlSpanElement) {
        for other in strips() {
            set(&other, false);
        }
        set(strip, true);
    }

    pub(super) fn leave(strip: &HtmlSpanElement, forward: bool) {
        let strips = strips();
        let here: &HtmlElement = strip;
        let Some(place) = strips.iter().position(|other| other == here) else { return };
        let next = if forward { place.checked_add(1) } else { place.checked_sub(1) };
        if let Some(next) = next.and_then(|next| strips.get(next)) {
            // The focus moves the tab stop.
            let _ = next.focus();
        }
    }
}
