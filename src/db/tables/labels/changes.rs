//! Groups and tags that are given, renamed, merged and deleted.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{Kind, find_group, find_tag, group_of, key, of_job, of_server};
use crate::{
    db::{
        Connection, StoreError,
        engine::{
            dynamic::{self, Value},
            lossy_text::LossyText,
            prepared::last_id,
        },
        schema::{
            job_tags, maintenance_windows, monitoring_rules, pauses, server_groups, server_tags, servers,
            shared_links, tags,
        },
        tables::{
            lists::{self, ListScope},
            noticing::groups,
            shared_links as links,
        },
    },
    ids::{GroupId, JobId, ServerId, TagId},
    time::Timestamp,
};

/// Puts servers into the group of this name, which is made if there is none, or into none. Returns those of which something else may be set
/// then: their jobs have to be judged again.
///
/// # Errors
/// Database errors.
pub fn set_group(
    conn: &mut Connection,
    of: &[ServerId],
    name: Option<&str>,
    now: Timestamp,
) -> Result<Vec<ServerId>, StoreError> {
    let new = match name {
        None => None,
        Some(name) => Some(match find_group(conn, name)? {
            Some(known) => known,
            None => GroupId(make(conn, Kind::Groups, name, now)?),
        }),
    };
    let concerned = move_servers(conn, of, new, now)?;
    delete_unused(conn)?;
    Ok(concerned)
}

/// Puts servers into a group or into none. Returns those of which something else may be set then.
fn move_servers(
    conn: &mut Connection,
    of: &[ServerId],
    new: Option<GroupId>,
    now: Timestamp,
) -> Result<Vec<ServerId>, StoreError> {
    let (mut concerned, mut changed) = (Vec::new(), BTreeSet::new());
    for server in of {
        let old: Option<i64> = servers::table.find(server.0).select(servers::group_id).first(conn)?;
        let old = old.map(GroupId);
        if old == new {
            continue;
        }
        if groups::goes(conn, *server, (old, new), now)? {
            concerned.push(*server);
        }
        diesel::update(servers::table.find(server.0))
            .set((
                servers::group_id.eq(new.map(|group| group.0)),
                servers::group_since.eq(new.map(|_| now.to_string())),
            ))
            .execute(conn)?;
        changed.extend([old, new].into_iter().flatten());
    }
    changed.into_iter().try_for_each(|group| lists::recount(conn, ListScope::Group(group)))?;
    Ok(concerned)
}

/// The group of an id.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn group_name(conn: &mut Connection, group: GroupId) -> Result<String, StoreError> {
    let name: LossyText = server_groups::table.find(group.0).select(server_groups::name).first(conn)?;
    Ok(name.into())
}

/// The servers of a group.
///
/// # Errors
/// Database errors.
pub fn members(conn: &mut Connection, group: GroupId) -> Result<Vec<ServerId>, StoreError> {
    let ids: Vec<i64> = servers::table
        .filter(servers::group_id.eq(group.0))
        .order(servers::id)
        .select(servers::id)
        .load(conn)?;
    Ok(ids.into_iter().map(ServerId).collect())
}

/// Gives a group another name. If there is a group of that name already, both become one: the servers go to that one, and what was set for
/// the group is set for each of them instead. Returns those of which something else may be set then.
///
/// # Errors
/// Database errors.
pub fn rename_group(
    conn: &mut Connection,
    group: GroupId,
    name: &str,
    now: Timestamp,
) -> Result<Vec<ServerId>, StoreError> {
    match find_group(conn, name)? {
        Some(other) if other != group => {
            let (members, was_set) = (members(conn, group)?, groups::is_set(conn, group)?);
            for server in &members {
                groups::settle_on_server(conn, group, *server, now)?;
            }
            groups::clear(conn, group)?;
            links::merge_groups(conn, group, other)?;
            let concerned = move_servers(conn, &members, Some(other), now)?;
            diesel::delete(server_groups::table.find(group.0)).execute(conn)?;
            Ok(if was_set { members } else { concerned })
        }
        _ => {
            diesel::update(server_groups::table.find(group.0))
                .set((server_groups::name.eq(name), server_groups::name_key.eq(key(name))))
                .execute(conn)?;
            Ok(Vec::new())
        }
    }
}

/// Deletes a group with what is set for it; its servers are in none then. Returns those of which something else may be set then.
///
/// # Errors
/// Database errors.
pub fn delete_group(
    conn: &mut Connection,
    group: GroupId,
    now: Timestamp,
) -> Result<Vec<ServerId>, StoreError> {
    let members = members(conn, group)?;
    let concerned = move_servers(conn, &members, None, now)?;
    diesel::delete(server_groups::table.find(group.0)).execute(conn)?;
    Ok(concerned)
}

fn make(conn: &mut Connection, kind: Kind, name: &str, now: Timestamp) -> Result<i64, StoreError> {
    let sql = format!("INSERT INTO {} (name, name_key, created_at) VALUES (?, ?, ?)", kind.names().0);
    let text = |text: String| Value::Text(text.into_bytes());
    dynamic::execute(conn, &sql, &[text(name.to_owned()), text(key(name)), text(now.to_string())])?;
    last_id(conn)
}

/// What has a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tagged {
    /// A server, with all of its jobs.
    Server(ServerId),
    /// A job.
    Job(JobId),
}

