//! One kind of refusal.

use duplistatus::{
    dto::{Moment, rejected::RejectedRow},
    units::{size, thousands},
};
use leptos::prelude::*;

use super::{api::DismissRejected, dismiss::Dismiss};
use crate::{
    format::text::{capitalised, visible},
    locale::{Locale, use_locale},
    tr,
    ui::{
        icon::{Icon, Shape},
        option_text::OptionText,
        relative_time::{LocalTime, RelativeTime},
    },
};

/// `"Report from nas, job Photos"`, by what the report says of itself.
pub(crate) fn from_words(locale: Locale, machine: Option<&str>, job: Option<&str>) -> Option<String> {
    Some(match (machine, job) {
        (Some(machine), Some(job)) => tr!(locale, rejected.from, machine = machine, job = job),
        (Some(machine), None) => tr!(locale, rejected.from_machine, machine = machine),
        (None, Some(job)) => tr!(locale, rejected.from_job, job = job),
        (None, None) => return None,
    })
}

/// What was wrong, what to do, where it came from, how it began.
#[component]
pub fn RejectedItem(
    /// The refusal; its sample is hostile text.
    row: RejectedRow,
    /// When the data was asked for.
    now: Moment,
    /// Deletes it; `None` for those who may not.
    dismiss: Option<ServerAction<DismissRejected>>,
) -> impl IntoView {
    let locale = use_locale();
    let RejectedRow {
        id,
        first,
        last,
        count,
        http_status,
        reason,
        field,
        hint,
        machine,
        job,
        source,
        size: bytes,
        sample,
    } = row;
    let fact = |name: String, value: AnyView| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let field =
        field.map(|field| fact(tr!(locale, rejected.field), view! { <code>{field}</code> }.into_any()));
    let from = from_words(locale, machine.as_deref(), job.as_deref());
    let dismiss = dismiss.map(|dismiss| {
        view! { <Dismiss row=id reason=reason.clone() source=source.clone() count=count dismiss=dismiss /> }
    });
    let since = (count > 1)
        .then(|| fact(tr!(locale, rejected.first), view! { <LocalTime at=first now=now /> }.into_any()));
    view! {
        <li class="card rejected-item">
            <span class="disc" data-tone="fail">
                <Icon shape=Shape::Cross />
            </span>
            <div class="rejected-text">
                <div class="rejected-head">
                    <h2>{capitalised(&reason)}</h2>
                    <span class="muted">
                        <RelativeTime at=last now=now />
                    </span>
                </div>
                {from.map(|from| view! { <p class="rejected-from">{from}</p> })}
                <p class="rejected-hint">
                    <OptionText text=hint />
                </p>
                <dl class="facts">
                    {fact(tr!(locale, rejected.source), view! { <code>{source}</code> }.into_any())}
                    {fact(tr!(locale, rejected.status), http_status.into_any())} {field}
                    {fact(tr!(locale, rejected.count), tr!(locale, rejected.times, count = count, number = thousands(count)).into_any())}
                    {since} {fact(tr!(locale, rejected.size), size(bytes).into_any())}
                </dl>
                <details>
                    <summary>{tr!(locale, rejected.sample)}</summary>
                    <pre class="mono-block" tabindex="0" role="region" aria-label=tr!(locale, rejected.sample)>
                        {visible(&sample).into_owned()}
                    </pre>
                </details>
                {dismiss}
            </div>
        </li>
    }
}
