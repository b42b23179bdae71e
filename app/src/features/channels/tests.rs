//! The page of notifications as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::{
        Paging,
        channel::{
            ChannelForm, ChannelRow, ChannelsPage, ImportedChannel, ImportedRule, ImportedRules, KINDS,
            NotificationRow, PhoneLink,
        },
    },
    ids::ChannelId,
    topic::Topic,
};
use leptos::{prelude::*, server::ServerActionError, server_fn::error::ServerFnUrlError};

use super::ChannelsView;
use crate::{
    context::viewer::Viewer,
    error::ApiError,
    testing::{HOSTILE, ago, assert_harmless, html},
    ui::form::failure::Entered,
};

fn channel() -> ChannelRow {
    ChannelRow {
        id: ChannelId(4),
        name: "family".into(),
        kind: "ntfy".into(),
        target: "https://ntfy.example/backups".into(),
        topics: vec![Topic::Late, Topic::Failed],
        is_enabled: true,
        delay: 0,
        allows_private: false,
        delivered: Some(ago(240)),
        failing_since: None,
        failure: None,
        tested: Some("200".into()),
        form: ChannelForm {
            kind: "ntfy".into(),
            target: "https://ntfy.example".into(),
            to: "backups".into(),
            ..ChannelForm::default()
        },
        phone: Some(PhoneLink {
            url: "ntfy://ntfy.example/backups".into(),
            qr_size: 29,
            qr_path: "M4 4h7v1h-7z".into(),
        }),
    }
}

fn notification() -> NotificationRow {
    NotificationRow {
        id: 1,
        channel: "family".into(),
        topic: Some(Topic::Failed),
        subject: "nas / photos".into(),
        is_digest: false,
        is_test: false,
        incident: Some(3),
        status: "sent".into(),
        created: ago(300),
        sent: Some(ago(240)),
        next_attempt: None,
        attempts: 1,
        answer: Some("200".into()),
    }
}

fn imported() -> Vec<ImportedChannel> {
    let one = |kind: &str, problem: Option<&str>| ImportedChannel {
        kind: kind.into(),
        target: HOSTILE.into(),
        problem: problem.map(str::to_owned),
    };
    vec![one("ntfy", None), one("email", Some("token: enter the password"))]
}

fn imported_rules() -> ImportedRules {
    let rule = |place: &str, tells: &[&str]| ImportedRule {
        place: place.into(),
        topics: vec![Topic::Failed, Topic::Stuck],
        tells: tells.iter().map(ToString::to_string).collect(),
    };
    ImportedRules {
        rules: vec![rule("nas / photos", &["family", HOSTILE]), rule(HOSTILE, &[])],
        channels: vec![("email".into(), HOSTILE.into())],
        reminder: Some("daily".into()),
        unchanged: 17,
        left_out: vec![(HOSTILE.into(), "there is no such job here".into())],
        more: 3,
        problem: None,
    }
}

fn shown(
    role: Role,
    channels: Vec<ChannelRow>,
    rows: Vec<NotificationRow>,
    tested: Option<i64>,
    kind: &str,
) -> String {
    shown_after(role, channels, rows, tested, kind, None)
}

