//! Kinds of warnings of the last 30 days, and which are accepted.

use duplistatus::{
    dto::{
        Moment,
        job::{Accepted, Origin, WarningView},
    },
    ids::JobId,
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::{AcceptWarning, WithdrawWarning};
use crate::{
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        disclosure::Details,
        form::{choice::Choice, field::SelectField, plain_form::PlainForm},
        keyed::keyed,
        link::Link,
        notice::EmptyState,
    },
};

/// The kinds.
#[component]
pub fn Warnings(
    /// The job.
    job: JobId,
    /// The kinds.
    warnings: Vec<WarningView>,
    /// Whether the viewer may set anything.
    may_manage: bool,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let body = if warnings.is_empty() {
        view! {
            <EmptyState title=tr!(locale, job.warnings.empty)>
                <p>{tr!(locale, job.warnings.empty_what)}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = keyed(
            warnings.into_iter().enumerate(),
            |(_, warning)| warning.kind.clone(),
            move |(number, warning)| {
                view! { <Kind job=job warning=warning number=number may_manage=may_manage now=now /> }
            },
        );
        view! {
            <ul class="job-warnings" role="list">
                {rows}
            </ul>
        }
        .into_any()
    };
    view! {
        <section class="card job-part" aria-labelledby="warnings-title">
            <h2 id="warnings-title">{tr!(locale, job.warnings.title)}</h2>
            {body}
        </section>
    }
}

fn accepted_words(locale: Locale, accepted: &Accepted, now: Moment) -> String {
    let who = &accepted.by;
    let words = match accepted.until {
        Some(until) => {
            tr!(locale, job.warnings.accepted_until, time = calendar_time(locale, until, now), who = who)
        }
        None => tr!(locale, job.warnings.accepted, who = who),
    };
    match accepted.origin {
        Origin::Job | Origin::Server | Origin::Group => words,
        Origin::Site => format!("{words} {}", tr!(locale, job.origin.site)),
    }
}

#[component]
fn Kind(
    /// The job.
    job: JobId,
    /// The kind; hostile text.
    warning: WarningView,
    /// Its place, for ids.
    number: usize,
    /// Whether the viewer may set anything.
    may_manage: bool,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let WarningView { kind, count, last, accepted } = warning;
    let times = (count > 0).then(|| format!("×{}", thousands(count)));
    let last = last.map(|(at, run)| {
        view! {
            <Link to=format!("/runs/{run}") class="text-link">
                {tr!(locale, job.warnings.last, time = calendar_time(locale, at, now))}
            </Link>
        }
    });
    let days = [
        ("", tr!(locale, job.warnings.for_good)),
        ("30", tr!(locale, common.span.days, count = 30)),
        ("90", tr!(locale, common.span.days, count = 90)),
        ("365", tr!(locale, common.span.days, count = 365)),
    ]
    .map(|(value, label)| (value.to_owned(), label));
    let words = accepted.as_ref().map(|accepted| accepted_words(locale, accepted, now));
    let (is_accepted, shown) = (words.is_some(), kind.clone());
    let form = match accepted {
        _ if !may_manage => None,
        Some(accepted) => Some(
            view! {
                <PlainForm path=WithdrawWarning::PATH quiet=true>
                    <input type="hidden" name="job" value=job.to_string() />
                    <input type="hidden" name="kind" value=kind.clone() />
                    {(accepted.origin == Origin::Site)
                        .then(|| view! { <input type="hidden" name="everywhere" value="true" /> })}
                    <button type="submit" class="btn">
                        {tr!(locale, job.warnings.withdraw)}
                    </button>
                </PlainForm>
            }
            .into_any(),
        ),
        None => Some(
            view! {
                <Details class="job-accept" summary=tr!(locale, job.warnings.accept).into_any()>
                    <PlainForm path=AcceptWarning::PATH id=kind.clone() quiet=true class="form">
                        <input type="hidden" name="job" value=job.to_string() />
                        <input type="hidden" name="kind" value=kind.clone() />
                        <SelectField
                            name="days"
                            id=format!("accept-days-{number}")
                            label=tr!(locale, job.warnings.how_long)
                            options=days.into()
                        />
                        <Choice
                            name="everywhere"
                            value="true"
                            checked=false
                            label=tr!(locale, job.warnings.everywhere).into_any()
                            class="schedule-choice"
                        />
                        <button type="submit" class="btn" data-variant="primary">
                            {tr!(locale, job.warnings.submit)}
                        </button>
                    </PlainForm>
                </Details>
            }
            .into_any(),
        ),
    };
    view! {
        <li data-accepted=is_accepted.then_some("true")>
            <p class="job-kind">
                <code>{shown}</code>
                " "
                <strong>{times}</strong>
            </p>
            <p class="muted small">{last} {words.map(|words| view! { " · " {words} })}</p>
            {form}
        </li>
    }
}
