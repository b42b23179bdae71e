//! What comes from elsewhere: a file is sent, and the page says what becomes of it.

use leptos::prelude::*;

use self::{
    api::{IMPORT_PATH, ImportPage as Data, show_import},
    export::ExportForm,
    result::ImportResult,
};
use crate::{
    context::base_path::use_base_path,
    locale::{Locale, use_locale},
    tr,
    ui::{
        form::{
            choice::Choice,
            failure::{form_error, with_error},
            plain_form::Failed,
        },
        loaded::Loaded,
        operation_progress::OperationLine,
        page_title::PageTitle,
        password_notice::PasswordNotice,
        poll::use_poll,
    },
};

pub mod api;
mod export;
mod result;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page.
#[component]
pub fn ImportPage() -> impl IntoView {
    let locale = use_locale();
    let (is_running, set_running) = signal(false);
    let poll = use_poll(is_running);
    let page = Resource::new(move || poll.get(), |_| show_import());
    view! {
        <PageTitle text=tr!(locale, import.title) />
        <PasswordNotice />
        <Loaded
            data=page
            show=move |page| {
                set_running.set(page.work.now.is_some());
                view! { <ImportView page=page /> }
            }
        />
    }
}

/// The page's content.
#[component]
pub fn ImportView(
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, work } = page;
    let form = work.now.is_none().then(|| view! { <ImportForm /> });
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, import.title)}</h1>
                <p class="muted lead">{tr!(locale, import.what)}</p>
            </div>
        </header>
        {work.now.map(|work| view! { <OperationLine work=work now=now /> })}
        {work.last.map(|ended| view! { <ImportResult ended=ended now=now /> })}
        {form}
        <ExportForm />
    }
}

/// The form; the browser sends it by itself, since the file can be of any size.
#[component]
fn ImportForm() -> impl IntoView {
    let locale = use_locale();
    let action = use_base_path().url(IMPORT_PATH);
    view! {
        <section class="section" id="import" aria-labelledby="import-title">
            <h2 id="import-title">{tr!(locale, import.form.title)}</h2>
            <form class="card form" data-pad=true method="post" action=action enctype="multipart/form-data">
                {form_error(IMPORT_PATH).map(|error| view! { <Failed error=error /> })}
                {with_error(form_error(IMPORT_PATH), Box::new(move || fields(locale).into_any()))}
            </form>
        </section>
    }
}

/// The fields. A file cannot be filled in again.
fn fields(locale: Locale) -> impl IntoView {
    let dry_run = tr!(locale, import.form.dry_run).into_any();
    view! {
                <div class="form-field">
                    <label for="import-file">{tr!(locale, import.form.file)}</label>
                    <input
                        class="field"
                        id="import-file"
                        type="file"
                        name="file"
                        required
                        aria-describedby="import-file-hint"
                    />
                    <p class="muted small" id="import-file-hint">
                        {tr!(locale, import.form.file_hint)}
                    </p>
                </div>
                <div class="form-field">
                    <label for="import-key">{tr!(locale, import.form.key)}</label>
                    <input class="field" id="import-key" type="file" name="key" aria-describedby="import-key-hint" />
                    <p class="muted small" id="import-key-hint">
                        {tr!(locale, import.form.key_hint)}
                    </p>
                </div>
                <Choice name="dry_run" value="yes" checked=false label=dry_run />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, import.form.submit)}
                </button>
                <p class="muted small">
                    {tr!(locale, import.form.large)} " " <code>"duplistatus import FILE"</code>
                </p>
    }
}
