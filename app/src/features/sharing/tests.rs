//! The page of shared links as HTML, from made-up data.

use duplistatus::{
    dto::sharing::{LinkRow, StatusForm},
    ids::{GroupId, SharedLinkId},
};

use super::*;
use crate::testing::{HOSTILE, ago, html};

fn shown(about: Subject, name: &str) -> String {
    let row = LinkRow {
        id: SharedLinkId(4),
        kind: LinkKind::Status,
        about: Subject::Group(GroupId(1)),
        name: name.into(),
        url: "https://backup.example/status/x".into(),
        form: StatusForm { title: name.into(), name: "x-y".into(), shows: vec!["jobs".into()] },
        by: name.into(),
        created: ago(60),
    };
    let page = Data {
        about,
        name: name.into(),
        badge: "https://backup.example/badge/0.svg".into(),
        badge_path: "/badge/0.svg".into(),
        groups: vec![(GroupId(1), name.into())],
        links: vec![row],
    };
    html(move || view! { <SharingView page=page /> })
}

#[test]
fn the_badge_can_be_copied_and_each_kind_of_link_created() {
    let html = shown(Subject::Group(GroupId(1)), "Müller");
    for part in [
        "src=\"/badge/0.svg\"",
        "![Group Müller](https://backup.example/badge/0.svg)",
        "value=\"feed\"",
        "value=\"calendar\"",
        "value=\"kiosk\"",
        "form[title]",
        "delete_link",
        "value=\"group:1\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!shown(Subject::Site, "").contains("link-4-status-title\" name=\"\""));
    assert_eq!(shown(Subject::Site, "").matches("save_status_page").count(), 1, "only to change the one");
}

#[test]
fn hostile_names_are_text() {
    let html = shown(Subject::Group(GroupId(1)), HOSTILE);
    // The badge's own image, as a picture, and as a text to copy.
    assert!(!html.contains("<img src=x"), "{html}");
    assert!(html.contains("&lt;img src=x onerror=alert(1)"), "{html}");
}
