//! Reads the configuration from the database, in an order that depends on names only.

use super::model::{Configuration, Group, Job, Monitoring, Server, Template};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs, labels, message_templates,
            noticing::settings::{Scope, rule},
            server_changes::is_being_deleted,
            servers,
        },
    },
    dto::setting::SettingValue,
    ids::{JobId, ServerId},
    service::settings::{self, Settings},
};

/// Maximum number of groups, which is above what can be created.
const GROUPS: i64 = 10_000;

/// Returns what is set.
///
/// # Errors
/// Database errors.
pub(super) fn load(conn: &mut Connection) -> Result<Configuration, StoreError> {
    let mut all = Configuration::default();
    for row in settings::rows(Settings::load(conn)?) {
        let Some((section, key)) = row.key.split_once('.') else { continue };
        let value = match row.value {
            SettingValue::Flag(flag) => toml::Value::Boolean(flag),
            SettingValue::Number(number) => toml::Value::Integer(number),
            SettingValue::Off => toml::Value::String("off".to_owned()),
        };
        all.settings.entry(section.to_owned()).or_default().insert(key.to_owned(), value);
    }
    all.site = Some(Monitoring::of(rule(conn, Scope::Site)?)).filter(|site| !site.is_empty());
    for (id, name) in labels::groups(conn, GROUPS)? {
        all.groups.push(Group { name, monitoring: Monitoring::of(rule(conn, Scope::Group(id))?) });
    }
    for record in servers::all(conn)? {
        if is_being_deleted(&record.name) {
            continue;
        }
        let id = ServerId(record.id);
        let server = Server {
            group: labels::group_of(conn, id)?.map(|(_, name)| name),
            tags: labels::of_server(conn, id)?.into_iter().map(|(_, name)| name).collect(),
            monitoring: Monitoring::of(rule(conn, Scope::Server(id))?),
            name: record.name,
        };
        for job in jobs::all(conn, Some(id))? {
            let id = JobId(job.id);
            let tags: Vec<String> = labels::of_job(conn, id)?.into_iter().map(|(_, name)| name).collect();
            let monitoring = Monitoring::of(rule(conn, Scope::Job(id))?);
            if !tags.is_empty() || !monitoring.is_empty() {
                all.jobs.push(Job { server: server.name.clone(), name: job.name, tags, monitoring });
            }
        }
        if server.group.is_some() || !server.tags.is_empty() || !server.monitoring.is_empty() {
            all.servers.push(server);
        }
    }
    all.servers.sort_by(|one, other| one.name.cmp(&other.name));
    all.jobs.sort_by(|one, other| (&one.server, &one.name).cmp(&(&other.server, &other.name)));
    let templates = message_templates::all(conn)?.into_iter();
    all.templates = templates
        .map(|row| Template { topic: row.topic, kind: row.channel_kind, title: row.title, body: row.body })
        .collect();
    Ok(all)
}
