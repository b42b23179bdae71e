//! Kiosk and status pages as HTML, from made-up data.

use duplistatus::dto::sharing::{Kiosk, KioskProblem, StatusField, StatusPage, StatusRow};

use super::*;
use crate::testing::{HOSTILE, ago, assert_harmless};

fn kiosk(verdicts: [i64; 8], name: &str) -> String {
    let problem = KioskProblem { name: name.into(), verdict: Verdict::Failed, since: Some(ago(7200)) };
    let problems = if verdicts[1] > 0 { vec![problem] } else { Vec::new() };
    let data = Kiosk {
        name: name.into(),
        now: ago(0),
        verdicts,
        problems,
        last_report: Some(ago(120)),
        next_run: Some(ago(-3600)),
    };
    kiosk::kiosk_page(Files { script: "/kiosk.js".into(), ..Files::default() }, data)
}

#[test]
fn a_kiosk_page_says_what_needs_attention_and_follows() {
    let html = kiosk([0, 3, 0, 0, 0, 0, 0, 9], "Müller");
    for part in
        ["Müller", "3 backups need attention", "9 of 12", "2 more", "2 minutes ago", "/kiosk.js", "noindex"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("<a ") && !html.contains(" style="), "{html}");
    assert!(kiosk([0, 0, 0, 0, 0, 0, 1, 9], "").contains("All backups are OK"));
    assert!(!kiosk([0, 0, 0, 0, 0, 1, 0, 9], "").contains("All backups are OK"), "a new one is not known");
    assert!(!kiosk([0; 8], "").contains("All backups are OK"));
}

#[test]
fn a_status_page_has_the_columns_that_were_chosen() {
    let row = StatusRow {
        name: "nas".into(),
        verdict: Verdict::Ok,
        last_success: Some(ago(60)),
        next_run: None,
        size: None,
    };
    let page = |fields: Vec<StatusField>, title: &str| {
        let rows = if fields.is_empty() { Vec::new() } else { vec![row.clone()] };
        let data = StatusPage { title: title.into(), now: ago(0), verdict: Verdict::Ok, fields, rows };
        status::status_page(Files::default(), data)
    };
    let html = page(vec![StatusField::Servers, StatusField::LastSuccess], "Backups of Müller");
    assert!(html.contains("Backups of Müller") && html.contains("Last success"), "{html}");
    assert!(!html.contains("Stored") && !html.contains("Next run") && !html.contains("<a "), "{html}");
    assert!(!html.contains("<script"), "{html}");
    let bare = page(Vec::new(), "x");
    assert!(!bare.contains("<table") && bare.contains("OK"), "{bare}");
    assert_harmless(&page(vec![StatusField::Servers], HOSTILE));
    assert_harmless(&kiosk([0, 1, 0, 0, 0, 0, 0, 0], HOSTILE));
}
