//! Pauses a job, many jobs, a server, a group or everything, or resumes it.

use duplistatus::dto::job::PauseView;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{PauseJobs, ResumeJobs},
    place::Place,
};
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
    /// What is paused.
    place: Place,
    /// The pauses in force.
    pauses: Vec<PauseView>,
) -> impl IntoView {
    let locale = use_locale();
    if pauses.iter().any(|pause| pause.origin == place.origin()) {
        return view! { <ResumeButton place=place /> }.into_any();
    }
    view! {
        <Disclosure label=tr!(locale, job.pause.title)>
            <PauseForm place=place />
        </Disclosure>
    }
    .into_any()
}

/// The button that resumes.
#[component]
pub fn ResumeButton(
    /// What is paused.
    place: Place,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <PlainForm path=ResumeJobs::PATH quiet=true>
            {place.fields()}
            <button type="submit" class="btn" data-variant="primary">
                {tr!(locale, job.pause.resume)}
            </button>
        </PlainForm>
    }
}

/// The form that pauses.
#[component]
pub fn PauseForm(
    /// What is paused.
    place: Place,
) -> impl IntoView {
    let locale = use_locale();
    let lengths = [
        ("", tr!(locale, job.pause.for_good)),
        ("4h", tr!(locale, common.span.hours, count = 4)),
        ("1D", tr!(locale, common.span.days, count = 1)),
        ("7D", tr!(locale, common.span.days, count = 7)),
        ("30D", tr!(locale, common.span.days, count = 30)),
    ]
    .map(|(value, label)| (value.to_owned(), label));
    let submit = match place {
        Place::Job(_) => tr!(locale, job.pause.submit),
        _ => tr!(locale, job.pause.title),
    };
    view! {
        <PlainForm path=PauseJobs::PATH quiet=true class="form">
            {place.fields()}
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
                {submit}
            </button>
        </PlainForm>
    }
}
