//! Numbers with a smaller unit.

use duplistatus::units::size_parts;
use leptos::prelude::*;

use crate::{locale::use_locale, tr};

/// A size in bytes, `1.82 TiB`; a dash if it is unknown.
#[component]
pub fn Bytes(
    /// The size.
    #[prop(into)]
    value: Option<i64>,
) -> impl IntoView {
    let locale = use_locale();
    match value.map(size_parts) {
        Some((number, unit)) => view! { {number}" "<span class="unit">{unit}</span> }.into_any(),
        None => tr!(locale, common.none).into_any(),
    }
}
