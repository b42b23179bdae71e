//! Whether to keep runs for less time: how many the next clean-up would delete then.

use duplistatus::{
    dto::database::{Retention, RulePreview},
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{ClearRetention, RuleChange, SetRetention},
    retention::kept,
};
use crate::{
    context::url::href,
    error::ApiError,
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::{Failed, PlainForm},
        notice::{Notice, Tone},
    },
};

/// The question, above the rules.
#[component]
pub fn ConfirmRule(
    /// The other rule.
    change: RuleChange,
    /// What it would come to.
    found: Result<RulePreview, ApiError>,
) -> impl IntoView {
    let locale = use_locale();
    let RulePreview { now, then } = match found {
        Ok(found) => found,
        Err(error) => return view! { <Failed error=error /> }.into_any(),
    };
    let RuleChange { server, job, rule } = change;
    let place = match (&server, &job) {
        (Some(server), Some(job)) => format!("{server}: {job}"),
        (Some(server), None) => server.clone(),
        (None, _) => tr!(locale, database.retention.all),
    };
    let what = match rule {
        Some(rule) => tr!(locale, database.question.set, place = place, kept = kept(locale, rule)),
        None => tr!(locale, database.question.clear, place = place),
    };
    let goes = tr!(locale, database.question.goes, then = thousands(then), now = thousands(now));
    let (path, numbers) = match rule {
        Some(Retention { days, keep_last }) => {
            let days = days.map(|days| days.to_string()).unwrap_or_default();
            let numbers = view! {
                <input type="hidden" name="days" value=days />
                <input type="hidden" name="keep_last" value=keep_last.to_string() />
            };
            (SetRetention::PATH, Some(numbers))
        }
        None => (ClearRetention::PATH, None),
    };
    view! {
        <section id="rule-question" aria-label=tr!(locale, database.question.title)>
            <Notice tone=Tone::Warn title=tr!(locale, database.question.title)>
                <p>{what}</p>
                <p>{goes}</p>
                <PlainForm path=path quiet=true class="notice-actions">
                    <input type="hidden" name="server" value=server.unwrap_or_default() />
                    <input type="hidden" name="job" value=job.unwrap_or_default() />
                    {numbers}
                    <input type="hidden" name="at_most" value=then.to_string() />
                    <button type="submit" class="btn" data-variant="danger">
                        {tr!(locale, database.question.submit, then = thousands(then))}
                    </button>
                    <a class="btn" href=href("/settings/database") rel="external">
                        {tr!(locale, database.question.cancel)}
                    </a>
                </PlainForm>
            </Notice>
        </section>
    }
    .into_any()
}
