//! The page for editing a server as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::{
        database::Retention,
        edit::{Contents, EditedJob, MergePreview, MergeQuestion, ServerEditPage},
    },
    ids::{JobId, ServerId},
};
use leptos::prelude::*;

use super::EditView;
use crate::{
    context::viewer::Viewer,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
};

fn job(id: i64, name: &str, alias: Option<&str>, runs: i64) -> EditedJob {
    EditedJob {
        id: JobId(id),
        name: name.into(),
        alias: alias.map(Into::into),
        notes: None,
        archived: (id == 3).then(|| ago(90_000)),
        runs,
        operations: 2,
    }
}

fn page(merge: Option<MergeQuestion>) -> ServerEditPage {
    ServerEditPage {
        now: ago(0),
        id: ServerId(4),
        name: "nas (2)".into(),
        alias: Some("Basement".into()),
        notes: Some("Behind the door".into()),
        duplicati_url: Some("http://nas.local:8200/".into()),
        archived: None,
        retention: None,
        site_retention: Retention { days: Some(730), keep_last: 4 },
        jobs: vec![
            job(1, "Documents", None, 214),
            job(2, "DB-2 photos", Some("Photos"), 1),
            job(3, "Music", None, 0),
        ],
        contents: Contents { jobs: 3, runs: 215, operations: 6, keys: 1, machines: 1 },
        others: vec!["nas".into(), "office-pc".into()],
        merge,
    }
}

fn merged() -> ServerEditPage {
    page(Some(MergeQuestion::Preview(MergePreview {
        into: ServerId(1),
        into_name: "nas".into(),
        into_shown: "Attic".into(),
        moves: Contents { jobs: 3, runs: 215, operations: 6, keys: 1, machines: 1 },
        joined: vec!["Documents".into()],
        added: vec!["DB-2 photos".into(), "Music".into()],
    })))
}

fn shown(role: Role, page: ServerEditPage, done: &'static str) -> String {
    html(move || {
        provide_context(Viewer { role: Some(role), ..Viewer::default() });
        view! { <EditView page=page done=done.to_owned() /> }
    })
}

#[test]
fn an_operator_edits_and_archives_and_an_administrator_merges_and_deletes_too() {
    let operator = shown(Role::Operator, merged(), "");
    for form in ["save_server", "archive_server", "save_job", "archive_job"] {
        assert!(operator.contains(&format!("/api/fn/{form}")), "{form}");
    }
    for form in ["delete_server", "merge_servers", "delete_job", "set_retention"] {
        assert!(!operator.contains(form), "{form}");
        let administrator = shown(Role::Administrator, merged(), "");
        assert!(administrator.contains(&format!("/api/fn/{form}")), "{form}");
    }
}

#[test]
fn a_question_names_what_is_lost_and_the_server_is_told_what_it_named() {
    let html = shown(Role::Administrator, page(None), "");
    assert!(html.contains("This permanently deletes nas (2) with:"), "{html}");
    for words in ["3 jobs", "215 runs", "6 other operations", "1 ingest key", "1 machine ID"] {
        assert!(html.contains(&format!("<li>{words}</li>")), "{words}: {html}");
    }
    assert!(
        html.contains("name=\"name\" value=\"nas (2)\"") && html.contains("name=\"at_most\" value=\"215\"")
    );
    assert!(html.contains("This permanently deletes Documents with 214 runs"), "{html}");
    assert!(html.contains("Delete the job and 1 run<"), "{html}");
}

#[test]
fn a_merge_is_previewed_and_only_then_offered() {
    let before = shown(Role::Administrator, page(None), "");
    assert!(!before.contains("/api/fn/merge_servers") && before.contains("action=\"/servers/4/edit#merge\""));
    let html = shown(Role::Administrator, merged(), "");
    assert!(html.contains("Merge nas (2) into Attic?"), "{html}");
    assert!(
        html.contains("each pair becomes one job: Documents.") && html.contains("added: DB-2 photos, Music.")
    );
    for field in [
        "name=\"from\" value=\"4\"",
        "name=\"from_name\" value=\"nas (2)\"",
        "name=\"into\" value=\"1\"",
        "name=\"into_name\" value=\"nas\"",
    ] {
        assert!(html.contains(field), "{field}: {html}");
    }
    let missing = shown(Role::Administrator, page(Some(MergeQuestion::Missing("nsa".into()))), "");
    assert!(missing.contains("There is no server named nsa") && !missing.contains("/api/fn/merge_servers"));
    let itself = shown(Role::Administrator, page(Some(MergeQuestion::Itself)), "");
    assert!(itself.contains("This is the server itself"));
}

#[test]
fn what_was_done_is_said_where_it_was_done() {
    let html = shown(Role::Operator, page(None), "job-archived");
    let (before, after) = html.split_once("The job was archived.").unwrap();
    assert!(before.contains("id=\"jobs\"") && after.contains("id=\"archive\""));
    assert!(!shown(Role::Operator, page(None), "<b>").contains("<b>"));
}

#[test]
fn what_is_archived_can_be_taken_back() {
    let archived = ServerEditPage { archived: Some(ago(100_000)), ..page(None) };
    let html = shown(Role::Operator, archived, "");
    assert!(html.contains("Unarchive this server") && html.contains("name=\"archived\" value=\"false\""));
}

#[test]
fn names_and_notes_are_text() {
    let hostile = || Some(HOSTILE.to_owned());
    let page = ServerEditPage {
        name: HOSTILE.into(),
        alias: hostile(),
        notes: hostile(),
        duplicati_url: hostile(),
        jobs: vec![EditedJob { notes: hostile(), ..job(1, HOSTILE, Some(HOSTILE), 1) }],
        others: vec![HOSTILE.into()],
        merge: Some(MergeQuestion::Missing(HOSTILE.into())),
        ..page(None)
    };
    assert_harmless(&shown(Role::Administrator, page, ""));
}

#[test]
#[ignore = "writes files to be looked at"]
fn previews() -> std::io::Result<()> {
    preview("server-edit", || {
        provide_context(Viewer { role: Some(Role::Administrator), ..Viewer::default() });
        view! { <EditView page=merged() done="saved".to_owned() /> }
    })
}
