//! Texts that people change, from the form to the message that a receiver on loopback gets.

use serde_json::Value;

use super::*;
use crate::{
    db::tables::settings,
    dto::{
        channel::ChannelForm,
        digest::{DigestForm, Every},
        template::{DEFAULT_BODY, DEFAULT_SUMMARY, DEFAULT_TITLE},
    },
    service::{
        notifications::tests::{Receiver, create, dispatch, form as channel, run},
        testing::{TestResult, services},
    },
};

const ROOT: Actor = Actor::System;

fn template(topic: Topic, kind: &str, title: &str, body: &str) -> TemplateForm {
    text(TemplateTopic::Job(topic), kind, title, body)
}

fn text(topic: TemplateTopic, kind: &str, title: &str, body: &str) -> TemplateForm {
    TemplateForm { topic: topic.as_str().into(), kind: kind.into(), title: title.into(), body: body.into() }
}

fn of(topic: Topic, kind: &str) -> TemplateQuery {
    TemplateQuery { topic: TemplateTopic::Job(topic), kind: kind.into(), draft: String::new() }
}

fn first(receiver: &Receiver) -> Value {
    receiver.bodies.lock().unwrap()[0].clone()
}

#[tokio::test]
async fn a_changed_text_is_sent_for_its_topic_and_kind_of_channel() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, channel(&receiver.server)).await?;
    save(&services, &ROOT, template(Topic::Failed, "", "all kinds", "")).await?;
    save(&services, &ROOT, template(Topic::Failed, "slack", "slack", "")).await?;
    let body = "{backup_name} on {server_name}: {status}, {file_count} files\r\nLiteral *{{status}}* {warnings_count}";
    save(&services, &ROOT, template(Topic::Failed, "ntfy", "{event} – {backup_name}", body)).await?;
    run(&services, "<b>photos</b>", 0, "Error").await?;
    dispatch(&services).await?;
    let sent = first(&receiver);
    assert_eq!(sent["title"], "Failed – <b>photos</b>");
    assert_eq!(sent["message"], "<b>photos</b> on nas: Error, 100 files\nLiteral *{status}* 0");
    assert_eq!(sent["priority"], 4);
    // Another topic keeps its own.
    run(&services, "<b>photos</b>", 7200, "Success").await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles()[1], "Recovered: nas / <b>photos</b>");
    Ok(())
}

#[tokio::test]
async fn each_kind_escapes_the_text_of_a_template_and_its_values() -> TestResult {
    for (kind, expected) in [
        ("slack", "*A &amp; &lt;b&gt;*\n*bold* &lt;!channel&gt; &amp; `C:\\x`"),
        ("discord", "\\*bold\\* <!channel\\> & \\`C:\\\\x\\`"),
    ] {
        let (_folder, services) = services()?;
        let receiver = Receiver::start();
        let form = ChannelForm {
            kind: kind.into(),
            to: String::new(),
            token: String::new(),
            ..channel(&receiver.server)
        };
        create(&services, form).await?;
        save(&services, &ROOT, template(Topic::Failed, "", "A & <b>", "*bold* {backup_name}")).await?;
        run(&services, "<!channel> & `C:\\x`", 0, "Error").await?;
        dispatch(&services).await?;
        let sent = first(&receiver);
        let text = if kind == "slack" { &sent["text"] } else { &sent["embeds"][0]["description"] };
        assert_eq!(text, expected, "{kind}");
    }
    Ok(())
}

