//! A row of figures.

use leptos::prelude::*;

/// A row of [`Tile`]s.
#[component]
pub fn Tiles(
    /// The tiles.
    children: Children,
) -> impl IntoView {
    view! { <dl class="card tiles">{children()}</dl> }
}

/// One figure: name, number, unit, a line beneath.
#[component]
pub fn Tile(
    /// What it counts.
    #[prop(into)]
    label: String,
    /// The number; a signal where it changes with the time.
    #[prop(into)]
    value: Signal<String>,
    /// Its unit, set smaller.
    #[prop(optional, into)]
    unit: Option<String>,
    /// The line beneath.
    #[prop(optional, into)]
    sub: Option<Signal<String>>,
    /// A picture in the corner (a sparkline).
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="tile">
            <dt>{label}</dt>
            <dd>{value} {unit.map(|unit| view! { " "<span class="unit">{unit}</span> }.into_any())} {children.map(|children| children())}</dd>
            {sub.map(|sub| view! { <dd class="tile-sub">{sub}</dd> }.into_any())}
        </div>
    }
}
