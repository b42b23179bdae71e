//! What can be done for the file.

use duplistatus::dto::work::WorkKind;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::LookAfterDatabase;
use crate::{
    locale::use_locale,
    tr,
    ui::form::plain_form::{Failed, PlainForm, form_error},
};

/// The section.
#[component]
pub fn MaintenanceSection(
    /// Whether something is being done already.
    is_busy: bool,
) -> impl IntoView {
    let locale = use_locale();
    let vacuum = view! {
        <label class="check small">
            <input type="checkbox" name="sure" value="true" required />
            <span>{tr!(locale, database.upkeep.sure)}</span>
        </label>
    };
    view! {
        <section class="section" id="upkeep" aria-labelledby="upkeep-title">
            <h2 id="upkeep-title">{tr!(locale, database.upkeep.title)}</h2>
            {form_error(LookAfterDatabase::PATH).map(|error| view! { <Failed error=error /> })}
            <ul class="card upkeep" role="list">
                <Action
                    kind=WorkKind::Integrity
                    title=tr!(locale, database.upkeep.integrity.title)
                    what=tr!(locale, database.upkeep.integrity.what)
                    submit=tr!(locale, database.upkeep.integrity.submit)
                    is_busy=is_busy
                />
                <Action
                    kind=WorkKind::Optimize
                    title=tr!(locale, database.upkeep.optimize.title)
                    what=tr!(locale, database.upkeep.optimize.what)
                    submit=tr!(locale, database.upkeep.optimize.submit)
                    is_busy=is_busy
                />
                <Action
                    kind=WorkKind::Checkpoint
                    title=tr!(locale, database.upkeep.checkpoint.title)
                    what=tr!(locale, database.upkeep.checkpoint.what)
                    submit=tr!(locale, database.upkeep.checkpoint.submit)
                    is_busy=is_busy
                />
                <Action
                    kind=WorkKind::Vacuum
                    title=tr!(locale, database.upkeep.vacuum.title)
                    what=tr!(locale, database.upkeep.vacuum.what)
                    submit=tr!(locale, database.upkeep.vacuum.submit)
                    is_busy=is_busy
                    more=vacuum.into_any()
                />
            </ul>
        </section>
    }
}

/// One of them.
#[component]
fn Action(
    /// What is done.
    kind: WorkKind,
    /// What it is called.
    title: String,
    /// What it does.
    what: String,
    /// Words of the button.
    submit: String,
    /// Whether something is being done already.
    is_busy: bool,
    /// What has to be said first.
    #[prop(optional)]
    more: Option<AnyView>,
) -> impl IntoView {
    let word = match kind {
        WorkKind::Optimize => "optimize",
        WorkKind::Checkpoint => "checkpoint",
        WorkKind::Vacuum => "vacuum",
        _ => "integrity",
    };
    view! {
        <li class="upkeep-row">
            <div class="upkeep-what">
                <h3>{title}</h3>
                <p class="muted small">{what}</p>
            </div>
            <PlainForm path=LookAfterDatabase::PATH quiet=true>
                <input type="hidden" name="kind" value=word />
                {more}
                <button type="submit" class="btn" disabled=is_busy>
                    {submit}
                </button>
            </PlainForm>
        </li>
    }
}