#[tokio::test]
async fn the_default_template_is_the_text_without_one() -> TestResult {
    for topic in [Topic::Failed, Topic::Recovered] {
        let mut sent = Vec::new();
        for has_template in [false, true] {
            let (_folder, services) = services()?;
            let receiver = Receiver::start();
            create(&services, channel(&receiver.server)).await?;
            if has_template {
                save(&services, &ROOT, template(topic, "", DEFAULT_TITLE, DEFAULT_BODY)).await?;
            }
            run(&services, "photos", 0, "Success").await?;
            run(&services, "photos", 86_400, "Error").await?;
            dispatch(&services).await?;
            run(&services, "photos", 2 * 86_400, "Success").await?;
            dispatch(&services).await?;
            sent.push(receiver.bodies.lock().unwrap().clone());
        }
        assert_eq!(sent[0].len(), 2);
        assert_eq!(sent[0], sent[1], "{topic:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_text_with_an_unknown_variable_is_not_saved_and_the_variable_is_named() -> TestResult {
    let (_folder, services) = services()?;
    let refused = save(&services, &ROOT, template(Topic::Late, "", "a", "{server_name} {nonsense}")).await;
    let Err(Error::Invalid { field: "body", hint }) = refused else {
        return Err(format!("{refused:?}").into());
    };
    assert!(hint.contains("{nonsense}") && !hint.contains("{server_name}"), "{hint}");
    for (topic, kind) in [("failed", "pigeon"), ("party", "")] {
        let form =
            TemplateForm { topic: topic.into(), kind: kind.into(), title: "a".into(), body: String::new() };
        assert!(matches!(save(&services, &ROOT, form.clone()).await, Err(Error::NotFound)));
        assert!(matches!(try_out(&services, &ROOT, form), Err(Error::NotFound)));
    }
    Ok(())
}

#[tokio::test]
async fn a_text_is_previewed_without_being_saved_and_can_be_reset() -> TestResult {
    let (_folder, services) = services()?;
    let made_up = show(&services, &ROOT, of(Topic::Failed, "")).await?;
    assert_eq!(made_up.origin, Origin::Default);
    let preview = made_up.preview.map_err(|error| format!("{error:?}"))?;
    assert_eq!((preview.title.as_str(), preview.of), ("Failed: nas / photos", None));
    run(&services, "db", 0, "Error").await?;
    let form = template(Topic::Failed, "ntfy", "{event} {backup_name}", "{{x}} {nonsense}");
    let draft = try_out(&services, &ROOT, form.clone())?;
    let shown =
        show(&services, &ROOT, TemplateQuery { draft: draft.clone(), ..of(Topic::Failed, "ntfy") }).await?;
    assert_eq!((shown.origin, &shown.form), (Origin::Draft, &form));
    assert_eq!(shown.preview, Err(TemplateError::Unknown(vec!["nonsense".into()])));
    let draft = try_out(&services, &ROOT, TemplateForm { body: "{{x}}".into(), ..form.clone() })?;
    let shown = show(&services, &ROOT, TemplateQuery { draft, ..of(Topic::Failed, "ntfy") }).await?;
    let preview =
        TemplatePreview { title: "Failed db".into(), text: "{x}".into(), of: Some("nas / db".into()) };
    assert_eq!(shown.preview, Ok(preview));
    assert!(shown.changed.is_empty());

    save(&services, &ROOT, TemplateForm { body: "{{x}}".into(), kind: String::new(), ..form }).await?;
    let shown = show(&services, &ROOT, of(Topic::Failed, "ntfy")).await?;
    assert_eq!((shown.origin, shown.form.body.as_str()), (Origin::AllKinds, "{{x}}"));
    assert_eq!(shown.changed, [(TemplateTopic::Job(Topic::Failed), String::new())]);
    assert!(matches!(reset(&services, &ROOT, "failed", "ntfy").await, Err(Error::NotFound)));
    reset(&services, &ROOT, "failed", "").await?;
    assert_eq!(show(&services, &ROOT, of(Topic::Failed, "ntfy")).await?.origin, Origin::Default);
    Ok(())
}

#[tokio::test]
async fn imported_texts_are_shown_before_they_are_used() -> TestResult {
    let (_folder, services) = services()?;
    let stored = serde_json::json!({
        "language": "en-GB",
        "success": { "title": "✅ {status} - {backup_name} @ {server_alias}", "message": "Done {backup_date}, {duration}", "priority": "default" },
        "warning": { "title": "⚠️ {status} - {backup_name}", "message": "{log_text}\n{server_url} {backup_interval_type}" },
        "overdueBackup": { "title": "🕑 {unheard_of}", "message": "{expected_date}" },
    });
    let refused = take_over(&services, &ROOT).await;
    assert!(matches!(refused, Err(Error::Invalid { field: "templates", .. })), "{refused:?}");
    let now = services.clock.now();
    services
        .db
        .write(move |tx| settings::set(tx.conn, "node.notification_templates", &stored.to_string(), now))
        .await?;
    let page = show(&services, &ROOT, of(Topic::Failed, "")).await?;
    assert_eq!(page.origin, Origin::Default, "nothing is used before somebody says so");
    let usable: Vec<_> = page.imported.iter().map(|one| (one.name.as_str(), one.error.is_none())).collect();
    assert_eq!(usable, [("warning", true), ("overdueBackup", false), ("success", true)]);
    assert_eq!(take_over(&services, &ROOT).await?, 3);
    let changed = show(&services, &ROOT, of(Topic::Failed, "")).await?.changed;
    let topics: Vec<_> = changed.into_iter().map(|(topic, _)| topic.as_str()).collect();
    assert_eq!(topics, ["check", "failed", "recovered"]);
    let receiver = Receiver::start();
    create(&services, channel(&receiver.server)).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["⚠️ Error - photos"]);
    Ok(())
}

#[tokio::test]
async fn several_jobs_and_digests_have_texts_of_their_own() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create(&services, channel(&receiver.server)).await?;
    let body = "{count} on {server_name}, {event} and worse:\n{details}";
    save(&services, &ROOT, text(TemplateTopic::List, "", "[{summary}]", body)).await?;
    let body = "{frequency}, {job_count} jobs, {attention_count} of them bad{group_name}\n{now}";
    save(&services, &ROOT, text(TemplateTopic::Digest, "ntfy", "{digest_name}: {summary}", body)).await?;
    for job in ["a", "b", "c"] {
        run(&services, job, 0, "Error").await?;
        dispatch(&services).await?;
    }
    crate::service::testing::at(&services, 600 + 60);
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["Failed: nas / a", "[2 jobs of nas need attention]"]);
    let list = receiver.bodies.lock().unwrap()[1]["message"].as_str().unwrap_or_default().to_owned();
    let begin = "2 on nas, Failed and worse:\nFailed: nas / b\nThe run of ";
    assert!(list.starts_with(begin) && list.contains("\nFailed: nas / c\n"), "{list}");

    let form = DigestForm {
        name: "Morning".into(),
        channel: channel.0,
        every: Every::Daily,
        at: "07:00".into(),
        zone: "UTC".into(),
        month_day: 1,
        is_enabled: true,
        ..DigestForm::default()
    };
    let digest = super::super::digests::create(&services, &ROOT, form).await?;
    super::super::digests::send_now(&services, &ROOT, digest).await?;
    crate::service::testing::at(&services, 600 + 200);
    dispatch(&services).await?;
    let sent = receiver.bodies.lock().unwrap()[2].clone();
    assert_eq!(sent["title"], "Morning: Daily summary: 3 jobs need attention");
    let said = sent["message"].as_str().unwrap_or_default();
    assert!(said.starts_with("Daily, 3 jobs, 3 of them bad\nNeeds attention as of "), "{said}");
    let shown = super::super::digests::preview(&services, &ROOT, digest).await?;
    assert_eq!(shown.title, "Morning: Daily summary: 3 jobs need attention");
    // A channel of another kind has the default text.
    reset(&services, &ROOT, "digest", "ntfy").await?;
    let shown = super::super::digests::preview(&services, &ROOT, digest).await?;
    assert_eq!(shown.title, "Daily summary: 3 jobs need attention");
    Ok(())
}