/// The page after a form was wrong: which one, and what was entered.
fn shown_after(
    role: Role,
    channels: Vec<ChannelRow>,
    rows: Vec<NotificationRow>,
    tested: Option<i64>,
    kind: &str,
    failed: Option<(&'static str, Vec<(String, String)>)>,
) -> String {
    let kind = Some(kind.to_owned());
    html(move || {
        if let Some((form, entered)) = failed {
            let error = ApiError::Invalid { field: "to".into(), hint: "enter an address".into() };
            let url = ServerFnUrlError::new(form, error).to_url("http://localhost/x");
            let pairs: Vec<_> = url.iter().flat_map(|url| url.query_pairs().into_owned()).collect();
            let encoded = pairs.into_iter().find(|(name, _)| name == "__err").map(|(_, error)| error);
            provide_context(ServerActionError::new(form, &encoded.unwrap_or_default()));
            provide_context(Entered(entered.into()));
        }
        provide_context(Viewer { role: Some(role), ..Viewer::default() });
        let paging = Paging::new(1, 25, 1);
        let page = ChannelsPage {
            now: ago(0),
            channels,
            notifications: rows,
            paging,
            has_links: true,
            imported: imported(),
            imported_rules: Some(imported_rules()),
        };
        view! { <ChannelsView page=page tested=tested kind=kind /> }
    })
}

#[test]
fn a_channel_says_where_it_leads_and_whether_it_works() {
    let html = shown(Role::Administrator, vec![channel()], vec![notification()], None, "");
    for part in
        ["family", "https://ntfy.example/backups", "Last delivery", "Sends: failed, overdue", "nas / photos"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
    let failing =
        ChannelRow { failing_since: Some(ago(60)), failure: Some("403: forbidden".into()), ..channel() };
    let html = shown(Role::Administrator, vec![failing.clone()], Vec::new(), None, "");
    assert!(html.contains("Failing since") && html.contains("403: forbidden"), "{html}");
    let html = shown(Role::Administrator, vec![failing], Vec::new(), Some(4), "");
    assert!(html.contains("The test message was not delivered: 403: forbidden"), "{html}");
}

#[test]
fn who_may_not_change_settings_sees_no_form() {
    let html = shown(Role::Operator, vec![channel()], Vec::new(), None, "ntfy");
    assert!(!html.contains("<form"), "{html}");
}

#[test]
fn a_channel_shows_the_answer_to_its_test_and_how_a_phone_subscribes() {
    let html = shown(Role::Administrator, vec![channel()], Vec::new(), Some(4), "");
    for part in
        ["The test message was delivered.", "Answer: 200", "ntfy://ntfy.example/backups", "M4 4h7v1h-7z"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn what_the_import_kept_is_shown_before_it_becomes_a_channel() {
    let html = shown(Role::Administrator, Vec::new(), Vec::new(), None, "");
    assert_eq!(html.matches("create_imported_channel").count(), 1, "{html}");
    assert!(html.contains("Add it manually: token: enter the password"), "{html}");
    assert_harmless(&html);
}

#[test]
fn rules_of_the_node_application_are_shown_before_they_are_created() {
    let html = shown(Role::Administrator, Vec::new(), Vec::new(), None, "");
    for part in [
        "nas / photos: stuck, failed to family",
        "to nobody",
        "17 jobs need no rule",
        "there is no such job here",
        "use_imported_rules",
        "Reminders: daily",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_harmless(&html);
}

#[test]
fn each_kind_asks_for_what_it_needs() {
    // A browser is subscribed by its user, on a page of its own.
    let by_user = shown(Role::Administrator, Vec::new(), Vec::new(), None, "web_push");
    assert!(!by_user.contains("save_channel"), "{by_user}");
    for kind in KINDS.into_iter().filter(|kind| *kind != "web_push") {
        let html = shown(Role::Administrator, Vec::new(), Vec::new(), None, kind);
        assert!(html.contains("save_channel"), "{kind}: {html}");
        let has = |field: &str| html.contains(&format!("name=\"form[{field}]\""));
        assert_eq!(has("to"), matches!(kind, "ntfy" | "telegram" | "email" | "matrix" | "apprise"), "{kind}");
        assert_eq!(has("target"), !matches!(kind, "telegram" | "pushover"), "{kind}");
        let needs_token = ["ntfy", "email", "webhook", "gotify", "telegram", "pushover", "matrix"];
        assert_eq!(has("token"), needs_token.contains(&kind), "{kind}");
        assert_eq!(has("key"), matches!(kind, "pushover" | "apprise"), "{kind}");
        assert_eq!(has("from") && has("port") && has("ca") && has("security"), kind == "email", "{kind}");
        assert_eq!(has("topics]["), kind != "heartbeat", "{kind}");
        assert_eq!(has("watcher") && has("minutes"), kind == "heartbeat", "{kind}");
        assert!(html.contains("aria-current"), "{kind} is chosen: {html}");
    }
    let html = shown(Role::Administrator, Vec::new(), Vec::new(), None, "pigeon");
    assert!(!html.contains("save_channel"), "{html}");
}

fn open_panels(html: &str) -> usize {
    let tags = html.split("<details").skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter(|tag| tag.contains("disclosure") && tag.split(' ').any(|word| word.starts_with("open")))
        .count()
}

#[test]
fn what_was_wrong_is_said_at_its_field_and_the_rest_is_kept() {
    let fields = [("form[name]", "parents"), ("form[target]", "smtp.example.org"), ("form[to]", "anna")];
    let fields: Vec<_> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let failed = Some(("/api/fn/save_channel#channel-new", fields.clone()));
    let html = shown_after(Role::Administrator, vec![channel()], Vec::new(), None, "email", failed);
    assert_eq!(html.matches("enter an address").count(), 1, "{html}");
    assert!(html.contains("aria-describedby=\"channel-new-to-hint channel-new-to-wrong\""), "{html}");
    assert_eq!(html.matches("aria-invalid=\"true\"").count(), 1, "{html}");
    assert!(html.contains("value=\"parents\"") && html.contains("value=\"smtp.example.org\""), "{html}");
    assert_eq!(open_panels(&html), 0, "only the form of the new one failed: {html}");
    // Of a channel that is changed, its form is open.
    let failed = Some(("/api/fn/save_channel#channel-4", fields));
    let html = shown_after(Role::Administrator, vec![channel()], Vec::new(), None, "", failed);
    assert!(html.contains("channel-4-to-wrong"), "{html}");
    assert_eq!(open_panels(&html), 1, "{html}");
    assert!(!html.contains("channel-new-"), "{html}");
}

#[test]
fn hostile_names_and_answers_are_text() {
    let hostile = ChannelRow {
        name: HOSTILE.into(),
        target: HOSTILE.into(),
        failing_since: Some(ago(60)),
        failure: Some(HOSTILE.into()),
        ..channel()
    };
    let row = NotificationRow { subject: HOSTILE.into(), answer: Some(HOSTILE.into()), ..notification() };
    assert_harmless(&shown(Role::Administrator, vec![hostile], vec![row], None, "ntfy"));
}
