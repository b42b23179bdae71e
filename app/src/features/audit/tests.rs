//! The audit page as HTML, from made-up data.

use duplistatus::dto::{
    Paging,
    audit::{AuditPage, AuditQuery, AuditRow, EXPORT_ROWS},
};
use leptos::prelude::*;

use super::{
    AuditView,
    active::active,
    export::file,
    query::path,
    words::{action_words, group_words, target_words},
};
use crate::{
    locale::Locale,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
};

fn row(id: i64, kind: &str, actor: &str, action: &str) -> AuditRow {
    AuditRow {
        id,
        at: ago(id * id * 1700),
        actor_kind: kind.into(),
        actor: actor.into(),
        address: (kind != "system" && kind != "command_line").then(|| "192.168.1.20".to_owned()),
        action: action.into(),
        target_kind: None,
        target_id: None,
        target: None,
        success: true,
        before: Vec::new(),
        after: Vec::new(),
    }
}

fn on(row: AuditRow, kind: &str, name: &str) -> AuditRow {
    AuditRow { target_kind: Some(kind.into()), target_id: Some(3), target: Some(name.into()), ..row }
}

fn values(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn page() -> AuditPage {
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let rows = vec![
        AuditRow {
            before: values(&[("role", "viewer")]),
            after: values(&[("role", "operator")]),
            ..on(row(1, "user", "jo", "user.set_role"), "user", "kim")
        },
        AuditRow { success: false, ..on(row(2, "anonymous", "anonymous", "session.begin"), "user", "admin") },
        AuditRow {
            after: values(&[("device", agent)]),
            ..on(row(3, "user", "jo", "session.begin"), "user", "jo")
        },
        on(row(4, "api_key", "jo (homepage widget)", "ingest_key.create"), "ingest_key", "k7f2"),
        AuditRow { after: values(&[("deleted", "214")]), ..row(5, "system", "duplistatus", "audit.expire") },
        on(row(6, "command_line", "command line", "user.reset_password"), "user", "kim"),
        AuditRow {
            before: values(&[("audit_days", "180"), ("local_read_api", "false")]),
            after: values(&[("audit_days", "365"), ("local_read_api", "true")]),
            ..row(7, "user", "jo", "settings.change")
        },
        row(8, "user", "jo", "future.thing"),
    ];
    AuditPage {
        now: ago(0),
        rows,
        paging: Paging::new(1, 50, 1184),
        actors: ["anonymous", "command line", "duplistatus", "jo", "kim"].map(str::to_owned).into(),
        actions: ["audit.expire", "session.begin", "session.end", "user.create", "user.set_role"]
            .map(str::to_owned)
            .into(),
        retention_days: 180,
    }
}

fn filtered() -> AuditQuery {
    AuditQuery {
        actor: "jo".into(),
        action: "user.".into(),
        success: Some(false),
        from: "2026-11-01".parse().ok(),
        to: "2026-11-23".parse().ok(),
        text: "192.0.2.7".into(),
        page: 3,
    }
}

fn show(query: AuditQuery, page: AuditPage) -> String {
    html(move || view! { <AuditView query=query page=page /> })
}

#[test]
fn every_filter_can_be_removed_alone() {
    let filters = active(Locale::en, &filtered());
    assert_eq!(
        filters.iter().map(|(words, _)| words.as_str()).collect::<Vec<_>>(),
        [
            "Actor: jo",
            "Action: Users: all",
            "Result: Failed",
            "From: 2026-11-01",
            "To: 2026-11-23",
            "Name or IP address: 192.0.2.7",
        ]
    );
    for (words, without) in &filters {
        let left = active(Locale::en, without);
        assert_eq!((left.len(), without.page), (filters.len() - 1, 1), "{words}");
        assert!(left.iter().all(|(other, _)| other != words));
    }
}

#[test]
fn the_form_holds_what_is_in_force_and_the_files_are_of_the_same() {
    let html = show(filtered(), page());
    for field in [
        "<option value=\"jo\" selected",
        "<option value=\"user.\" selected",
        "<option value=\"failed\" selected",
        "value=\"2026-11-01\"",
        "value=\"2026-11-23\"",
        "value=\"192.0.2.7\"",
    ] {
        assert!(html.contains(field), "{field}: {html}");
    }
    assert_eq!(
        file(&filtered(), "csv"),
        "/api/v1/audit/export?format=csv&actor=jo&action=user.&result=failed&from=2026-11-01&to=2026-11-23\
         &text=192.0.2.7"
    );
    assert!(path(&filtered()).ends_with("&page=3"));
}

#[test]
fn what_was_done_is_said_in_words_and_what_is_unknown_by_its_code() {
    let html = show(AuditQuery::default(), page());
    for text in ["Change a role", "Not signed in", "System", "future.thing", "operator"] {
        assert!(html.contains(text), "{text}");
    }
    assert!(html.contains("after 180 days") && html.contains("href=\"/settings/security\""));
    assert!(!html.contains("Active filters"));
    assert!(!html.contains("Each file contains"));
    let many = AuditPage { paging: Paging::new(1, 50, EXPORT_ROWS + 1), ..page() };
    assert!(show(AuditQuery::default(), many).contains("Each file contains the newest 100,000"));
}

#[test]
fn a_choice_that_occurs_no_more_stays_chosen() {
    let query = AuditQuery { actor: "gone".into(), action: "old.thing".into(), ..AuditQuery::default() };
    let html = show(query, AuditPage { rows: Vec::new(), ..page() });
    assert!(
        html.contains("<option value=\"gone\" selected")
            && html.contains("<option value=\"old.thing\" selected")
    );
    assert!(html.contains("No matches"));
}

#[test]
fn hostile_text_stays_text() {
    let mut page = page();
    for row in &mut page.rows {
        row.actor = HOSTILE.into();
        row.actor_kind = HOSTILE.into();
        row.address = Some(HOSTILE.into());
        row.action = HOSTILE.into();
        row.target_kind = Some(HOSTILE.into());
        row.target = Some(HOSTILE.into());
        row.before = vec![(HOSTILE.into(), HOSTILE.into())];
        row.after = vec![(HOSTILE.into(), HOSTILE.into())];
    }
    page.actors = vec![format!("\"{HOSTILE}")];
    page.actions = vec![format!("\"{HOSTILE}.x")];
    let query = AuditQuery { text: format!("\"{HOSTILE}"), actor: HOSTILE.into(), ..AuditQuery::default() };
    assert_harmless(&show(query, page));
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_audit() {
    preview("audit", || view! { <AuditView query=AuditQuery::default() page=page() /> }).unwrap();
    preview("audit-filtered", || view! { <AuditView query=filtered() page=page() /> }).unwrap();
    preview("audit-empty", || {
        view! { <AuditView query=filtered() page=AuditPage { rows: Vec::new(), paging: Paging::new(1, 50, 0), ..page() } /> }
    })
    .unwrap();
}

/// Text of code that has the form of an action, and is none: keys of settings, names of files.
const NO_ACTIONS: [&str; 11] = [
    "audit.retention_days",
    "database.id",
    "database.last_backup",
    "database.last_cleanup",
    "database.last_integrity",
    "database.last_restore",
    "database.tried",
    "log.target",
    "retention.days",
    "retention.keep_last",
    "secret.key",
];

/// The program's own code, without its tests.
fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.contains("test") {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if name.ends_with(".rs")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
            found.push(code.to_owned());
        }
    }
}

