//! Merging the server into another one: which one, what moves, and only then the button.

use duplistatus::{
    dto::edit::{Contents, MergePreview, MergeQuestion, ServerEditPage as Data},
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::MergeServers, section::Section};
use crate::{
    context::url::href,
    locale::{Locale, use_locale},
    tr,
    ui::{
        form::{field::TextField, plain_form::PlainForm},
        notice::{Notice, Tone},
    },
};

/// What a server has, each kind of which there is any.
pub(super) fn contents_words(locale: Locale, contents: Contents) -> Vec<String> {
    let Contents { jobs, runs, operations, keys, machines } = contents;
    let all = [
        (jobs, tr!(locale, edit.contents.jobs, count = jobs, number = thousands(jobs))),
        (runs, tr!(locale, edit.contents.runs, count = runs, number = thousands(runs))),
        (
            operations,
            tr!(locale, edit.contents.operations, count = operations, number = thousands(operations)),
        ),
        (keys, tr!(locale, edit.contents.keys, count = keys, number = thousands(keys))),
        (machines, tr!(locale, edit.contents.machines, count = machines, number = thousands(machines))),
    ];
    all.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect()
}

/// The section.
#[component]
pub fn Merge<'a>(
    /// The page's data.
    page: &'a Data,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let Data { id, name, others, merge, .. } = page.clone();
    let asked = match &merge {
        Some(MergeQuestion::Missing(name)) => name.clone(),
        Some(MergeQuestion::Itself) => name.clone(),
        Some(MergeQuestion::Preview(preview)) => preview.into_name.clone(),
        None => String::new(),
    };
    let question = merge.map(|question| match question {
        MergeQuestion::Missing(name) => view! {
            <Notice tone=Tone::Warn title=tr!(locale, edit.merge.missing, name = name)>
                <p>{tr!(locale, edit.merge.missing_what)}</p>
            </Notice>
        }
        .into_any(),
        MergeQuestion::Itself => view! {
            <Notice tone=Tone::Warn title=tr!(locale, edit.merge.itself)>
                <p>{tr!(locale, edit.merge.missing_what)}</p>
            </Notice>
        }
        .into_any(),
        MergeQuestion::Preview(preview) => {
            view! { <Preview id=id.to_string() name=name preview=preview /> }.into_any()
        }
    });
    view! {
        <Section id="merge" title=tr!(locale, edit.merge.title)>
            <p class="muted">{tr!(locale, edit.merge.what)}</p>
            <form method="get" action=href(&format!("/servers/{id}/edit#merge")) class="edit-merge">
                <TextField name="merge" id="merge-into" label=tr!(locale, edit.merge.into) value=asked offers=others />
                <button type="submit" class="btn">
                    {tr!(locale, edit.merge.preview)}
                </button>
            </form>
            {question}
        </Section>
    }
}

/// What a merge comes to, and the button.
#[component]
fn Preview(
    /// The server that goes.
    id: String,
    /// Its name.
    name: String,
    /// What comes of it.
    preview: MergePreview,
) -> impl IntoView {
    let locale = use_locale();
    let MergePreview { into, into_name, into_shown, moves, joined, added } = preview;
    let title = tr!(locale, edit.merge.question, from = name.clone(), into = into_shown.clone());
    let moves = contents_words(locale, moves);
    let items = moves.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
    let listed = move |names: Vec<String>, words: fn(Locale, String) -> String| {
        (!names.is_empty()).then(|| view! { <p>{words(locale, names.join(", "))}</p> })
    };
    let error = crate::ui::form::plain_form::form_error(MergeServers::PATH)
        .map(|error| view! { <crate::ui::form::plain_form::Failed error=error /> });
    view! {
        {error}
        <Notice tone=Tone::Warn title=title>
            <p>{tr!(locale, edit.merge.moves, into = into_shown)}</p>
            <ul class="edit-contents">{items}</ul>
            {listed(joined, |locale, jobs| tr!(locale, edit.merge.joined, jobs = jobs))}
            {listed(added, |locale, jobs| tr!(locale, edit.merge.added, jobs = jobs))}
            <p>{tr!(locale, edit.merge.goes, from = name.clone())}</p>
            <PlainForm path=MergeServers::PATH at="merge" quiet=true class="notice-actions">
                <input type="hidden" name="from" value=id.clone() />
                <input type="hidden" name="from_name" value=name />
                <input type="hidden" name="into" value=into.to_string() />
                <input type="hidden" name="into_name" value=into_name />
                <button type="submit" class="btn" data-variant="danger">
                    {tr!(locale, edit.merge.submit)}
                </button>
                <a class="btn" href=href(&format!("/servers/{id}/edit#merge")) rel="external">
                    {tr!(locale, edit.cancel)}
                </a>
            </PlainForm>
        </Notice>
    }
}
