//! Form fields with label and hint.

use leptos::prelude::*;

use super::failure::{entered, wrong};
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
    /// Values that are offered; any other can be entered too.
    #[prop(optional)]
    offers: Vec<String>,
    /// Whether the value is a secret, although it can be read while it is entered. A password never is shown again either.
    #[prop(optional)]
    secret: bool,
    /// What stands in the field while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
) -> impl IntoView {
    let value = match secret || kind == "password" {
        true => value,
        false => entered(name).unwrap_or(value),
    };
    labelled(name, id, label, hint, move |id, described, invalid| {
        let list = (!offers.is_empty()).then(|| format!("{id}-offers"));
        let offers = list.clone().map(|list| {
            let options = offers.into_iter().map(|offer| view! { <option value=offer></option> });
            view! { <datalist id=list>{options.collect_view()}</datalist> }
        });
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
                list=list
                placeholder=placeholder
                aria-describedby=described
                aria-invalid=invalid
            />
            {offers}
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
    let value = entered(name).unwrap_or(value);
    labelled(name, id, label, hint, move |id, described, invalid| {
        view! {
            <textarea
                class="field"
                id=id
                name=name
                rows="3"
                maxlength="4000"
                aria-describedby=described
                aria-invalid=invalid
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
    let entered = entered(name).filter(|entered| options.iter().any(|(option, _)| option == entered));
    let value = entered.unwrap_or(value);
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
    labelled(name, id, label, hint, move |id, described, invalid| {
        view! {
            <select class="field" id=id name=name aria-describedby=described aria-invalid=invalid>
                {options}
            </select>
        }
    })
}

/// Puts the label above a control, and below it the hint and what is wrong. `control` takes its id, the ids of what explains it, and
/// whether it is wrong.
fn labelled<Control: IntoView>(
    name: &'static str,
    id: Option<String>,
    label: String,
    hint: Option<String>,
    control: impl FnOnce(String, Option<String>, Option<&'static str>) -> Control,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let wrong = wrong(name);
    let (hint_id, wrong_id) = (format!("{id}-hint"), format!("{id}-wrong"));
    let ids = [hint.as_ref().map(|_| hint_id.as_str()), wrong.as_ref().map(|_| wrong_id.as_str())];
    let described = ids.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let described = (!described.is_empty()).then_some(described);
    let control = control(id.clone(), described, wrong.as_ref().map(|_| "true"));
    view! {
        <div class="form-field">
            <label for=id>{label}</label>
            {control}
            {wrong.map(|wrong| view! { <p class="field-error small" id=wrong_id>{wrong}</p> })}
            {hint.map(|hint| view! { <p class="muted small" id=hint_id>{hint}</p> })}
        </div>
    }
}
