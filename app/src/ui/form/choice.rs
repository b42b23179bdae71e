//! Boxes and buttons of which some are chosen, and the group around them.

use duplistatus::dto::field_name::bare;
use leptos::prelude::*;

use super::failure::{chosen, wrong};

/// One of several values: a box, or the button of a choice (`kind` is `radio`).
#[component]
pub fn Choice(
    /// Name in the form.
    name: &'static str,
    /// Its value.
    #[prop(into)]
    value: String,
    /// Whether it is chosen at first.
    checked: bool,
    /// What it stands for.
    label: AnyView,
    /// `checkbox` or `radio`.
    #[prop(default = "checkbox")]
    kind: &'static str,
    /// Class of the label.
    #[prop(default = "check")]
    class: &'static str,
    /// Whether it cannot be changed.
    #[prop(optional)]
    disabled: bool,
) -> impl IntoView {
    let checked = match disabled {
        true => checked,
        false => chosen(name, &value).unwrap_or(checked),
    };
    let class = (!class.is_empty()).then_some(class);
    view! {
        <label class=class>
            <input type=kind name=name value=value checked=checked disabled=disabled />
            <span>{label}</span>
        </label>
    }
}

/// A group of choices, with what is wrong with them.
#[component]
pub fn Choices(
    /// Their name in the form.
    name: &'static str,
    /// What they are about.
    #[prop(into)]
    legend: String,
    /// Class of the group.
    class: &'static str,
    /// The choices.
    children: Children,
) -> impl IntoView {
    let wrong = wrong(name);
    let class = (!class.is_empty()).then_some(class);
    let invalid = wrong.as_ref().map(|_| "true");
    let id = format!("{}-wrong", bare(name));
    let described = wrong.as_ref().map(|_| id.clone());
    view! {
        <fieldset class=class data-invalid=invalid aria-describedby=described>
            <legend>{legend}</legend>
            {children()}
            {wrong.map(|hint| view! { <p class="field-error small" id=id>{hint}</p> })}
        </fieldset>
    }
}
