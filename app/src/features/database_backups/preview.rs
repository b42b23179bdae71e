//! A kept backup, or one that was sent, and what restoring it would come to: asked before it is done.

use duplistatus::{
    dto::database::{RestorePreview, RestoreReport},
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::{RestoreBackup, RestoreUpload, preview_restore, preview_upload},
    restore::{LostLines, revoked_words},
};
use crate::{
    context::url::href,
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::PlainForm,
        loaded::Loaded,
        notice::{Notice, Tone},
    },
};

/// Id of the section.
pub const PREVIEW_ID: &str = "restore-preview";

/// Which backup is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// One of the kept ones, by its name.
    Kept(String),
    /// One that this session sent, by its reference.
    Sent(String),
}

impl Chosen {
    /// What the address of the page asks about.
    pub fn from_words(word: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let said = |name: &str| word(name).filter(|word| !word.is_empty());
        said("sent").map(Self::Sent).or_else(|| said("restore").map(Self::Kept))
    }
}

/// Looks at a backup, and asks.
#[component]
pub fn RestoreChosen(
    /// Which one.
    chosen: Chosen,
) -> impl IntoView {
    let locale = use_locale();
    let title = match &chosen {
        Chosen::Kept(_) => tr!(locale, backups.preview.title),
        Chosen::Sent(_) => tr!(locale, backups.preview.title_sent),
    };
    let of = chosen.clone();
    let preview = Resource::new(
        move || of.clone(),
        |chosen| async move {
            match chosen {
                Chosen::Kept(name) => preview_restore(name).await,
                Chosen::Sent(reference) => preview_upload(reference).await,
            }
        },
    );
    view! {
        <section class="section" id=PREVIEW_ID aria-labelledby="restore-preview-title">
            <h2 id="restore-preview-title">{title}</h2>
            <Loaded
                data=preview
                waiting=tr!(locale, backups.preview.looking)
                show=move |preview| view! { <RestorePreviewView preview=preview chosen=chosen.clone() /> }
            />
        </section>
    }
}

/// What it would come to, and the form.
#[component]
pub fn RestorePreviewView(
    /// The answer.
    preview: RestorePreview,
    /// Which backup it is of.
    chosen: Chosen,
) -> impl IntoView {
    let locale = use_locale();
    let (path, field, value, is_sent) = match chosen {
        Chosen::Kept(name) => (RestoreBackup::PATH, "name", name, false),
        Chosen::Sent(reference) => (RestoreUpload::PATH, "reference", reference, true),
    };
    let RestorePreview { name, report, no_administrator_left } = preview;
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
            {no_administrator_left
                .then(|| {
                    view! {
                        <Notice tone=Tone::Fail title=tr!(locale, backups.preview.nobody)>
                            <p>{tr!(locale, backups.preview.nobody_what)}</p>
                        </Notice>
                    }
                })}
            {is_sent.then(|| view! { <p class="muted small">{tr!(locale, backups.preview.waits)}</p> })}
            <PlainForm path=path at=PREVIEW_ID class="backup-restore">
                <input type="hidden" name=field value=value />
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
                    <span>{tr!(locale, backups.restore.sure, name = name)}</span>
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
