//! From the settings of the Node application to who is told.

use std::collections::BTreeSet;

use secrecy::SecretString;
use serde_json::json;

use super::*;
use crate::{
    db::tables::jobs,
    ids::JobId,
    notify::routing::route,
    service::{
        settings::imported::{is_sealed_key, sealed_place},
        testing::{TestResult, report, send, services},
    },
    topic::Topic,
};

/// The machine of the reports of tests.
const MACHINE: &str = "0123456789abcdef0123456789abcdef";

/// Keeps a setting as the import does.
async fn keep(services: &Services, key: &str, text: String) -> TestResult {
    let (key, secrets, now) = (format!("{PREFIX}{key}"), services.secrets.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            if !is_sealed_key(&key) {
                return settings::set(tx.conn, &key, &text, now);
            }
            let row = settings::create(tx.conn, &key, now)?;
            let sealed = secrets.seal(sealed_place(row), &SecretString::from(text)).unwrap();
            settings::reseal(tx.conn, row, &sealed)
        })
        .await?;
    Ok(())
}

/// Jobs `photos`, `mail` and `db` of `nas`, and both channels of the Node application.
async fn site(jobs: serde_json::Value) -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    for job in ["photos", "mail", "db"] {
        let mut sent = report("2026-11-23T02:00:00Z", "Success");
        sent["Extra"]["backup-name"] = json!(job);
        send(&services, sent).await?;
    }
    let ntfy = r#"{"url":"https://ntfy.sh/","topic":"duplistatus-x1","accessToken":"tk_1"}"#;
    let smtp = r#"{"host":"mail.example.org","port":465,"connectionType":"ssl","username":"anna@example.org","password":"letmein","mailto":"anna@example.org"}"#;
    keep(&services, "ntfy_config", ntfy.to_owned()).await?;
    keep(&services, "smtp_config", smtp.to_owned()).await?;
    keep(&services, "backup_settings", jobs.to_string()).await?;
    for kind in ["ntfy", "email"] {
        imported::create(&services, &Actor::System, kind).await?;
    }
    Ok((folder, services))
}

/// Names of the channels that are told of a topic of a job.
async fn told(services: &Services, job: &str, topic: Topic) -> Result<BTreeSet<String>, Error> {
    let job = job.to_owned();
    Ok(services
        .db
        .read(move |conn| {
            let row = jobs::all(conn, None)?.into_iter().find(|one| one.name == job).unwrap();
            let server = Some(crate::ids::ServerId(row.server_id));
            let subject = stored::subject(conn, server, Some(JobId(row.id)))?;
            let (rules, recipients) = (stored::all(conn)?, stored::recipients(conn)?);
            let names = rows::all(conn)?;
            let routes = route(&rules, &recipients, &subject, topic).routes.into_iter();
            let name = |id: ChannelId| names.iter().find(|row| row.id == id.0).unwrap().name.clone();
            Ok(routes.map(|route| name(route.channel)).collect())
        })
        .await?)
}

