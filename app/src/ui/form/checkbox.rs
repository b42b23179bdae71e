//! A box that switches something on or off.

use leptos::prelude::*;

use super::failure::chosen;

/// How the field begins that says that a form has a box. Browsers send nothing of a box that is not ticked: without this field,
/// a request that does not name the box would switch it off.
pub const SHOWN: &str = "has-";

/// A box; ticked or not, the form says that it has it.
#[component]
pub fn Checkbox(
    /// Name in the form.
    name: &'static str,
    /// Whether it is ticked.
    checked: bool,
    /// What it switches on.
    #[prop(into)]
    label: String,
    /// Id of what explains it.
    #[prop(optional, into)]
    described_by: Option<String>,
) -> impl IntoView {
    let checked = chosen(name, "true").unwrap_or(checked);
    view! {
        <input type="hidden" name=format!("{SHOWN}{name}") value="true" />
        <label class="check">
            <input type="checkbox" name=name value="true" checked=checked aria-describedby=described_by />
            <span>{label}</span>
        </label>
    }
}
