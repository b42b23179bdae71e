//! The crosshair: only in the browser; all charts of a page share the index of its bucket.

use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent, wasm_bindgen::JsCast};

use super::geometry::{HEIGHT, WIDTH, middle};

/// Index of the bucket that the user points at, shared by the charts of a page.
pub type Cursor = RwSignal<Option<usize>>;

/// A slider over the whole plot, added when the page is interactive: without scripts there is nothing to focus.
#[component]
pub fn CursorLayer(
    /// The shared index.
    cursor: Cursor,
    /// Number of buckets.
    buckets: usize,
    /// The label of the slider.
    #[prop(into)]
    label: String,
    /// The text about the selected bucket.
    #[prop(into)]
    readout: Signal<Option<String>>,
) -> impl IntoView {
    let interactive = RwSignal::new(false);
    Effect::new(move |_| interactive.set(true));
    let last = buckets.saturating_sub(1);

    let point = move |event: MouseEvent| cursor.set(pointed_at(&event, buckets));
    let press = move |event: KeyboardEvent| {
        let now = cursor.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => Some(now.map_or(last, |i| (i + 1).min(last))),
            "ArrowLeft" | "ArrowDown" => Some(now.map_or(last, |i| i.saturating_sub(1))),
            "Home" => Some(0),
            "End" => Some(last),
            "Escape" => None,
            _ => return,
        };
        event.prevent_default();
        cursor.set(next);
    };
    view! {
        <Show when=move || interactive.get() && buckets != 0>
            <div
                class="chart-cursor"
                role="slider"
                tabindex="0"
                aria-label=label.clone()
                aria-valuemin="0"
                aria-valuemax=last.to_string()
                aria-valuenow=move || cursor.get().unwrap_or(last).to_string()
                aria-valuetext=move || readout.get().unwrap_or_default()
                on:mousemove=point
                on:mouseleave=move |_| cursor.set(None)
                on:blur=move |_| cursor.set(None)
                on:keydown=press
            >
                <svg
                    viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                    preserveAspectRatio="none"
                    aria-hidden="true"
                    focusable="false"
                >
                    <path d=move || line(cursor.get(), buckets) />
                </svg>
            </div>
        </Show>
    }
}

/// Returns the path data of the vertical line.
fn line(cursor: Option<usize>, buckets: usize) -> String {
    cursor.map(|i| format!("M{:.1} 0V{HEIGHT}", middle(i, buckets))).unwrap_or_default()
}

/// Returns the bucket below the pointer.
fn pointed_at(event: &MouseEvent, buckets: usize) -> Option<usize> {
    let area = event.current_target()?.dyn_into::<web_sys::Element>().ok()?.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - area.left()) / area.width();
    let last = buckets.checked_sub(1)?;
    // The cast of a float saturates; NaN (a plot without width) becomes 0.
    Some(((share * buckets as f64) as usize).min(last))
}
