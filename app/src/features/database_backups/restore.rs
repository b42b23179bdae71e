//! The way back: a backup takes the place of the database.

use duplistatus::{
    dto::{
        Moment,
        database::{LostRuns, RestoreReport, RevokedKind, RevokedSince},
    },
    units::thousands,
};
use leptos::prelude::*;

use super::api::RESTORE_PATH;
use crate::{
    context::base_path::use_base_path,
    locale::{Locale, use_locale},
    tr,
    ui::{
        form::plain_form::{Failed, form_error},
        notice::{Notice, Tone},
        relative_time::RelativeTime,
    },
};

/// Id of the section, to which the browser comes back.
const ID: &str = "restore";
/// Days during which the last restore is told.
const TOLD: i64 = 7 * 86_400;

/// The form; the browser sends it by itself, since the file can be of any size. What restoring it would come to is asked next.
#[component]
pub fn RestoreForm() -> impl IntoView {
    let locale = use_locale();
    let action = format!("{}#{ID}", use_base_path().url(RESTORE_PATH));
    view! {
        <section class="section" id=ID aria-labelledby="restore-title">
            <h2 id="restore-title">{tr!(locale, backups.restore.title)}</h2>
            <form class="card backup-restore" data-pad=true method="post" action=action enctype="multipart/form-data">
                {form_error(RESTORE_PATH).map(|error| view! { <Failed error=error /> })}
                <p class="muted">{tr!(locale, backups.restore.what)}</p>
                <div class="form-field">
                    <label for="restore-file">{tr!(locale, backups.restore.file)}</label>
                    <input
                        class="field"
                        id="restore-file"
                        type="file"
                        name="file"
                        required
                        accept=".db,.zst,.sqlite,.sqlite3"
                    />
                </div>
                <button type="submit" class="btn">
                    {tr!(locale, backups.restore.look)}
                </button>
                <p class="muted small">
                    {tr!(locale, backups.restore.large)} " " <code>"duplistatus db restore FILE"</code>
                </p>
            </form>
        </section>
    }
}

/// What the last restore came to, for a week.
#[component]
pub fn Restored(
    /// What it came to.
    report: RestoreReport,
    /// When it was.
    at: Moment,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    if now.at.since(at.at) > TOLD {
        return None;
    }
    let RestoreReport { servers, runs, kept, compared, lost_runs, changed_runs, .. } = report.clone();
    let tone = if lost_runs + changed_runs > 0 || !compared { Tone::Warn } else { Tone::Ok };
    let counts = tr!(locale, backups.restored.counts, servers = thousands(servers), runs = thousands(runs));
    let has_former = kept.is_some();
    let kept = kept.map(|kept| view! { <p>{tr!(locale, backups.restored.kept)} " " <code>{kept}</code></p> });
    let title = if report.revived {
        tr!(locale, backups.restored.revived)
    } else {
        tr!(locale, backups.restored.revoked)
    };
    let revoked = report.revoked_since.iter().map(|one| view! { <li>{revoked_words(locale, one)}</li> });
    let revoked = (!report.revoked_since.is_empty())
        .then(|| view! { <p>{title}</p><ul class="backup-lost">{revoked.collect_view()}</ul> });
    let entries = (report.audit_entries > 0)
        .then(|| view! { <p>{tr!(locale, backups.restored.entries, count = report.audit_entries)}</p> });
    Some(view! {
        <Notice tone=tone title=tr!(locale, backups.restored.title)>
            <p>{counts} " " <RelativeTime at=at now=now /></p>
            <LostLines report=report has_former=has_former />
            {revoked}
            {entries}
            {kept}
        </Notice>
    })
}

/// What only the former database has.
#[component]
pub fn LostLines(
    /// What the restore comes to.
    report: RestoreReport,
    /// Whether there is a former database.
    has_former: bool,
) -> impl IntoView {
    let locale = use_locale();
    let RestoreReport { compared, lost, lost_runs, lost_operations, changed_runs, .. } = report;
    let lines = lost.into_iter().map(|LostRuns { server, runs, newest }| {
        let newest = newest.map(|at| tr!(locale, backups.restored.newest, time = at.to_string()));
        view! { <li>{tr!(locale, backups.restored.lost, server = server, count = runs)} " " {newest}</li> }
    });
    let lines = lines.collect_view();
    let summary = if !compared && has_former {
        Some(tr!(locale, backups.restored.unknown))
    } else if lost_runs + lost_operations > 0 {
        Some(tr!(
            locale,
            backups.restored.sum,
            runs = thousands(lost_runs),
            operations = thousands(lost_operations)
        ))
    } else {
        None
    };
    view! {
        {summary.map(|summary| view! { <p>{summary}</p> })}
        {(changed_runs > 0)
            .then(|| view! { <p>{tr!(locale, backups.restored.changed, count = changed_runs)}</p> })}
        {(lost_runs > 0).then(|| view! { <ul class="backup-lost">{lines}</ul> })}
    }
}

/// What was taken away since the backup was made.
pub fn revoked_words(locale: Locale, one: &RevokedSince) -> String {
    let name = one.name.clone();
    match one.kind {
        RevokedKind::IngestKey => tr!(locale, backups.revoked.ingest_key, name = name),
        RevokedKind::ApiKey => tr!(locale, backups.revoked.api_key, name = name),
        RevokedKind::Disabled => tr!(locale, backups.revoked.disabled, name = name),
        RevokedKind::Deleted => tr!(locale, backups.revoked.deleted, name = name),
        RevokedKind::Role => tr!(locale, backups.revoked.role, name = name),
        RevokedKind::Password => tr!(locale, backups.revoked.password, name = name),
        RevokedKind::SecondFactor => tr!(locale, backups.revoked.second_factor, name = name),
        RevokedKind::Setting => tr!(locale, backups.revoked.setting, name = name),
    }
}
