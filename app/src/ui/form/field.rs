//! Form fields with label and hint.

use leptos::prelude::*;

use crate::format::text::escaped;

/// A text field.
#[component]
pub fn TextField(
    /// Name in the form, and id on the page.
    name: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// The initial value.
    #[prop(optional, into)]
    value: String,
    /// Type of the `<input>`: `text`, `password`, `email`, `number`, `date` …
    #[prop(default = "text")]
    kind: &'static str,
    /// What password managers may fill in: `username`, `current-password`, `new-password`, `one-time-code`
    /// …
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The hint.
    #[prop(optional_no_strip, into)]
    hint: Option<String>,
    /// Whether it may be empty.
    #[prop(optional)]
    optional: bool,
    /// Replaces the id, if a page has several fields with this name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    labelled(id.unwrap_or_else(|| name.to_owned()), label, hint, move |id, described| {
        view! {
            <input
                class="field"
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                spellcheck="false"
                autocapitalize="none"
                required=!optional
                maxlength="1000"
                aria-describedby=described
            />
        }
    })
}

/// A field for a text of several lines.
#[component]
pub fn LongTextField(
    /// Name in the form, and id on the page.
    name: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// The initial value.
    #[prop(optional, into)]
    value: String,
    /// The hint.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Replaces the id, if a page has several fields with this name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    labelled(id.unwrap_or_else(|| name.to_owned()), label, hint, move |id, described| {
        view! {
            <textarea
                class="field"
                id=id
                name=name
                rows="3"
                maxlength="4000"
                aria-describedby=described
                inner_html=escaped(&value)
            ></textarea>
        }
    })
}

/// A selection of one value.
#[component]
pub fn SelectField(
    /// Name in the form, and id on the page.
    name: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// Values and their texts.
    options: Vec<(String, String)>,
    /// The selected value.
    #[prop(optional, into)]
    value: String,
    /// The hint.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Replaces the id, if a page has several fields with this name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let options = options
        .into_iter()
        .map(|(option, label)| {
            let selected = option == value;
            view! {
                <option value=option selected=selected>
                    {label}
                </option>
            }
        })
        .collect_view();
    labelled(id.unwrap_or_else(|| name.to_owned()), label, hint, move |id, described| {
        view! {
            <select class="field" id=id name=name aria-describedby=described>
                {options}
            </select>
        }
    })
}

/// Puts the label above a control, and the hint below it. `control` takes its id, and that of the hint.
fn labelled<Control: IntoView>(
    id: String,
    label: String,
    hint: Option<String>,
    control: impl FnOnce(String, Option<String>) -> Control,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let described = hint.is_some().then(|| hint_id.clone());
    let control = control(id.clone(), described);
    view! {
        <div class="form-field">
            <label for=id>{label}</label>
            {control}
            {hint.map(|hint| view! { <p class="muted small" id=hint_id>{hint}</p> })}
        </div>
    }
}
