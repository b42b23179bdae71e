//! The jobs of the server, each with a form of its own behind its name.

use duplistatus::{
    access::Permission,
    dto::edit::{EditedJob, ServerEditPage as Data},
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{ArchiveJob, DeleteJob, SaveJob},
    section::Section,
};
use crate::{
    context::viewer::use_viewer,
    locale::use_locale,
    tr,
    ui::{
        disclosure::{Details, Disclosure},
        form::{
            field::{LongTextField, TextField},
            plain_form::{Failed, PlainForm, form_error},
        },
        keyed::keyed,
    },
};

/// Forms of which the section has one for each job: why one of them did not work is said above the jobs.
const FORMS: [&str; 3] = [SaveJob::PATH, ArchiveJob::PATH, DeleteJob::PATH];

/// The section; nothing when there is no job.
#[component]
pub fn JobsSection<'a>(
    /// The page's data.
    page: &'a Data,
    /// What was done there.
    done: Option<String>,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let failed = FORMS.into_iter().find_map(form_error).map(|error| view! { <Failed error=error /> });
    let jobs = page.jobs.clone();
    (!jobs.is_empty()).then(|| {
        let rows = keyed(jobs, |job| job.id, |job| view! { <Job job=job /> });
        view! {
            <Section id="jobs" title=tr!(locale, edit.jobs.title) done=done>
                {failed}
                <p class="muted">{tr!(locale, edit.jobs.what)}</p>
                <ul class="edit-jobs" role="list">
                    {rows}
                </ul>
            </Section>
        }
    })
}

/// One job.
#[component]
fn Job(
    /// The job.
    job: EditedJob,
) -> impl IntoView {
    let locale = use_locale();
    let may_delete = use_viewer().may(Permission::ManageDatabase);
    let EditedJob { id, name, alias, notes, archived, runs, operations } = job;
    let shown = alias.clone().unwrap_or_else(|| name.clone());
    let second = alias.is_some().then(|| view! { <span class="muted">{name.clone()}</span> });
    let is_archived = archived.is_some();
    let archive = if is_archived { tr!(locale, edit.jobs.restore) } else { tr!(locale, edit.jobs.archive) };
    let what = tr!(
        locale,
        edit.jobs.delete_what,
        count = runs,
        job = name.clone(),
        runs = thousands(runs),
        operations = thousands(operations)
    );
    let id_of = move |field: &str| format!("{field}-{id}");
    let hidden = |text: &str| view! { <span class="visually-hidden">{format!(" {text}")}</span> };
    let (of_save, of_archive) = (hidden(&shown), hidden(&shown));
    let delete = may_delete.then_some({
        let (name, about) = (name.clone(), shown.clone());
        move || {
            view! {
                <Disclosure label=tr!(locale, edit.jobs.delete) about=about>
                    <p>{what}</p>
                    <PlainForm path=DeleteJob::PATH id=id.to_string() at="jobs" quiet=true>
                        <input type="hidden" name="job" value=id.to_string() />
                        <input type="hidden" name="name" value=name />
                        <input type="hidden" name="at_most" value=runs.to_string() />
                        <button type="submit" class="btn" data-variant="danger">
                            {tr!(locale, edit.jobs.delete_submit, count = runs, number = thousands(runs))}
                        </button>
                    </PlainForm>
                </Disclosure>
            }
        }
    });
    // Called inside of the panel, which opens when the form failed.
    let save = move || {
        view! {
            <PlainForm path=SaveJob::PATH id=id.to_string() at="jobs" quiet=true class="form">
                <input type="hidden" name="job" value=id.to_string() />
                <TextField
                    name="alias"
                    id=id_of("alias")
                    label=tr!(locale, edit.fields.alias)
                    value=alias.unwrap_or_default()
                    hint=tr!(locale, edit.fields.alias_hint)
                    optional=true
                />
                <TextField
                    name="name"
                    id=id_of("name")
                    label=tr!(locale, edit.fields.name)
                    value=name
                    hint=tr!(locale, edit.fields.job_name_hint)
                />
                <LongTextField
                    name="notes"
                    id=id_of("notes")
                    label=tr!(locale, edit.fields.notes)
                    value=notes.unwrap_or_default()
                />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, edit.save)} {of_save}
                </button>
            </PlainForm>
        }
    };
    let summary = view! {
        <span class="edit-job-name">{shown}</span>
        {second}
        {is_archived.then(|| view! { <span class="tag">{tr!(locale, edit.archived)}</span> })}
        <span class="muted edit-job-runs">
            {tr!(locale, runs.count, count = runs, number = thousands(runs))}
        </span>
    };
    view! {
        <li>
            <Details summary=summary.into_any()>
                <div class="edit-job">
                    {save()}
                    <div class="edit-job-more">
                        <PlainForm path=ArchiveJob::PATH id=id.to_string() at="jobs" quiet=true>
                            <input type="hidden" name="job" value=id.to_string() />
                            <input type="hidden" name="archived" value=(!is_archived).to_string() />
                            <button type="submit" class="btn">
                                {archive} {of_archive}
                            </button>
                        </PlainForm>
                        {delete.map(|delete| delete())}
                    </div>
                </div>
            </Details>
        </li>
    }
}
