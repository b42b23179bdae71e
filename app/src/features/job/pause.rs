//! Pauses the job, or resumes it.

use duplistatus::{
    dto::job::{Origin, PauseView},
    ids::JobId,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::{PauseJobs, ResumeJobs};
use crate::{
    locale::use_locale,
    tr,
    ui::{
        disclosure::Disclosure,
        form::{
            field::{SelectField, TextField},
            plain_form::PlainForm,
        },
    },
};

/// A button that resumes, or the form that pauses.
#[component]
pub fn PauseMenu(
    /// The job.
    job: JobId,
    /// The pauses in force.
    pauses: Vec<PauseView>,
    /// Whether it is paused.
    is_paused: bool,
) -> impl IntoView {
    let locale = use_locale();
    let is_own = pauses.iter().any(|pause| pause.origin == Origin::Job);
    if is_paused && is_own {
        return view! {
            <PlainForm path=ResumeJobs::PATH quiet=true>
                <input type="hidden" name="jobs[]" value=job.to_string() />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, job.pause.resume)}
                </button>
            </PlainForm>
        }
        .into_any();
    }
    let lengths = [
        ("", tr!(locale, job.pause.for_good)),
        ("4h", tr!(locale, common.span.hours, count = 4)),
        ("1D", tr!(locale, common.span.days, count = 1)),
        ("7D", tr!(locale, common.span.days, count = 7)),
        ("30D", tr!(locale, common.span.days, count = 30)),
    ]
    .map(|(value, label)| (value.to_owned(), label));
    view! {
        <Disclosure label=tr!(locale, job.pause.title)>
            <PlainForm path=PauseJobs::PATH quiet=true class="form">
                <input type="hidden" name="jobs[]" value=job.to_string() />
                <p class="muted small">{tr!(locale, job.pause.what)}</p>
                <SelectField
                    name="until"
                    id="pause-until"
                    label=tr!(locale, job.pause.length)
                    options=lengths.into()
                />
                <TextField
                    name="at"
                    id="pause-at"
                    kind="datetime-local"
                    label=tr!(locale, job.pause.at)
                    optional=true
                />
                <TextField name="reason" id="pause-reason" label=tr!(locale, job.pause.reason) optional=true />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, job.pause.submit)}
                </button>
            </PlainForm>
        </Disclosure>
    }
    .into_any()
}