fn names(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn each_job_is_told_to_those_to_whom_it_was_told_before() -> TestResult {
    let (_folder, services) = site(json!({
        format!("{MACHINE}:photos"): { "notificationEvent": "warnings", "ntfyEnabled": true, "emailEnabled": true },
        format!("{MACHINE}:mail"): {
            "notificationEvent": "errors", "overdueBackupCheckEnabled": false, "emailEnabled": false,
            "additionalNotificationEvent": "warnings", "additionalEmails": "otto@example.org, eva@example.org",
            "additionalNtfyTopic": "duplistatus-otto",
        },
        format!("{MACHINE}:db"): { "notificationEvent": "off", "overdueBackupCheckEnabled": false },
        format!("{MACHINE}:gone"): { "notificationEvent": "all" },
        "ffff:photos": { "notificationEvent": "all" },
    }))
    .await?;
    keep(&services, "notification_frequency", "every_month".to_owned()).await?;
    let shown = preview(&services).await?.ok_or("no preview")?;
    assert_eq!(shown.unchanged, 1, "photos: {shown:#?}");
    let kinds: Vec<_> = shown.channels.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["email", "ntfy"]);
    assert_eq!(shown.channels[1].1, "https://ntfy.sh/duplistatus-otto");
    assert!(shown.rules.iter().any(|rule| rule.place == "nas / db" && rule.tells.is_empty()), "{shown:#?}");
    let left_out: Vec<_> = shown.left_out.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(left_out, ["nas / gone", "1 job of the server ffff", "frequency"]);
    assert_eq!(shown.reminder.as_deref(), Some("weekly"));
    // Looking changes nothing.
    assert_eq!(services.db.read(rows::all).await?.len(), 2);
    apply(&services, &Actor::System).await?;
    let (ntfy, email) = ("ntfy", "E-mail");
    let (otto, topic) = ("E-mail otto@example.org, eva@example.org", "ntfy duplistatus-otto");
    for (job, topic_of, expected) in [
        ("photos", Topic::Failed, names(&[ntfy, email])),
        ("photos", Topic::Late, names(&[ntfy, email])),
        ("mail", Topic::Failed, names(&[ntfy, otto, topic])),
        ("mail", Topic::Recovered, names(&[ntfy, otto, topic])),
        ("mail", Topic::Check, names(&[otto, topic])),
        ("mail", Topic::Late, names(&[])),
        ("db", Topic::Failed, names(&[])),
        ("db", Topic::Late, names(&[])),
    ] {
        assert_eq!(told(&services, job, topic_of).await?, expected, "{job} {topic_of:?}");
    }
    let channels = services.db.read(rows::all).await?;
    assert!(
        channels
            .iter()
            .filter(|row| [ntfy, email].contains(&row.name.as_str()))
            .all(|row| row.reminder == "weekly")
    );
    let further = channels.iter().find(|row| row.name == topic).ok_or("no channel")?;
    assert_eq!(further.topics(), [], "it gets what rules send");
    let opened = channels::open(&services, further).ok_or("closed")?;
    assert_eq!(opened.secrets().token.as_deref(), Some("tk_1"));
    // It is offered once, and again only after another import.
    assert_eq!(preview(&services).await?, None);
    assert!(matches!(apply(&services, &Actor::System).await, Err(Error::Invalid { .. })));
    let rules = services.db.read(stored::all).await?.len();
    keep(&services, "notification_frequency", "every_day".to_owned()).await?;
    let shown = preview(&services).await?.ok_or("no preview")?;
    assert_eq!((shown.channels.len(), rules), (0, 4), "{shown:#?}");
    Ok(())
}

#[tokio::test]
async fn defaults_of_a_server_are_a_rule_of_it_and_other_channels_stay_told() -> TestResult {
    let (_folder, services) = site(json!({
        format!("{MACHINE}:__default__"): { "additionalEmails": "otto@example.org" },
        format!("{MACHINE}:photos"): {},
        format!("{MACHINE}:mail"): { "additionalEmails": "" },
    }))
    .await?;
    let own = ChannelForm {
        name: "phone".into(),
        kind: "ntfy".into(),
        to: "phone".into(),
        topics: vec![Topic::Failed],
        is_enabled: true,
        ..ChannelForm::default()
    };
    channels::create(&services, &Actor::System, own).await?;
    apply(&services, &Actor::System).await?;
    let (ntfy, email, otto) = ("ntfy", "E-mail", "E-mail otto@example.org");
    for (job, topic, expected) in [
        ("photos", Topic::Failed, names(&[ntfy, email, otto, "phone"])),
        ("photos", Topic::Late, names(&[ntfy, email, otto])),
        // A job of which nothing is known has what its server has.
        ("db", Topic::Failed, names(&[ntfy, email, otto, "phone"])),
        ("mail", Topic::Failed, names(&[ntfy, email, "phone"])),
    ] {
        assert_eq!(told(&services, job, topic).await?, expected, "{job} {topic:?}");
    }
    let places: BTreeSet<String> =
        services.db.read(stored::all).await?.iter().map(|rule| format!("{:?}", rule.place)).collect();
    assert_eq!(places.len(), 2, "photos and db need no rule: {places:?}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_taken_over_is_said() -> TestResult {
    let (_folder, services) = services()?;
    assert_eq!(preview(&services).await?, None);
    send(&services, report("2026-11-23T02:00:00Z", "Success")).await?;
    let jobs = json!({
        format!("{MACHINE}:Documents"): { "notificationEvent": "all", "additionalEmails": "otto@example.org" },
    });
    keep(&services, "backup_settings", jobs.to_string()).await?;
    keep(&services, "ntfy_config", r#"{"url":"https://ntfy.sh/","topic":"x1"}"#.to_owned()).await?;
    let shown = preview(&services).await?.ok_or("no preview")?;
    let left_out = format!("{:?}", shown.left_out);
    for part in ["digest", "otto@example.org (nas / Documents)", "create it first"] {
        assert!(left_out.contains(part), "{part}: {left_out}");
    }
    assert_eq!((shown.rules.len(), shown.channels.len(), shown.reminder), (0, 0, None));
    let viewer =
        crate::service::testing::accounts::member(&services, "kim", crate::access::Role::Viewer).await?;
    assert!(matches!(apply(&services, &viewer).await, Err(Error::Forbidden)));
    Ok(())
}
