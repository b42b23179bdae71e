//! Why the run did not go well, and the text with which Duplicati gave up.

use duplistatus::{dto::run::RunPage as Data, outcome::RunOutcome, status::Status};
use leptos::prelude::*;

use crate::{
    format::text::visible,
    locale::use_locale,
    tr,
    ui::icon::{Icon, Shape},
};

/// The cause as a headline, the whole exception below it; nothing for a run that failed at nothing.
#[component]
pub fn Exception(
    /// The page's data.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let exception = page.exception.map(|text| visible(&text).into_owned());
    let exception = exception.filter(|text| !text.trim().is_empty());
    let headline = page
        .headline
        .map(|text| visible(&text).into_owned())
        .filter(|_| exception.is_some() || page.status.is_failed());
    // Of a run of an old version there may be no headline.
    let first = headline.or_else(|| exception.as_ref()?.trim().lines().next().map(str::to_owned))?;
    // Whoever stopped it knows, and it is no failure.
    let (title, tone, shape) = match page.outcome {
        RunOutcome::Stopped | RunOutcome::Skipped => (tr!(locale, run.ended_by), "warn", Shape::Warning),
        _ if page.status == Status::Fatal => (tr!(locale, run.exception), "fail", Shape::Cross),
        _ => (tr!(locale, run.went_wrong), "fail", Shape::Cross),
    };
    let rest = exception.filter(|text| text.trim() != first).map(|text| {
        view! {
            <details>
                <summary>{tr!(locale, run.stack)}</summary>
                <pre class="mono-block">{text}</pre>
            </details>
        }
    });
    Some(view! {
        <section class="card exception" data-tone=tone aria-labelledby="exception-title">
            <h2 id="exception-title">
                <Icon shape=shape />
                {title}
            </h2>
            <p class="exception-first">{first}</p>
            {rest}
        </section>
    })
}
