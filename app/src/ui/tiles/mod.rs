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

/// One figure: label, number, unit, and a line below.
#[component]
pub fn Tile(
    /// What it counts.
    #[prop(into)]
    label: String,
    /// The number; a signal, because it may change with time.
    #[prop(into)]
    value: Signal<String>,
    /// Its unit, shown smaller.
    #[prop(optional, into)]
    unit: Option<String>,
    /// The line below.
    #[prop(optional, into)]
    sub: Option<Signal<String>>,
    /// A drawing in the corner (a sparkline).
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
