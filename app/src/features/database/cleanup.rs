//! Deleting old runs now: first what would go, then a button.

use duplistatus::{
    dto::database::{CleanedJob, CleanupReport, CleanupRequest},
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::CleanUpDatabase;
use crate::{
    error::ApiError,
    locale::use_locale,
    tr,
    ui::{
        form::{
            field::TextField,
            get_form::GetForm,
            plain_form::{Failed, PlainForm, form_error},
        },
        notice::{Notice, Tone},
        table::ColumnHead,
    },
};

/// The section.
#[component]
pub fn CleanupSection(
    /// What would go, where that was asked.
    preview: Option<(CleanupRequest, Result<CleanupReport, ApiError>)>,
    /// Whether something is being done already.
    is_busy: bool,
) -> impl IntoView {
    let locale = use_locale();
    let asked = preview.as_ref().map(|(request, _)| request.clone()).unwrap_or_default();
    let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    view! {
        <section class="section" id="cleanup" aria-labelledby="cleanup-title">
            <h2 id="cleanup-title">{tr!(locale, database.cleanup.title)}</h2>
            <p class="muted small section-what">{tr!(locale, database.cleanup.what)}</p>
            {form_error(CleanUpDatabase::PATH).map(|error| view! { <Failed error=error /> })}
            <GetForm to="/settings/database" class="card cleanup-form">
                <input type="hidden" name="preview" value="1" />
                <TextField
                    name="days"
                    id="cleanup-days"
                    kind="number"
                    label=tr!(locale, database.cleanup.days)
                    value=text(asked.days)
                    optional=true
                />
                <TextField
                    name="keep_last"
                    id="cleanup-keep"
                    kind="number"
                    label=tr!(locale, database.fields.keep_last)
                    value=text(asked.keep_last)
                    optional=true
                />
                <TextField
                    name="server"
                    id="cleanup-server"
                    label=tr!(locale, database.fields.server)
                    value=asked.server.unwrap_or_default()
                    optional=true
                />
                <TextField
                    name="job"
                    id="cleanup-job"
                    label=tr!(locale, database.fields.job)
                    value=asked.job.unwrap_or_default()
                    optional=true
                />
                <button type="submit" class="btn">
                    {tr!(locale, database.cleanup.preview)}
                </button>
            </GetForm>
            {preview
                .map(|(request, found)| match found {
                    Ok(report) => view! { <Preview request=request report=report is_busy=is_busy /> }.into_any(),
                    Err(error) => view! { <Failed error=error /> }.into_any(),
                })}
        </section>
    }
}

/// What would go, and the button.
#[component]
fn Preview(
    /// What was asked.
    request: CleanupRequest,
    /// What would go.
    report: CleanupReport,
    /// Whether something is being done already.
    is_busy: bool,
) -> impl IntoView {
    let locale = use_locale();
    let CleanupReport { jobs, runs, operations, .. } = report;
    if runs + operations == 0 {
        return view! {
            <Notice tone=Tone::Ok>
                <p role="status">{tr!(locale, database.cleanup.nothing)}</p>
            </Notice>
        }
        .into_any();
    }
    let rows = jobs.into_iter().map(|job| view! { <Job job=job /> }).collect_view();
    let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    view! {
        <div class="card cleanup-preview">
            <div class="cleanup-sure">
                <p role="status">
                    {tr!(
                        locale,
                        database.cleanup.would,
                        runs = thousands(runs),
                        operations = thousands(operations)
                    )}
                </p>
                <PlainForm path=CleanUpDatabase::PATH quiet=true>
                    <input type="hidden" name="days" value=text(request.days) />
                    <input type="hidden" name="keep_last" value=text(request.keep_last) />
                    <input type="hidden" name="server" value=request.server.unwrap_or_default() />
                    <input type="hidden" name="job" value=request.job.unwrap_or_default() />
                    <input type="hidden" name="at_most" value=(runs + operations).to_string() />
                    <button type="submit" class="btn" data-variant="danger" disabled=is_busy>
                        {tr!(locale, database.cleanup.submit, runs = thousands(runs))}
                    </button>
                </PlainForm>
            </div>
            <div class="table-scroll" tabindex="0" role="region" aria-label=tr!(locale, database.cleanup.caption)>
                <table class="table cleanup-jobs">
                    <caption class="visually-hidden">{tr!(locale, database.cleanup.caption)}</caption>
                    <thead>
                        <tr>
                            <ColumnHead label=tr!(locale, database.cleanup.columns.server) />
                            <ColumnHead label=tr!(locale, database.cleanup.columns.job) />
                            <ColumnHead label=tr!(locale, database.cleanup.columns.days) class="num" />
                            <ColumnHead label=tr!(locale, database.cleanup.columns.runs) class="num" />
                            <ColumnHead label=tr!(locale, database.cleanup.columns.from) />
                            <ColumnHead label=tr!(locale, database.cleanup.columns.to) />
                            <ColumnHead label=tr!(locale, database.cleanup.columns.kept) class="num" />
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Job(
    /// What goes of it.
    job: CleanedJob,
) -> impl IntoView {
    let CleanedJob { server, job, retention, runs, oldest, newest, kept } = job;
    view! {
        <tr>
            <th scope="row">{server}</th>
            <td>{job}</td>
            <td class="num">{retention.days.unwrap_or_default()}</td>
            <td class="num">{thousands(runs)}</td>
            <td>{oldest.utc_day().to_string()}</td>
            <td>{newest.utc_day().to_string()}</td>
            <td class="num">{thousands(kept)}</td>
        </tr>
    }
}
