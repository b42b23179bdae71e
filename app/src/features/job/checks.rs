//! What each check says about the job, and which are switched off.

use duplistatus::{
    dto::{
        Moment,
        job::{CheckView, Origin},
    },
    ids::JobId,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::ExpectCheck;
use crate::{
    features::{
        incidents::words::check_name,
        monitoring::{
            api::SetChecks,
            wider::Wider,
            words::{check_title, origin_words},
        },
    },
    locale::use_locale,
    tr,
    ui::{
        badge::{check_words, outcome_words},
        disclosure::Details,
        form::{choice::Choice, plain_form::PlainForm},
        icon::{Icon, Shape},
        relative_time::RelativeTime,
    },
};

/// The checks.
#[component]
pub fn Checks(
    /// The job.
    job: JobId,
    /// What each says.
    checks: Vec<CheckView>,
    /// Where inherited ones are set.
    wider: Wider,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let may_manage = wider.may_manage;
    let off = checks.iter().filter(|check| check.off.is_some()).count();
    let well = checks.iter().filter(|check| check.off.is_none() && check.found.is_none()).count();
    let found =
        checks.iter().filter_map(|check| Some((check.kind.clone(), check.found?))).collect::<Vec<_>>();
    let found = found.into_iter().map(|(kind, (since, check, outcome))| {
        let words = check.map(|check| check_words(locale, check));
        let words = words.or_else(|| outcome.and_then(|outcome| outcome_words(locale, outcome)));
        let words = words.unwrap_or_else(|| check_name(locale, &kind));
        let expect = may_manage.then(|| {
            view! {
                <PlainForm path=ExpectCheck::PATH quiet=true>
                    <input type="hidden" name="job" value=job.to_string() />
                    <input type="hidden" name="check" value=kind />
                    <button type="submit" class="btn">
                        {tr!(locale, job.checks.expect)}
                    </button>
                </PlainForm>
            }
        });
        view! {
            <li data-tone="warn">
                <Icon shape=Shape::Warning />
                <div>
                    <p>{words} <span class="muted">" · " <RelativeTime at=since now=now /></span></p>
                    {expect}
                </div>
            </li>
        }
    });
    let found = found.collect_view();
    let list = checks.into_iter().map(move |check| {
        let is_wider = check.off.filter(|origin| *origin != Origin::Job);
        let name = check_title(locale, &check.kind);
        let hint = is_wider.map(|origin| {
            let words = wider.said(Some(origin), origin_words(locale, origin));
            view! { <span class="muted">" " {words}</span> }
        });
        view! {
            <li>
                <Choice
                    name="on[]"
                    value=check.kind
                    checked=check.off.is_none()
                    disabled=!may_manage || is_wider.is_some()
                    label=view! { {name} {hint} }.into_any()
                    class=""
                />
            </li>
        }
    });
    // Inside of the panel, which opens when the form failed.
    let list = move || view! { <ul role="list">{list.collect_view()}</ul> };
    let list = move || match may_manage {
        true => view! {
            <PlainForm path=SetChecks::PATH class="job-checks">
                <input type="hidden" name="job" value=job.to_string() />
                {list()}
                <button type="submit" class="btn">
                    {tr!(locale, job.checks.save)}
                </button>
            </PlainForm>
        }
        .into_any(),
        false => view! { <div class="job-checks">{list()}</div> }.into_any(),
    };
    view! {
        <section class="card job-part" aria-labelledby="checks-title">
            <h2 id="checks-title">{tr!(locale, job.checks.title)}</h2>
            <ul class="job-found" role="list">
                {found}
                <li data-tone="ok">
                    <Icon shape=Shape::Tick />
                    <p>{tr!(locale, job.checks.well, count = well)}</p>
                </li>
                {(off > 0)
                    .then(|| {
                        view! {
                            <li data-tone="idle">
                                <Icon shape=Shape::Pause />
                                <p>{tr!(locale, job.checks.off, count = off)}</p>
                            </li>
                        }
                    })}
            </ul>
            <Details summary=tr!(locale, job.checks.all).into_any()>{list()}</Details>
        </section>
    }
}
