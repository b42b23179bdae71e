//! The texts of the Node application that the import kept: they are used here after somebody has seen what they become.

use serde::Deserialize;

use super::{entry, told};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            message_templates::{self, TemplateRow},
            settings,
        },
    },
    dto::template::{ImportedTemplate, VARIABLES},
    error::Error,
    notify::template,
    service::{Actor, Services, audit, settings::imported::PREFIX},
    topic::Topic,
};

/// The key of its setting.
const KEY: &str = "notification_templates";
/// What a text was called there, and what it is about here.
const TOPICS: [(&str, &[Topic]); 3] = [
    ("warning", &[Topic::Failed, Topic::Check]),
    ("overdueBackup", &[Topic::Late]),
    ("success", &[Topic::Recovered]),
];

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct NodeTemplate {
    title: String,
    message: String,
}

/// What was imported, and what each text would be here.
pub(super) fn imported(conn: &mut Connection) -> Result<Vec<ImportedTemplate>, StoreError> {
    let stored = settings::get(conn, &format!("{PREFIX}{KEY}"))?;
    let all: serde_json::Value = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let read = |(name, topics): (&str, &[Topic])| {
        let one: NodeTemplate = serde_json::from_value(all.get(name)?.clone()).ok()?;
        (!one.title.is_empty() || !one.message.is_empty()).then(|| ImportedTemplate {
            name: name.to_owned(),
            topics: topics.to_vec(),
            error: template::check(&one.title, &one.message, &VARIABLES).err(),
            title: one.title,
            body: one.message,
        })
    };
    Ok(TOPICS.into_iter().filter_map(read).collect())
}

/// Uses the imported texts for all kinds of channels, as far as they can be used. Returns how many topics have one.
///
/// # Errors
/// [`Error::Invalid`] when there is nothing to use.
pub async fn take_over(services: &Services, actor: &Actor) -> Result<usize, Error> {
    actor.may(Permission::ManageSettings)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let mut count = 0;
            let usable = imported(tx.conn)?.into_iter().filter(|one| one.error.is_none());
            for ImportedTemplate { topics, title, body, .. } in usable.collect::<Vec<_>>() {
                for topic in topics {
                    let row = TemplateRow {
                        topic: topic.as_str().to_owned(),
                        channel_kind: String::new(),
                        title: title.clone(),
                        body: body.replace("\r\n", "\n"),
                    };
                    message_templates::set(tx.conn, &row, &audit::name_of(&actor), now)?;
                    audit::record(tx, &actor, now, entry("template.import", &row).after(told(&row)))?;
                    count += 1;
                }
            }
            if count == 0 {
                let hint = "no imported template can be used".into();
                return Ok(Err(Error::Invalid { field: "templates", hint }));
            }
            Ok(Ok(count))
        })
        .await?
}
