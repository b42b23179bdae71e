//! What is set for a group, a server or everything, as its page shows it.

use super::{
    job_parts::{pauses, windows},
    preview::{Tried, preview, scope_of},
    rule_form,
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            labels,
            lists::{self, ListScope},
            noticing::settings::{self, Scope},
            server_changes, servers,
        },
    },
    dto::schedules::{Defaults, DefaultsPage, DefaultsQuery},
    error::Error,
    ids::{GroupId, ServerId},
    noticing::{checks::CheckKind, settings::StoredSettings},
    service::{
        Actor, Services,
        rows::{count, missing_is_not_found},
    },
    time::Timestamp,
    zone::Zone,
};

/// What is set.
///
/// # Errors
/// [`Error::NotFound`] when there is no such server or group.
pub async fn show(services: &Services, actor: &Actor, query: DefaultsQuery) -> Result<DefaultsPage, Error> {
    actor.may(Permission::ManageMonitoring)?;
    let (zone, now, site) = (actor.zone(services), services.clock.now(), services.zone.clone());
    let of = query.of;
    let page = services.db.read(move |conn| load(conn, (&zone, &site), of, now)).await;
    let mut page = page.map_err(missing_is_not_found)?;
    if let Some(form) = query.form {
        page.preview = Some(preview(services, actor, Tried::Defaults(of, page.jobs), &form).await?);
        page.form = form;
    }
    Ok(page)
}

fn load(
    conn: &mut Connection,
    (zone, site): (&Zone, &Zone),
    of: Defaults,
    now: Timestamp,
) -> Result<DefaultsPage, StoreError> {
    let About { name, jobs, servers, group } = about(conn, of)?;
    let wider = match (of, &group) {
        (Defaults::Server(_), Some((group, _))) => vec![Scope::Group(*group), Scope::Site],
        (Defaults::Site, _) => Vec::new(),
        _ => vec![Scope::Site],
    };
    let scopes: Vec<Scope> = [scope_of(of)].into_iter().chain(wider).collect();
    let mut own = None;
    let mut zones = None;
    for scope in &scopes {
        let rule = settings::rule(conn, *scope)?;
        if own.is_some() {
            zones = zones.or_else(|| rule.zone.clone());
        }
        own = own.or(Some(rule));
    }
    let own = own.unwrap_or_default();
    let inherited = StoredSettings { zone: zones, ..StoredSettings::default() }.at(now, site);
    let off = own.off.clone().unwrap_or_default();
    Ok(DefaultsPage {
        now: zone.moment(now),
        of,
        name,
        jobs,
        servers,
        group,
        form: rule_form::of(&own, None),
        zone: inherited.zone.name().to_owned(),
        preview: None,
        checks: CheckKind::ALL
            .into_iter()
            .map(|kind| (kind.as_str().to_owned(), off.contains(&kind)))
            .collect(),
        pauses: pauses(conn, zone, &scopes, now)?,
        windows: windows(conn, zone, &scopes, now)?,
    })
}

/// What it is called, and what belongs to it.
struct About {
    name: String,
    jobs: i64,
    servers: i64,
    group: Option<(GroupId, String)>,
}

fn about(conn: &mut Connection, of: Defaults) -> Result<About, StoreError> {
    match of {
        Defaults::Site => {
            let jobs = lists::totals(conn, ListScope::Site)?.jobs();
            Ok(About { name: String::new(), jobs, servers: servers::count(conn)?, group: None })
        }
        Defaults::Group(group) => Ok(About {
            name: labels::group_name(conn, group)?,
            jobs: lists::totals(conn, ListScope::Group(group))?.jobs(),
            servers: lists::count(conn, Some(group), None)?,
            group: None,
        }),
        Defaults::Server(server) => of_server(conn, server),
    }
}

fn of_server(conn: &mut Connection, server: ServerId) -> Result<About, StoreError> {
    let record = server_changes::find_lasting(conn, server)?;
    Ok(About {
        name: record.display_name().to_owned(),
        jobs: count(crate::db::tables::jobs::listed(conn, &[server])?.len()),
        servers: 1,
        group: labels::group_of(conn, server)?,
    })
}
