//! The strip of recent slots: one cell per expected run, so that a missing run is visible, too.

use std::fmt::Write as _;

use duplistatus::{
    dto::strip::status,
    ids::{JobId, ServerId},
    status::Status,
    units::fixed,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use web_sys::wasm_bindgen::JsCast;

pub mod api;
mod slot_details;
mod tab_stop;

use self::slot_details::{cell_words, use_details};
use crate::{
    context::url::with_query,
    locale::{Locale, use_locale},
    tr,
    ui::announce::use_announcer,
};

/// Number of cells.
const CELLS: usize = 30;
const WIDTH: f64 = 260.0;
const CELL: f64 = WIDTH / CELLS as f64;
const BAR: f64 = 6.7;

/// The kind of a cell; each has its own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ok,
    Warn,
    Fail,
    Unknown,
    Missed,
    None,
}

impl Kind {
    const ALL: [Self; 6] = [Self::None, Self::Ok, Self::Warn, Self::Fail, Self::Unknown, Self::Missed];

    fn of(slot: Option<Status>) -> Self {
        match slot {
            Some(Status::Success) => Self::Ok,
            Some(Status::Warning) => Self::Warn,
            Some(Status::Error | Status::Fatal) => Self::Fail,
            Some(Status::Unknown) => Self::Unknown,
            None => Self::Missed,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Missed => "missed",
            Self::None => "none",
        }
    }

    /// Appends a cell of this kind with its left edge at `x` to a path; the strip is 24 units high.
    fn cell(self, path: &mut String, x: f64) {
        let x = fixed(x, 1);
        let _ = match self {
            Self::Ok => write!(path, "M{x} 3h{BAR}v18h-{BAR}z"),
            // Shorter, as if the top were missing.
            Self::Warn => write!(path, "M{x} 9h{BAR}v12h-{BAR}z"),
            // Taller, and broken in the middle.
            Self::Fail => write!(path, "M{x} 0h{BAR}v9l-{BAR} 3.5zM{x} 24h{BAR}v-12l-{BAR} 3.5z"),
            // A short stump.
            Self::Unknown => write!(path, "M{x} 14h{BAR}v7h-{BAR}z"),
            // Hollow: the style sheet only draws its edge.
            Self::Missed => write!(path, "M{x} 3.8h{BAR}v16.4h-{BAR}z"),
            Self::None => write!(path, "M{x} 10h{BAR}v4h-{BAR}z"),
        };
    }
}

fn left(cell: usize) -> f64 {
    cell as f64 * CELL + (CELL - BAR) / 2.0
}

/// Describes the strip in one sentence: `"Last 30 runs: 27 succeeded, 2 with warnings, 1 missed"`.
fn strip_sentence(locale: Locale, slots: &[Option<Status>]) -> String {
    let total = i64::try_from(slots.len()).unwrap_or(i64::MAX);
    let parts: Vec<String> = Kind::ALL
        .into_iter()
        .filter_map(|kind| {
            let number = slots.iter().filter(|slot| Kind::of(**slot) == kind).count();
            (number > 0).then(|| match kind {
                Kind::Ok => tr!(locale, common.strip.ok, number = number),
                Kind::Warn => tr!(locale, common.strip.warn, number = number),
                Kind::Fail => tr!(locale, common.strip.fail, number = number),
                Kind::Missed => tr!(locale, common.strip.missed, number = number),
                Kind::Unknown | Kind::None => tr!(locale, common.strip.unknown, number = number),
            })
        })
        .collect();
    if parts.is_empty() {
        return tr!(locale, common.strip.empty);
    }
    tr!(locale, common.strip.label, count = total, parts = parts.join(", "))
}

/// Returns one path for each kind that occurs, so that 30 cells are at most six elements.
fn paths(slots: &[Option<Status>]) -> Vec<(Kind, String)> {
    let empty = CELLS.saturating_sub(slots.len());
    let kinds: Vec<Kind> =
        std::iter::repeat_n(Kind::None, empty).chain(slots.iter().copied().map(Kind::of)).collect();
    Kind::ALL
        .into_iter()
        .filter_map(|kind| {
            let mut path = String::new();
            for (cell, _) in kinds.iter().enumerate().filter(|(_, k)| **k == kind) {
                kind.cell(&mut path, left(cell));
            }
            (!path.is_empty()).then_some((kind, path))
        })
        .collect()
}

