//! Channels of each kind, from a form and back.

use super::{Channel, Config, Message, Pulse};
use crate::{
    dto::channel::{ChannelForm, KINDS},
    ids::UserId,
    notify::{new_site_key, push_testing::Browser},
    time::Timestamp,
};

pub(super) fn form(kind: &str) -> ChannelForm {
    let text = |text: &str| text.to_owned();
    let (target, to) = match kind {
        "email" => (text("smtp.example.org"), text("anna@example.org")),
        "telegram" => (String::new(), text("-100123")),
        "matrix" => (text("https://matrix.example"), text("!abc:example.org")),
        "ntfy" => (String::new(), text("backups")),
        "gotify" | "apprise" => (text("https://receiver.example/path"), String::new()),
        _ => (text("https://receiver.example/path/hidden"), String::new()),
    };
    let token = match kind {
        "pushover" => "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
        "telegram" => "123:hidden",
        _ => "hidden",
    };
    let key = if kind == "pushover" { "uQiRzpo4DXghDmr9QzzfQu27cmVRsG" } else { "backups" };
    ChannelForm {
        kind: text(kind),
        target,
        to,
        token: text(token),
        key: text(key),
        user: if kind == "email" { text("anna") } else { String::new() },
        from: text("backup@example.org"),
        headers: if kind == "webhook" { text("X-Place: hidden") } else { String::new() },
        ..ChannelForm::default()
    }
}

fn error(kind: &str, change: impl FnOnce(&mut ChannelForm)) -> &'static str {
    let mut form = form(kind);
    change(&mut form);
    Channel::new(&form).unwrap_err().field
}

#[test]
fn each_kind_is_made_stored_and_entered_again() {
    // A browser has no form: see `a_browser_is_a_channel_of_its_user`.
    for kind in KINDS.into_iter().filter(|kind| *kind != "web_push") {
        let channel = Channel::new(&form(kind)).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(channel.config().kind(), kind);
        let stored = serde_json::to_string(channel.config()).unwrap();
        assert!(!stored.contains("hidden") && !format!("{channel:?}").contains("hidden"), "{stored}");
        assert!(!channel.config().target().contains("hidden"), "{kind}");
        let config: Config = serde_json::from_str(&stored).unwrap();
        assert_eq!(&config, channel.config());
        // The form without secrets, as a page shows it, completed with those that are stored.
        let again = Channel::new(&channel.complete(&config.form())).unwrap();
        assert_eq!((again.config(), again.secrets()), (channel.config(), channel.secrets()), "{kind}");
        let takes = channel.delivery(&Message::test(None, "x"), "", Timestamp::default()).is_some();
        assert_eq!(takes, config.takes_messages(), "{kind}");
        assert_eq!(channel.ping(Pulse::Well).is_some(), !takes, "{kind}");
    }
}

#[test]
fn a_browser_is_a_channel_of_its_user() {
    let (browser, site) = (Browser::new(), new_site_key().unwrap());
    let endpoint = "https://push.example/send/hidden";
    let channel = Channel::browser(endpoint, browser.keys(&site), UserId(3)).unwrap();
    let stored = serde_json::to_string(channel.config()).unwrap();
    assert!(!stored.contains("hidden") && !format!("{channel:?}").contains("hidden"), "{stored}");
    assert_eq!(channel.config().target(), "https://push.example/…");
    let again: Config = serde_json::from_str(&stored).unwrap();
    assert_eq!((again.user(), again.host().as_deref()), (Some(UserId(3)), Some("push.example")));
    assert!(channel.delivery(&Message::test(None, "x"), "", Timestamp::default()).is_some());
    assert!(channel.is_gone(410) && channel.is_gone(404) && !channel.is_gone(403));
    assert!(!Channel::new(&form("ntfy")).unwrap().is_gone(404));
    assert_eq!(Channel::new(&form("web_push")).unwrap_err().field, "kind");
}

