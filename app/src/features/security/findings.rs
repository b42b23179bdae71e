//! What was looked at.

use duplistatus::dto::security::State;
use leptos::prelude::*;

use super::data::Finding;
use crate::{
    locale::use_locale,
    tr,
    ui::{
        icon::{Icon, Shape},
        link::Link,
        option_text::OptionText,
    },
};

/// What asks for attention, each with its reason and its remedy; below it in short what is in order.
#[component]
pub fn Findings(
    /// All of them, worst first.
    findings: Vec<Finding>,
) -> impl IntoView {
    let locale = use_locale();
    let (fine, open): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| finding.state == State::Ok);
    let open = open.into_iter().map(|finding| view! { <OpenFinding finding=finding /> }).collect_view();
    let fine = fine.into_iter().map(|finding| {
        let (shape, tone) = shape_and_tone(finding.state);
        view! {
            <li data-tone=tone>
                <Icon shape=shape />
                {finding.title}
            </li>
        }
    });
    view! {
        <ul class="findings">{open}</ul>
        <section class="section" aria-labelledby="fine-title">
            <h2 id="fine-title">{tr!(locale, security.fine)}</h2>
            <ul class="card fine">{fine.collect_view()}</ul>
        </section>
    }
}

/// Something to mend, or to think about.
#[component]
fn OpenFinding(
    /// What was found.
    finding: Finding,
) -> impl IntoView {
    let locale = use_locale();
    let Finding { state, title, text, mend } = finding;
    let (shape, tone) = shape_and_tone(state);
    let word = match state {
        State::Weak => tr!(locale, security.state.weak),
        State::Advice => tr!(locale, security.state.advice),
        State::Ok => tr!(locale, security.state.ok),
    };
    view! {
        <li class="card finding">
            <span class="disc" data-tone=tone>
                <Icon shape=shape />
            </span>
            <div class="finding-text">
                <h2>
                    {title} " "
                    <span class="finding-state" data-tone=tone>
                        {word}
                    </span>
                </h2>
                <p class="muted">
                    <OptionText text=text />
                </p>
            </div>
            {mend
                .map(|(path, words)| {
                    view! {
                        <Link to=path class="btn">
                            {words}
                        </Link>
                    }
                })}
        </li>
    }
}

/// How a state looks.
pub(super) fn shape_and_tone(state: State) -> (Shape, &'static str) {
    match state {
        State::Weak => (Shape::Cross, "fail"),
        State::Advice => (Shape::Warning, "warn"),
        State::Ok => (Shape::Tick, "ok"),
    }
}
