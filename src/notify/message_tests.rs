//! Messages, as other tests make them too.

use super::*;

pub(crate) fn item(topic: Topic, server: &str, job: &str, fact: &str) -> Item {
    Item {
        topic,
        is_reminder: false,
        server: server.into(),
        job: job.into(),
        facts: vec![fact.into()],
        incident: None,
        path: "/incidents?job=3".into(),
    }
}

pub(crate) fn message(items: Vec<Item>) -> Message {
    let address = Some("https://backup.example/status".into());
    Message { id: 7, items, more: 0, address, may_be_repeated: false, mute: None, written: None }
}

#[test]
fn one_job_is_named_with_its_facts_and_its_page() {
    let mut one = message(vec![item(Topic::Failed, "nas", "photos", "The run of 02:00 failed.")]);
    assert_eq!(one.title(), "Failed: nas / photos");
    assert_eq!(one.text(), "The run of 02:00 failed.");
    assert_eq!(one.link().as_deref(), Some("https://backup.example/status/incidents?job=3"));
    one.items[0].is_reminder = true;
    let own = Item { is_reminder: true, ..item(Topic::System, "duplistatus", "disk space", "x") };
    assert_eq!(own.event(), "Still a problem");
    assert_eq!(one.title(), "Still failed: nas / photos");
    one.may_be_repeated = true;
    assert!(one.text().ends_with("\nYou may have received this message before."));
}

#[test]
fn several_jobs_are_one_message_that_lists_them() {
    let mut many = message(vec![
        item(Topic::Failed, "nas", "photos", "The disk is full."),
        item(Topic::Late, "nas", "mail", "Expected at 02:00."),
    ]);
    assert_eq!(many.title(), "2 jobs of nas need attention");
    assert_eq!(
        many.text(),
        "Failed: nas / photos\nThe disk is full.\nOverdue: nas / mail\nExpected at 02:00."
    );
    assert_eq!(many.link().as_deref(), Some("https://backup.example/status/incidents"));
    many.more = 37;
    assert_eq!(many.title(), "39 jobs need attention");
    assert!(many.text().ends_with("\nand 37 more"));
    for item in &mut many.items {
        item.topic = Topic::Recovered;
    }
    assert_eq!(many.title(), "39 jobs recovered");
}

#[test]
fn problems_of_the_program_itself_are_not_called_jobs() {
    let own = |name: &str| Item {
        path: "/settings/health".into(),
        ..item(Topic::System, "duplistatus", name, "The disk is full.")
    };
    let one = message(vec![own("disk space")]);
    assert_eq!((one.title().as_str(), one.event()), ("Problem: duplistatus / disk space", "system"));
    let two = message(vec![own("disk space"), own("database backup")]);
    assert_eq!(two.title(), "2 problems of duplistatus need attention");
    assert_eq!(two.link().as_deref(), Some("https://backup.example/status/settings/health"));
    let mixed = message(vec![own("disk space"), item(Topic::Failed, "nas", "photos", "x")]);
    assert_eq!(mixed.title(), "2 problems need attention");
    assert_eq!(mixed.link().as_deref(), Some("https://backup.example/status/incidents"));
}

#[test]
fn the_link_of_the_incident_is_the_last_line_and_never_cut() {
    let long = item(Topic::Failed, "nas", "photos", &"ü".repeat(5_000));
    let mut message = message(vec![long]);
    message.mute = Some("https://backup.example/status/snooze/abc".into());
    assert!(message.text().ends_with("\nAcknowledge or snooze: https://backup.example/status/snooze/abc"));
    assert!(!message.without_mute().text().contains("snooze"));
}

#[test]
fn hostile_names_and_long_texts_stay_in_their_line_and_bounds() {
    let hostile = item(Topic::Late, "nas\r\nBcc: all", "a\u{2028}b", &"ü".repeat(5_000));
    let message = message(vec![hostile.clone(), hostile]);
    assert_eq!(message.items[0].title().lines().count(), 2);
    assert!(message.text().lines().all(|line| !line.starts_with("Bcc")), "{}", message.text());
    assert!(message.text().chars().count() <= TEXT);
    assert_eq!(message.title(), "2 jobs of nas Bcc: all need attention");
}

pub(crate) fn digest(text: &str, is_well: bool) -> Message {
    let about = About::Digest { path: "/report?from=2026-11-23&to=2026-11-30".into(), is_well };
    let title = "Weekly summary: all 12 jobs are OK".into();
    let written = Some(Written { title, text: text.into(), about });
    Message { written, ..message(Vec::new()) }
}

#[test]
fn a_digest_has_its_own_text_and_page_and_is_no_alarm() {
    let mut well = digest("All 12 jobs are OK.\n\n24 runs were good.", true);
    assert_eq!(well.title(), "Weekly summary: all 12 jobs are OK");
    assert_eq!(well.text(), "All 12 jobs are OK.\n\n24 runs were good.");
    assert_eq!((well.event(), well.worst(), well.items().len()), ("digest", Topic::Recovered, 0));
    let page = "https://backup.example/status/report?from=2026-11-23&to=2026-11-30";
    assert_eq!(well.link().as_deref(), Some(page));
    well.may_be_repeated = true;
    assert!(well.text().ends_with("good.\nYou may have received this message before."));
    assert_eq!(digest("", false).worst(), Topic::Check);
}

#[test]
fn a_test_is_about_no_job_and_is_no_alarm() {
    let test = Message::test(Some("https://backup.example".into()), "family");
    assert_eq!((test.event(), test.worst(), test.items().len()), ("test", Topic::Recovered, 0));
    assert_eq!(test.title(), "duplistatus: test message");
    assert_eq!(test.text(), "This is a test of the channel “family”. Nothing is wrong.");
    assert_eq!(test.link().as_deref(), Some("https://backup.example/"));
}

#[test]
fn a_text_is_bounded_in_bytes_and_keeps_its_last_sentence() {
    for text in ["a".repeat(9_000), "ü".repeat(9_000), "\u{1F389}".repeat(9_000), "漢\n".repeat(9_000)] {
        let mut long = digest(&text, true);
        long.may_be_repeated = true;
        let sent = long.text();
        assert!(sent.len() <= TEXT_BYTES && sent.chars().count() <= TEXT, "{}", sent.len());
        assert!(sent.ends_with("…\nYou may have received this message before."), "{sent}");
    }
}

#[test]
fn a_template_writes_title_and_text_and_the_page_stays() {
    let text = "photos\r\n\u{2028}is wrong\n".to_owned();
    let written = Written { title: "A\nB".into(), text, about: About::Jobs };
    let one = item(Topic::Failed, "nas", "photos", "The run of 02:00 failed.");
    let message = Message { written: Some(written), ..message(vec![one]) };
    assert_eq!((message.title().as_str(), message.text().as_str()), ("A B", "photos\nis wrong"));
    assert_eq!((message.event(), message.worst()), ("failed", Topic::Failed));
    assert!(message.link().is_some_and(|link| link.ends_with("/incidents?job=3")));
}
