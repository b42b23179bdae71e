//! Which checks there are for all jobs of a server, of a group, or for all.

use duplistatus::dto::schedules::Defaults;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::SetChecks, place::Place, words::check_title};
use crate::{
    locale::use_locale,
    tr,
    ui::form::{choice::Choice, plain_form::PlainForm},
};

/// A box for each check.
#[component]
pub fn ChecksForm(
    /// For what they are.
    of: Defaults,
    /// Their words, and whether they are switched off here.
    checks: Vec<(String, bool)>,
) -> impl IntoView {
    let locale = use_locale();
    let boxes = checks.into_iter().map(move |(kind, is_off)| {
        let title = check_title(locale, &kind).into_any();
        view! {
            <li>
                <Choice name="on[]" value=kind checked=!is_off label=title class="" />
            </li>
        }
    });
    view! {
        <PlainForm path=SetChecks::PATH class="job-checks">
            {Place::Defaults(of).fields()}
            <ul role="list">{boxes.collect_view()}</ul>
            <button type="submit" class="btn">
                {tr!(locale, job.checks.save)}
            </button>
        </PlainForm>
    }
}
