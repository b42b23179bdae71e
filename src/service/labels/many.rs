//! Group and tags of many servers at once.

use serde_json::json;

use super::{GROUP, TAGS_OF_ONE, check_room, labels, name, of_server, same, tag_names};
use crate::{
    access::Permission,
    db::tables::server_changes,
    dto::servers::{LabelChange, ServerLabels},
    error::Error,
    ids::ServerId,
    service::{
        Actor, Services, audit,
        audit::Entry,
        monitoring::{AT_ONCE, regrouped},
    },
};

/// Puts servers into a group or into none, gives them tags and takes others from them. Servers that are gone meanwhile are left out. Returns
/// for how many something was not so already.
///
/// # Errors
/// [`Error::NotFound`] when none of them is there; [`Error::Invalid`] when a name cannot be used, there are too many, or nothing is to be
/// changed.
pub async fn set_of_servers(
    services: &Services,
    actor: &Actor,
    change: &LabelChange,
) -> Result<usize, Error> {
    actor.may(Permission::ManageMonitoring)?;
    let mut servers = change.servers.clone();
    servers.sort_unstable();
    servers.dedup();
    if servers.is_empty() || servers.len() > AT_ONCE {
        return Err(Error::Invalid { field: "servers", hint: format!("choose 1 to {AT_ONCE} servers") });
    }
    let group = change.group.as_deref().map(|group| name("group", group, GROUP)).transpose()?;
    let (added, removed) = (tags("add", &change.add)?, tags("remove", &change.remove)?);
    if let Some(tag) = added.iter().find(|tag| removed.iter().any(|other| same(Some(other), tag))) {
        let hint = format!("“{tag}” cannot be added and removed at once");
        return Err(Error::Invalid { field: "remove", hint });
    }
    if group.is_none() && added.is_empty() && removed.is_empty() {
        return Err(Error::Invalid {
            field: "group",
            hint: "choose a group, or tags to add or to remove".into(),
        });
    }
    let (by, now, zone) = (actor.clone(), services.clock.now(), services.zone.clone());
    let work = services.db.write(move |tx| {
        let mut known: Vec<(ServerId, String, ServerLabels)> = Vec::new();
        for server in servers {
            // Gone, or on its way out.
            let Ok(record) = server_changes::find_lasting(tx.conn, server) else { continue };
            known.push((server, record.name, of_server(tx.conn, server)?));
        }
        let new_group = group.as_ref().and_then(Option::as_deref);
        if let Err(error) = check_room(tx.conn, new_group, &added)? {
            return Ok(Err(error));
        }
        for (_, name, labels) in &known {
            let kept = labels
                .tags
                .iter()
                .filter(|tag| !removed.iter().chain(&added).any(|other| same(Some(other), tag)));
            if kept.count() + added.len() > TAGS_OF_ONE {
                let hint = format!("“{name}” would have more than {TAGS_OF_ONE} tags: remove others first");
                return Ok(Err(Error::Invalid { field: "add", hint }));
            }
        }
        let ids: Vec<ServerId> = known.iter().map(|(server, ..)| *server).collect();
        if let Some(group) = &group {
            let concerned = labels::set_group(tx.conn, &ids, group.as_deref(), now)?;
            regrouped(tx.conn, &zone, &concerned, (&by, group.as_deref().unwrap_or_default()), now)?;
        }
        labels::change_tags(tx.conn, &ids, (&added, &removed), now)?;
        let mut changed = 0;
        let is_empty = known.is_empty();
        for (server, name, before) in known {
            let after = of_server(tx.conn, server)?;
            if before != after {
                changed += 1;
                let told = |labels: &ServerLabels| json!({ "group": labels.group, "tags": labels.tags });
                let entry = Entry::new("server.label").on("server", server.0, name);
                audit::record(tx, &by, now, entry.before(told(&before)).after(told(&after)))?;
            }
        }
        Ok(if is_empty { Err(Error::NotFound) } else { Ok(changed) })
    });
    work.await?
}

/// Tags of a list, each of which may have several that commas separate.
fn tags(field: &'static str, names: &[String]) -> Result<Vec<String>, Error> {
    let named = |error| match error {
        Error::Invalid { hint, .. } => Error::Invalid { field, hint },
        other => other,
    };
    tag_names(&names.join(",")).map_err(named)
}