/// Gives a server or a job these tags and no others; those that are not there are made.
///
/// # Errors
/// Database errors.
pub fn set_tags(
    conn: &mut Connection,
    of: Tagged,
    wanted: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = match of {
        Tagged::Server(server) => of_server(conn, server)?,
        Tagged::Job(job) => of_job(conn, job)?,
    };
    let mut ids = Vec::with_capacity(wanted.len());
    for name in wanted {
        ids.push(match find_tag(conn, name)? {
            Some(known) => known,
            None => TagId(make(conn, Kind::Tags, name, now)?),
        });
    }
    let gone = known.iter().map(|(id, _)| *id).filter(|id| !ids.contains(id)).collect::<Vec<_>>();
    let added = ids.iter().copied().filter(|id| !known.iter().any(|(other, _)| other == id));
    for tag in &gone {
        match of {
            Tagged::Server(server) => {
                diesel::delete(server_tags::table.find((tag.0, server.0))).execute(conn)?
            }
            Tagged::Job(job) => diesel::delete(job_tags::table.find((tag.0, job.0))).execute(conn)?,
        };
        lists::recount(conn, ListScope::Tag(*tag))?;
    }
    for tag in added {
        add(conn, of, tag)?;
    }
    delete_unused(conn)
}

/// Gives servers tags besides those that they have, and takes others from them; those that are not there are made.
///
/// # Errors
/// Database errors.
pub fn change_tags(
    conn: &mut Connection,
    of: &[ServerId],
    (added, removed): (&[String], &[String]),
    now: Timestamp,
) -> Result<(), StoreError> {
    for name in added {
        let tag = match find_tag(conn, name)? {
            Some(known) => known,
            None => TagId(make(conn, Kind::Tags, name, now)?),
        };
        for server in of {
            diesel::insert_or_ignore_into(server_tags::table)
                .values((server_tags::tag_id.eq(tag.0), server_tags::server_id.eq(server.0)))
                .execute(conn)?;
        }
        lists::recount(conn, ListScope::Tag(tag))?;
    }
    for name in removed {
        let Some(tag) = find_tag(conn, name)? else { continue };
        let rows = server_tags::table
            .filter(server_tags::tag_id.eq(tag.0))
            .filter(server_tags::server_id.eq_any(of.iter().map(|server| server.0)));
        diesel::delete(rows).execute(conn)?;
        lists::recount(conn, ListScope::Tag(tag))?;
    }
    delete_unused(conn)
}

fn add(conn: &mut Connection, of: Tagged, tag: TagId) -> Result<(), StoreError> {
    match of {
        Tagged::Server(server) => diesel::insert_or_ignore_into(server_tags::table)
            .values((server_tags::tag_id.eq(tag.0), server_tags::server_id.eq(server.0)))
            .execute(conn)?,
        Tagged::Job(job) => diesel::insert_or_ignore_into(job_tags::table)
            .values((job_tags::tag_id.eq(tag.0), job_tags::job_id.eq(job.0)))
            .execute(conn)?,
    };
    lists::recount(conn, ListScope::Tag(tag))
}

/// Gives the group and the tags of a server to another one that becomes one with it: its own group stays. Returns the servers of which something
/// else may be set then.
///
/// # Errors
/// Database errors.
pub fn merge_servers(
    conn: &mut Connection,
    from: ServerId,
    into: ServerId,
    now: Timestamp,
) -> Result<Vec<ServerId>, StoreError> {
    let concerned = match (group_of(conn, into)?, group_of(conn, from)?) {
        (None, Some((group, _))) => move_servers(conn, &[into], Some(group), now)?,
        _ => Vec::new(),
    };
    for (tag, _) in of_server(conn, from)? {
        add(conn, Tagged::Server(into), tag)?;
    }
    Ok(concerned)
}

/// Gives the tags of a job to another one that becomes one with it.
///
/// # Errors
/// Database errors.
pub fn merge_jobs(conn: &mut Connection, from: JobId, into: JobId) -> Result<(), StoreError> {
    for (tag, _) in of_job(conn, from)? {
        add(conn, Tagged::Job(into), tag)?;
    }
    Ok(())
}

/// Deletes groups and tags that nothing has any more. A group for which something is set stays: it is not lost while its only server is
/// replaced.
///
/// # Errors
/// Database errors.
pub fn delete_unused(conn: &mut Connection) -> Result<(), StoreError> {
    use diesel::dsl::{exists, not};
    let group = server_groups::id.nullable();
    diesel::delete(
        server_groups::table
            .filter(not(exists(servers::table.filter(servers::group_id.eq(group)))))
            .filter(not(exists(monitoring_rules::table.filter(monitoring_rules::group_id.eq(group)))))
            .filter(not(exists(pauses::table.filter(pauses::group_id.eq(group)))))
            .filter(not(exists(maintenance_windows::table.filter(maintenance_windows::group_id.eq(group)))))
            .filter(not(exists(shared_links::table.filter(shared_links::group_id.eq(group))))),
    )
    .execute(conn)?;
    let of_servers = server_tags::table.filter(server_tags::tag_id.eq(tags::id));
    let of_jobs = job_tags::table.filter(job_tags::tag_id.eq(tags::id));
    diesel::delete(tags::table.filter(not(exists(of_servers))).filter(not(exists(of_jobs)))).execute(conn)?;
    Ok(())
}