#[tokio::test]
async fn texts_of_lists_and_digests_are_previewed_have_their_own_variables_and_the_default_changes_nothing()
-> TestResult {
    let (_folder, services) = services()?;
    let query = |topic| TemplateQuery { topic, kind: String::new(), draft: String::new() };
    for (topic, title) in [
        (TemplateTopic::List, "2 jobs of nas need attention"),
        (TemplateTopic::Digest, "Weekly summary: no job has reported yet"),
    ] {
        let shown = show(&services, &ROOT, query(topic)).await?;
        assert_eq!((shown.form.title.as_str(), shown.form.body.as_str()), (DEFAULT_SUMMARY, DEFAULT_BODY));
        let preview = shown.preview.map_err(|error| format!("{error:?}"))?;
        assert_eq!((preview.title.as_str(), preview.of), (title, None));
        let refused = save(&services, &ROOT, text(topic, "", "{backup_name}", "")).await;
        let Err(Error::Invalid { field: "body", hint }) = refused else {
            return Err(format!("{refused:?}").into());
        };
        assert!(hint.contains("{backup_name}"), "{hint}");
    }
    run(&services, "a", 0, "Error").await?;
    run(&services, "b", 0, "Error").await?;
    let preview = show(&services, &ROOT, query(TemplateTopic::List)).await?.preview;
    let preview = preview.map_err(|error| format!("{error:?}"))?;
    assert_eq!(preview.title, "2 jobs of nas need attention");
    assert!(preview.of.is_some_and(|of| of.contains("nas / a") && of.contains("nas / b")));
    let plain = preview.text;
    save(&services, &ROOT, text(TemplateTopic::List, "", DEFAULT_SUMMARY, DEFAULT_BODY)).await?;
    let preview = show(&services, &ROOT, query(TemplateTopic::List)).await?.preview;
    assert_eq!(preview.map(|preview| preview.text), Ok(plain));
    Ok(())
}

#[tokio::test]
async fn every_variable_has_a_value_when_all_is_known() -> TestResult {
    let (_folder, services) = services()?;
    for day in 0..6 {
        run(&services, "photos", day * 86_400, if day == 5 { "Error" } else { "Success" }).await?;
    }
    let values = services
        .db
        .read(|conn| {
            use crate::{
                db::tables::noticing::incidents::{self, Wanted},
                time::Timestamp,
            };
            let incident = incidents::list(conn, Wanted::default(), 1, 0)?.remove(0);
            let story = Story::of(conn, incident, (Topic::Failed, true), &Zone::utc())?;
            Values::of(
                conn,
                &story,
                &Zone::utc(),
                (Timestamp::from_unix(1_796_000_000), Some("https://x.example")),
            )
        })
        .await?;
    // Of these this report and server say nothing.
    let unknown =
        ["log_text", "error", "server_note", "server_url", "backup_interval_type", "expected_elapsed"];
    for name in crate::dto::template::VARIABLES {
        assert!(values.get(name).is_some() || unknown.contains(&name), "{name}");
    }
    assert_eq!(values.get("event"), Some("Still failed"));
    assert_eq!(values.get("link"), Some("https://x.example/incidents?job=1"));
    Ok(())
}
