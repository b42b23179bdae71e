//! The page of rules as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::notification_rules::{HoursForm, HoursRow, RuleChoices, RuleForm, RulePreview, RuleRow, RulesPage},
    ids::ChannelId,
    topic::Topic,
};
use leptos::prelude::*;

use super::RulesView;
use crate::{
    context::viewer::Viewer,
    testing::{HOSTILE, ago, assert_harmless, html},
};

fn rule() -> RuleRow {
    RuleRow {
        id: 3,
        scope: "group".into(),
        name: "Müller".into(),
        topics: vec![Topic::Late, Topic::Failed],
        tells: vec!["family".into()],
        is_nobody: false,
        delay: Some(600),
        reminder: Some("daily".into()),
        escalation: Some((4 * 3600, vec!["boss".into()])),
    }
}

fn hours(name: &str) -> HoursRow {
    HoursRow {
        id: ChannelId(4),
        name: name.into(),
        is_enabled: true,
        topics: vec![Topic::Failed],
        hours: HoursForm {
            from: "22:00".into(),
            to: "07:00".into(),
            weekdays: vec!["fri".into(), "sat".into()],
            zone: "Europe/Berlin".into(),
            urgent: true,
            reminder: "none".into(),
        },
        quiet_until: None,
    }
}

fn page(rules: Vec<RuleRow>) -> RulesPage {
    RulesPage {
        now: ago(0),
        rules,
        channels: vec![hours("family")],
        form: RuleForm { scope: "site".into(), tells: "channels".into(), ..RuleForm::default() },
        changes: None,
        preview: None,
        choices: RuleChoices { groups: vec!["Müller".into()], ..RuleChoices::default() },
    }
}

fn shown(role: Role, page: RulesPage) -> String {
    html(move || {
        provide_context(Viewer { role: Some(role), ..Viewer::default() });
        view! { <RulesView page=page /> }
    })
}

#[test]
fn a_rule_says_for_what_it_is_and_who_is_told() {
    let html = shown(Role::Administrator, page(vec![rule()]));
    for part in [
        "Group Müller",
        "failed, overdue: notify family",
        "If not acknowledged after 4 h: notify boss",
        "Delay: 10 min",
        "Quiet from 22:00 to 07:00, Fri, Sat (Europe/Berlin)",
        "Without a rule: failed",
        "save_rule",
        "save_hours",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let mute = RuleRow { is_nobody: true, tells: Vec::new(), escalation: None, ..rule() };
    assert!(shown(Role::Administrator, page(vec![mute])).contains("failed, overdue: notify nobody"));
    let void = RuleRow { tells: Vec::new(), ..rule() };
    assert!(shown(Role::Administrator, page(vec![void])).contains("It has no effect"));
}

#[test]
fn the_form_keeps_what_is_tried_and_tells_what_it_would_have_sent() {
    let form = RuleForm {
        scope: "server".into(),
        name: "nas".into(),
        topics: vec![Topic::Failed],
        tells: "nobody".into(),
        after: "4".into(),
        others: vec![ChannelId(4)],
        ..RuleForm::default()
    };
    let preview = |preview| RulesPage {
        form: form.clone(),
        changes: Some(3),
        preview: Some(preview),
        ..page(Vec::new())
    };
    let messages = RulePreview::Messages { days: 30, tried: vec![("family".into(), 12)], stored: 1 };
    let html = shown(Role::Administrator, preview(messages));
    for part in [
        "12 messages in the last 30 days: family 12",
        "The saved rules led to 1.",
        "value=\"nas\"",
        "name=\"rule\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let refused = RulePreview::Invalid("delay".into(), "use a whole number".into());
    assert!(shown(Role::Administrator, preview(refused)).contains("use a whole number"));
    let none = RulePreview::Messages { days: 30, tried: Vec::new(), stored: 0 };
    assert!(shown(Role::Administrator, preview(none)).contains("would have sent no messages"));
}

#[test]
fn who_may_not_change_settings_sees_no_form_and_without_channels_there_is_none() {
    assert!(!shown(Role::Operator, page(vec![rule()])).contains("<form"));
    let without = RulesPage { channels: Vec::new(), ..page(Vec::new()) };
    let html = shown(Role::Administrator, without);
    assert!(!html.contains("<form") && html.contains("Add a channel first"), "{html}");
}

#[test]
fn hostile_names_are_text() {
    let hostile = RuleRow {
        name: HOSTILE.into(),
        tells: vec![HOSTILE.into()],
        escalation: Some((3600, vec![HOSTILE.into()])),
        ..rule()
    };
    let mut page = page(vec![hostile]);
    page.channels = vec![hours(HOSTILE)];
    page.form.name = HOSTILE.into();
    page.choices.servers = vec![HOSTILE.into()];
    page.preview = Some(RulePreview::Messages { days: 30, tried: vec![(HOSTILE.into(), 1)], stored: 0 });
    assert_harmless(&shown(Role::Administrator, page));
}