#[test]
fn what_is_stored_by_an_older_version_is_understood() {
    for (config, kind) in [
        (r#"{"kind":"ntfy","server":"https://ntfy.sh","topic":"backups"}"#, "ntfy"),
        (r#"{"kind":"gotify","server":"https://gotify.example"}"#, "gotify"),
        (r#"{"kind":"slack","site":"https://hooks.slack.com"}"#, "slack"),
    ] {
        assert_eq!(serde_json::from_str::<Config>(config).unwrap().kind(), kind);
    }
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    assert_eq!(error("pigeon", |_| ()), "kind");
    assert_eq!(error("ntfy", |form| form.target = "ntfy.sh".into()), "target");
    assert_eq!(error("ntfy", |form| form.target = "https://a:b@ntfy.example".into()), "target");
    assert_eq!(error("ntfy", |form| form.to = "my backups".into()), "to");
    assert_eq!(error("ntfy", |form| form.priority = "loud".into()), "priority");
    let no_password = |form: &mut ChannelForm| (form.user, form.token) = ("anna".into(), String::new());
    assert_eq!(error("ntfy", no_password), "token");
    assert_eq!(error("webhook", |form| form.target = "file:///etc/passwd".into()), "target");
    for kind in ["gotify", "telegram", "matrix", "pushover"] {
        assert_eq!(error(kind, |form| form.token = " ".into()), "token", "{kind}");
    }
    assert_eq!(error("telegram", |form| form.to = "family".into()), "to");
    assert_eq!(error("telegram", |form| form.token = "abc/../x".into()), "token");
    assert_eq!(error("matrix", |form| form.to = "#room:example.org".into()), "to");
    assert_eq!(error("pushover", |form| form.key = "anna".into()), "key");
    assert_eq!(error("apprise", |form| form.key = String::new()), "key");
    assert_eq!(error("heartbeat", |form| form.minutes = "0".into()), "minutes");
    assert_eq!(error("heartbeat", |form| form.watcher = "x".into()), "watcher");
    assert_eq!(error("webhook", |form| form.body = "{titel}".into()), "body");
    assert_eq!(error("webhook", |form| form.headers = "x".into()), "headers");
    assert_eq!(error("slack", |form| form.token = "x".repeat(4_001)), "token");
}

#[test]
fn secrets_stay_with_the_server_that_they_were_entered_for() {
    for kind in ["ntfy", "email", "gotify", "matrix", "apprise"] {
        let channel = Channel::new(&form(kind)).unwrap();
        let shown = channel.config().form();
        let elsewhere = if kind == "email" { "smtp.evil.example" } else { "https://evil.example" };
        let moved = channel.complete(&ChannelForm { target: elsewhere.into(), ..shown });
        assert!(moved.token.is_empty() && moved.key.is_empty(), "{kind}: {moved:?}");
    }
    let hook = Channel::new(&form("webhook")).unwrap();
    let moved = ChannelForm { target: "https://evil.example/x".into(), ..hook.config().form() };
    let moved = hook.complete(&moved);
    assert!(moved.token.is_empty() && !moved.headers.contains("hidden"), "{moved:?}");
}

#[test]
fn ids_of_messages_stay_when_a_channel_is_changed() {
    let mut first = Channel::new(&form("email")).unwrap();
    first.set_stem(None, "a1");
    let mut changed = Channel::new(&form("email")).unwrap();
    changed.set_stem(Some(&first), "b2");
    let Config::Email(account) = changed.config() else { panic!("it is one") };
    assert_eq!(account.stem, "a1");
}

#[test]
fn a_success_that_is_none_is_seen() {
    let apprise = Channel::new(&form("apprise")).unwrap();
    assert!(apprise.refusal(204, b"").is_some() && apprise.refusal(200, b"ok").is_none());
    let check = Channel::new(&form("heartbeat")).unwrap();
    assert!(check.refusal(200, b"OK (not found)").is_some() && check.refusal(200, b"OK").is_none());
}
