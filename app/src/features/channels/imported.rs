//! Channels that the settings of the Node application describe.

use duplistatus::dto::channel::ImportedChannel;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::CreateImportedChannel, words::kind_word};
use crate::{
    locale::use_locale,
    tr,
    ui::{form::plain_form::PlainForm, keyed::keyed},
};

/// What would be created, with a button for each.
#[component]
pub fn Imported(
    /// The channels.
    channels: Vec<ImportedChannel>,
) -> impl IntoView {
    let locale = use_locale();
    let rows = keyed(
        channels,
        |one| one.kind.clone(),
        move |ImportedChannel { kind, target, problem }| {
            let name = kind_word(locale, &kind);
            let about = name.clone();
            let action = match problem {
                Some(problem) => {
                    view! { <p class="small">{tr!(locale, channels.imported.problem, why = problem)}</p> }
                        .into_any()
                }
                None => view! {
                    <PlainForm path=CreateImportedChannel::PATH quiet=true>
                        <input type="hidden" name="kind" value=kind />
                        <button type="submit" class="btn">
                            {tr!(locale, channels.imported.create)}
                            <span class="visually-hidden">" " {about}</span>
                        </button>
                    </PlainForm>
                }
                .into_any(),
            };
            view! {
                <li class="channel-imported">
                    <p>
                        <strong>{name}</strong>
                        " "
                        <span class="muted channel-target">{target}</span>
                    </p>
                    {action}
                </li>
            }
        },
    );
    view! {
        <section class="card channel-add" aria-labelledby="imported-channels-title">
            <h2 id="imported-channels-title">{tr!(locale, channels.imported.title)}</h2>
            <p class="muted">{tr!(locale, channels.imported.what)}</p>
            <ul class="channels" role="list">
                {rows}
            </ul>
        </section>
    }
}
