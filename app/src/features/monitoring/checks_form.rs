//! Which checks there are for all jobs of a server, of a group, or for all.

use duplistatus::dto::schedules::Defaults;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::SetChecks, place::Place, words::check_title};
use crate::{locale::use_locale, tr, ui::form::plain_form::PlainForm};

/// A box for each check.
#[component]
pub fn ChecksForm(
    /// For what they are.
    of: Defaults,
    /// Their words, and whether they are switched off here.
    checks: Vec<(String, bool)>,
) -> impl IntoView {
    let locale = use_locale();
    let boxes = checks.into_iter().map(|(kind, is_off)| {
        let title = check_title(locale, &kind);
        view! {
            <li>
                <label>
                    <input type="checkbox" name="on[]" value=kind checked=!is_off />
                    <span>{title}</span>
                </label>
            </li>
        }
    });
    let boxes = boxes.collect_view();
    view! {
        <PlainForm path=SetChecks::PATH class="job-checks">
            {Place::Defaults(of).fields()}
            <ul role="list">{boxes}</ul>
            <button type="submit" class="btn">
                {tr!(locale, job.checks.save)}
            </button>
        </PlainForm>
    }
}