/// The strip. In the browser each cell shows its time, result, duration and size, by pointer, touch and arrow keys. All
/// strips of a page are one tab stop: up and down move between them.
#[component]
pub fn Strip(
    /// The server of the job.
    server: ServerId,
    /// The job.
    job: JobId,
    /// The slots, oldest first, one letter each; only the newest 30 are shown.
    letters: String,
) -> impl IntoView {
    let locale = use_locale();
    let announce = use_announcer();
    let slots: Vec<Option<Status>> = letters.chars().map(status).collect();
    let slots: Vec<Option<Status>> = slots.iter().copied().skip(slots.len().saturating_sub(CELLS)).collect();
    let sentence = strip_sentence(locale, &slots);
    let shapes = paths(&slots)
        .into_iter()
        .map(|(kind, path)| view! { <path class=kind.class() d=path></path> }.into_any())
        .collect_view();
    let first = CELLS.saturating_sub(slots.len());
    let is_empty = slots.is_empty();
    let chosen = RwSignal::new(None::<usize>);
    let by_key = StoredValue::new(false);
    let details = use_details(job);
    let slots = StoredValue::new(slots);
    let text = move |cell: usize| {
        let index = cell.checked_sub(first)?;
        let status = slots.try_with_value(|slots| slots.get(index).copied()).flatten()?;
        let slot = details.slot(CELLS - cell).filter(|slot| slot.status == status);
        Some(cell_words(locale, status, slot.as_ref()))
    };
    // Announced again when the details arrive.
    Effect::new(move |_| {
        if let Some(text) = chosen.try_get().flatten().and_then(text)
            && by_key.try_get_value().unwrap_or_default()
        {
            announce(text);
        }
    });
    let node = NodeRef::<leptos::html::Span>::new();
    // Without scripts there is nothing to step through, so the tab stop is added by the script.
    Effect::new(move |_| {
        if let (Some(node), false) = (node.get(), is_empty) {
            tab_stop::add(&node);
        }
    });
    let navigate = use_navigate();
    // Follows to the runs of that day, once it is known.
    let follow = move |cell: usize| {
        let day = details.slot(CELLS - cell).map(|slot| slot.day.to_string()).unwrap_or_default();
        let path = with_query(&format!("/servers/{server}"), [("job", job.to_string()), ("day", day)]);
        navigate(&format!("{path}#history"), NavigateOptions::default());
    };
    let (follow_key, armed) = (follow.clone(), StoredValue::new(None::<usize>));
    let choose = move |cell: usize, is_key: bool| {
        by_key.set_value(is_key);
        details.look();
        chosen.set(Some(cell));
    };
    let keys = move |event: web_sys::KeyboardEvent| {
        let now = chosen.try_get_untracked().flatten();
        let next = match event.key().as_str() {
            "ArrowLeft" => now.map_or(CELLS - 1, |cell| cell.saturating_sub(1)).max(first),
            "ArrowRight" => now.map_or(first, |cell| cell + 1).min(CELLS - 1),
            "Home" => first,
            "End" => CELLS - 1,
            "ArrowUp" | "ArrowDown" => {
                if let Some(node) = node.get_untracked() {
                    tab_stop::leave(&node, event.key() == "ArrowDown");
                }
                event.prevent_default();
                return;
            }
            "Escape" => {
                chosen.set(None);
                return;
            }
            "Enter" => {
                if let Some(cell) = now {
                    follow_key(cell);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        choose(next, true);
    };
    let points = move |event: web_sys::PointerEvent| {
        let width = event_target::<web_sys::HtmlElement>(&event).offset_width().max(1);
        let cell = (f64::from(event.offset_x()) / f64::from(width) * CELLS as f64).floor();
        let cell = (cell.clamp(0.0, (CELLS - 1) as f64)) as usize;
        if cell >= first {
            choose(cell, false);
        } else {
            chosen.set(None);
        }
    };
    // The first touch of a cell shows its details, the second one follows it.
    let presses = move |event: web_sys::PointerEvent| {
        armed.set_value(chosen.try_get_untracked().flatten());
        points(event);
    };
    let clicks = move |event: web_sys::MouseEvent| {
        let is_touch =
            event.dyn_ref::<web_sys::PointerEvent>().is_some_and(|event| event.pointer_type() == "touch");
        let Some(cell) = chosen.try_get_untracked().flatten() else { return };
        if !is_touch || armed.try_get_value().flatten() == Some(cell) {
            follow(cell);
        }
    };
    // After a touch the details stay until something else is touched.
    let leaves = move |event: web_sys::PointerEvent| {
        if event.pointer_type() != "touch" {
            chosen.set(None);
        }
    };
    let focus = move |_| {
        if let Some(node) = node.get_untracked() {
            tab_stop::take(&node);
        }
    };
    view! {
        <span
            class="strip"
            role="img"
            aria-label=sentence
            node_ref=node
            on:keydown=keys
            on:focus=focus
            on:blur=move |_| chosen.set(None)
            on:pointerdown=presses
            on:click=clicks
            on:pointermove=points
            on:pointerleave=leaves
        >
            <svg viewBox="0 0 260 24" preserveAspectRatio="none" aria-hidden="true">
                {shapes}
                {move || {
                    chosen.try_get().flatten()
                        .map(|cell| {
                            let x = fixed(left(cell) - 1.0, 1);
                            view! { <rect class="cursor" x=x y="-1" width="8.7" height="26" rx="1"></rect> }.into_any()
                        })
                }}
            </svg>
            {move || {
                chosen.try_get().flatten()
                    .and_then(|cell| text(cell).map(|text| (cell, text)))
                    .map(|(cell, text)| {
                        view! {
                            <span class="strip-tip" data-cell=cell.to_string()>
                                {text}
                            </span>
                        }.into_any()
                    })
            }}
        </span>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::html;

    fn slots(letters: &str) -> Vec<Option<Status>> {
        letters.chars().map(status).collect()
    }

    #[test]
    fn the_strip_is_one_sentence() {
        let sentences = ["", "s", "sswmfe", "u"].map(|letters| strip_sentence(Locale::en, &slots(letters)));
        insta::assert_debug_snapshot!(sentences, @r#"
        [
            "No runs yet",
            "Last run: 1 succeeded",
            "Last 6 runs: 2 succeeded, 1 with warnings, 2 failed, 1 missed",
            "Last run: 1 with unknown result",
        ]
        "#);
    }

    #[test]
    fn kinds_are_few_paths_of_different_shapes() {
        let shapes: Vec<String> = paths(&slots("smfwu"))
            .into_iter()
            .filter(|(kind, _)| *kind != Kind::None)
            .map(|(kind, path)| format!("{} {path}", kind.class()))
            .collect();
        insta::assert_debug_snapshot!(shapes, @r#"
        [
            "ok M217.7 3h6.7v18h-6.7z",
            "warn M243.7 9h6.7v12h-6.7z",
            "fail M235.0 0h6.7v9l-6.7 3.5zM235.0 24h6.7v-12l-6.7 3.5z",
            "unknown M252.3 14h6.7v7h-6.7z",
            "missed M226.3 3.8h6.7v16.4h-6.7z",
        ]
        "#);
    }

    #[test]
    fn the_strip_is_a_picture_with_a_sentence() {
        let html = html(|| view! { <Strip server=ServerId(1) job=JobId(1) letters="smf".to_owned() /> });
        let start =
            r#"<span role="img" aria-label="Last 3 runs: 1 succeeded, 1 failed, 1 missed" class="strip">"#;
        assert!(html.contains(start), "{html}");
        assert!(!html.contains("tabindex"), "without a script there is nothing to step through");
    }

    #[test]
    fn only_the_newest_thirty_are_drawn() {
        let cells: usize =
            paths(&slots(&"s".repeat(30))).iter().map(|(_, path)| path.matches('M').count()).sum();
        assert_eq!(cells, CELLS);
    }
}
