//! The page of the backups as HTML, from made-up data.

use duplistatus::dto::database::{
    BackupFile, BackupsPage, LostRuns, RestorePreview, RestoreReport, RevokedKind, RevokedSince, TaskResult,
    TaskState,
};
use leptos::prelude::*;

use super::{BackupsView, Chosen, RestorePreviewView};
use crate::testing::{HOSTILE, ago, assert_harmless, html, preview};

fn page() -> BackupsPage {
    let file = |days: i64| BackupFile {
        name: format!("duplistatus-2026112{}T023000Z.db.zst", 3 - days),
        size: 41_234_567,
        made: Some(ago(days * 86_400 + 3600)),
        own: days < 2,
    };
    BackupsPage {
        now: ago(0),
        folder: "/var/lib/duplistatus/backups".into(),
        keep: 7,
        last: Some(ago(3600)),
        files: vec![file(0), file(1), file(2)],
        task: TaskState {
            name: "backup".into(),
            deletes: false,
            enabled: true,
            schedule: "daily 02:30".into(),
            usual_schedule: "daily 02:30".into(),
            next_run: Some(ago(-50_000)),
            last_run: Some(ago(3600)),
            last_duration: Some(900),
            last_result: Some(TaskResult::Ok),
            last_message: Some("written".into()),
            running_since: None,
            overdue: false,
        },
        size: 214_000_000,
        written: None,
        free: Some(80_000_000_000),
        restored: None,
    }
}

fn restored() -> RestoreReport {
    RestoreReport {
        servers: 12,
        runs: 43_210,
        kept: Some("/var/lib/duplistatus/copies/before-restore-20261123T110000Z.db".into()),
        compared: true,
        lost: vec![LostRuns { server: HOSTILE.into(), runs: 3, newest: None }],
        lost_runs: 3,
        lost_operations: 1,
        ..RestoreReport::default()
    }
}

fn show(change: impl FnOnce(&mut BackupsPage)) -> String {
    let mut page = page();
    change(&mut page);
    html(move || view! { <BackupsView page=page /> })
}

#[test]
fn the_page_lists_what_is_kept_and_offers_one_more() {
    let html = show(|_| {});
    assert!(html.contains("/api/v1/database/backups/duplistatus-20261123T023000Z.db.zst"), "{html}");
    assert!(
        html.contains("Back up now") && html.contains("39.3 MiB") && html.contains("the newest 7"),
        "{html}"
    );
    assert!(html.contains("enctype=\"multipart/form-data\""), "{html}");
    let none = show(|page| {
        page.files.clear();
        page.last = None;
    });
    assert!(none.contains("No backups yet") && none.contains("never"), "{none}");
}

#[test]
fn each_kept_backup_can_be_restored_and_says_when_it_stays() {
    let html = show(|_| {});
    assert_eq!(html.matches("Restore…").count(), 3, "{html}");
    assert!(
        html.contains("/settings/backups?restore=duplistatus-20261123T023000Z.db.zst#restore-preview"),
        "{html}"
    );
    assert_eq!(html.matches("never deleted automatically").count(), 1, "{html}");
}

#[test]
fn a_preview_names_what_is_lost_and_what_was_taken_away() {
    let revoked_since = vec![
        RevokedSince { kind: RevokedKind::IngestKey, name: HOSTILE.into() },
        RevokedSince { kind: RevokedKind::Role, name: "jo".into() },
    ];
    let kept = Chosen::Kept("duplistatus-1.db".into());
    let shown = |preview: RestorePreview| {
        let chosen = kept.clone();
        html(move || view! { <RestorePreviewView preview=preview chosen=chosen /> })
    };
    let report = RestoreReport { revoked_since, kept: None, ..restored() };
    let preview = RestorePreview {
        name: "duplistatus-x.db".into(),
        report: report.clone(),
        no_administrator_left: true,
    };
    let full = shown(preview.clone());
    for words in [
        "43,210",
        "3 runs arrived after",
        "jo was given a lower role",
        "No administrator could sign in",
        "name=\"revive\"",
        "name=\"sure\"",
    ] {
        assert!(full.contains(words), "{words}: {full}");
    }
    assert_harmless(&full);
    let nothing = RestoreReport { compared: true, runs: 5, ..RestoreReport::default() };
    let none = shown(RestorePreview { report: nothing, no_administrator_left: false, ..preview });
    assert!(none.contains("No data is lost") && !none.contains("name=\"revive\""), "{none}");
    let told = show(|page| page.restored = Some((RestoreReport { audit_entries: 2, ..report }, ago(60))));
    assert!(told.contains("and still revoked") && told.contains("2 audit log entries"), "{told}");
}

#[test]
fn while_one_is_made_another_cannot_be_begun() {
    let html = show(|page| page.task.running_since = Some(ago(90)));
    assert!(html.contains("has been running for 1 min") && !html.contains("Back up now"), "{html}");
}

#[test]
fn a_failure_says_why() {
    let html = show(|page| {
        page.task.last_result = Some(TaskResult::Failed);
        page.task.last_message = Some(HOSTILE.into());
    });
    assert!(html.contains("The last backup failed"), "{html}");
    assert_harmless(&html);
}

#[test]
fn a_restore_is_told_for_a_week_with_what_only_the_former_database_has() {
    let html = show(|page| page.restored = Some((restored(), ago(7200))));
    assert!(
        html.contains("3 runs arrived after the backup was created") && html.contains("before-restore-"),
        "{html}"
    );
    assert_harmless(&html);
    let later = show(|page| page.restored = Some((restored(), ago(8 * 86_400))));
    assert!(!later.contains("Backup restored"), "{later}");
    let unknown = show(|page| {
        page.restored = Some((RestoreReport { compared: false, lost: vec![], ..restored() }, ago(60)));
    });
    assert!(unknown.contains("is not known"), "{unknown}");
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_backups() -> std::io::Result<()> {
    let mut page = page();
    page.restored = Some((restored(), ago(7200)));
    preview("backups", move || view! { <BackupsView page=page /> })
}

#[test]
fn a_backup_under_way_says_how_far_it_is() {
    let running = |written: Option<i64>| {
        show(|page| {
            page.task.running_since = Some(ago(5));
            page.written = written;
        })
    };
    let half = running(Some(107_000_000));
    assert!(half.contains("102 MiB of 204 MiB written"), "{half}");
    assert!(half.contains("max=\"214000000\"") && half.contains("value=\"107000000\""), "{half}");
    let all = running(Some(215_000_000));
    assert!(all.contains("being checked") && all.contains("value=\"214000000\""), "{all}");
    assert!(!running(None).contains("<progress"), "nothing is known yet");
}