/// The string literals of a text that are `word.word`.
fn dotted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|part| {
        part.split_once('.').is_some_and(|(noun, verb)| {
            [noun, verb].iter().all(|word| {
                !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            })
        })
    })
}

#[test]
fn every_action_and_target_that_the_code_writes_has_words() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for folder in ["src", "server/src"] {
        sources(&root.join(folder), &mut files);
    }
    let mut actions = std::collections::BTreeSet::new();
    for text in &files {
        let written =
            text.split("Entry::new(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
        actions.extend(written.filter_map(|rest| rest.split('"').next()));
        // An action may be chosen far from where it is written.
        let of_a_group = |code: &&str| {
            let group = code.split('.').next().unwrap_or_default();
            group_words(Locale::en, group) != group && !NO_ACTIONS.contains(code)
        };
        actions.extend(dotted(text).filter(of_a_group));
        for rest in text.split(".on(\"").skip(1) {
            let target = rest.split('"').next().unwrap_or_default();
            assert_ne!(target_words(Locale::en, target), target, "the target has no words");
        }
    }
    assert!(actions.len() > 80, "{}", actions.len());
    for action in actions {
        let group = action.split('.').next().unwrap_or_default();
        assert_ne!(group_words(Locale::en, group), group, "the group of {action} has no words");
        assert_ne!(action_words(Locale::en, action), action, "the action has no words");
    }
}
