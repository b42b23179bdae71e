//! The other way: runs as a file.

use leptos::prelude::*;

use super::api::EXPORT_PATH;
use crate::{context::base_path::use_base_path, locale::use_locale, tr};

/// Chooses what is exported; the browser saves what comes.
#[component]
pub fn ExportForm() -> impl IntoView {
    let locale = use_locale();
    let action = use_base_path().url(EXPORT_PATH);
    view! {
        <section class="section" id="export" aria-labelledby="export-title">
            <h2 id="export-title">{tr!(locale, import.export.title)}</h2>
            <form class="card form" data-pad=true method="get" action=action>
                <div class="form-field">
                    <label for="export-format">{tr!(locale, import.export.format)}</label>
                    <select class="field" id="export-format" name="format">
                        <option value="csv">"CSV"</option>
                        <option value="json">"JSON"</option>
                    </select>
                </div>
                <div class="form-field">
                    <label for="export-from">{tr!(locale, import.export.from)}</label>
                    <input class="field" id="export-from" type="date" name="from" />
                </div>
                <div class="form-field">
                    <label for="export-to">{tr!(locale, import.export.to)}</label>
                    <input class="field" id="export-to" type="date" name="to" aria-describedby="export-hint" />
                    <p class="muted small" id="export-hint">
                        {tr!(locale, import.export.hint)}
                    </p>
                </div>
                <label class="check">
                    <input type="checkbox" name="log" value="no" />
                    <span>{tr!(locale, import.export.without_log)}</span>
                </label>
                <button type="submit" class="btn">
                    {tr!(locale, import.export.submit)}
                </button>
            </form>
        </section>
    }
}
