//! One of the kept backups, and what restoring it would come to: asked before it is done.

use duplistatus::{
    dto::database::{RestorePreview, RestoreReport},
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::restore::{LostLines, revoked_words};
use crate::{
    api::backup::{RestoreBackup, preview_restore},
    locale::use_locale,
    tr,
    ui::{
        error_notice::ErrorNotice,
        link::href,
        notice::{Notice, Tone},
        plain_form::PlainForm,
    },
};

/// Id of the section.
const ID: &str = "restore-kept";

/// Looks at a backup, and asks.
#[component]
pub fn RestoreKept(
    /// Name of the backup.
    name: String,
) -> impl IntoView {
    let locale = use_locale();
    let preview = Resource::new(move || name.clone(), preview_restore);
    view! {
        <section class="section" id=ID aria-labelledby="restore-kept-title">
            <h2 id="restore-kept-title">{tr!(locale, backups.preview.title)}</h2>
            <Transition fallback=move || view! { <p class="muted loading">{tr!(locale, backups.preview.looking)}</p> }>
                {move || {
                    preview
                        .get()
                        .map(|answer| match answer {
                            Ok(preview) => view! { <RestorePreviewView preview=preview /> }.into_any(),
                            Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                        })
                }}
            </Transition>
        </section>
    }
}

/// What it would come to, and the form.
#[component]
pub fn RestorePreviewView(
    /// The answer.
    preview: RestorePreview,
) -> impl IntoView {
    let locale = use_locale();
    let RestorePreview { name, report, nobody_left } = preview;
    let counts = tr!(
        locale,
        backups.preview.counts,
        name = name.clone(),
        servers = thousands(report.servers),
        runs = thousands(report.runs)
    );
    let nothing = report.compared && report.lost_runs + report.lost_operations + report.changed_runs == 0;
    let has_revoked = !report.revoked_since.is_empty();
    let RestoreReport { revoked_since, .. } = report.clone();
    let revoked =
        revoked_since.iter().map(|one| view! { <li>{revoked_words(locale, one)}</li> }).collect_view();
    view! {
        <div class="card backup-restore" data-pad=true>
            <p>{counts}</p>
            {nothing.then(|| view! { <p>{tr!(locale, backups.preview.nothing)}</p> })}
            {(!nothing)
                .then(|| {
                    view! {
                        <Notice tone=Tone::Warn title=tr!(locale, backups.preview.lost)>
                            <LostLines report=report has_former=true />
                        </Notice>
                    }
                })}
            {has_revoked
                .then(|| {
                    view! {
                        <Notice tone=Tone::Warn title=tr!(locale, backups.preview.revoked)>
                            <ul class="backup-lost">{revoked}</ul>
                        </Notice>
                    }
                })}
            {nobody_left
                .then(|| {
                    view! {
                        <Notice tone=Tone::Fail title=tr!(locale, backups.preview.nobody)>
                            <p>{tr!(locale, backups.preview.nobody_what)}</p>
                        </Notice>
                    }
                })}
            <PlainForm path=RestoreBackup::PATH at=ID class="backup-restore">
                <input type="hidden" name="name" value=name />
                {has_revoked
                    .then(|| {
                        view! {
                            <label class="check">
                                <input type="checkbox" name="revive" value="yes" />
                                <span>{tr!(locale, backups.restore.revive)}</span>
                            </label>
                        }
                    })}
                <label class="check">
                    <input type="checkbox" name="sure" value="yes" required />
                    <span>{tr!(locale, backups.restore.sure)}</span>
                </label>
                <div class="backup-actions">
                    <button type="submit" class="btn" data-variant="danger">
                        {tr!(locale, backups.restore.submit)}
                    </button>
                    <a class="btn" href=href("/settings/backups") rel="external">{tr!(locale, backups.preview.cancel)}</a>
                </div>
            </PlainForm>
        </div>
    }
}
