//! What is set for a group, for the servers that come into it and leave it.
//!
//! A pause or a window of the group excuses the slots that lay in it for good: a server that leaves the group takes them along. What was over
//! before a server came into the group never concerned it. And where another schedule counts from then on, its slots count from then on.

use diesel::{dsl::exists, prelude::*};

use super::{
    pauses,
    settings::{self, Rule, Scope},
    windows,
};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::OptionalLossyText,
        schema::{maintenance_windows, monitoring_rules, pauses as pause_rows, servers},
    },
    ids::{GroupId, JobRef, ServerId},
    noticing::{
        schedule::Schedule,
        settings::{Span, Window},
    },
    time::Timestamp,
};

/// Whether anything is set for a group, or was.
///
/// # Errors
/// Database errors.
pub fn is_set(conn: &mut Connection, group: GroupId) -> Result<bool, StoreError> {
    let rules = monitoring_rules::table.filter(monitoring_rules::group_id.eq(group.0));
    let pauses = pause_rows::table.filter(pause_rows::group_id.eq(group.0));
    let windows = maintenance_windows::table.filter(maintenance_windows::group_id.eq(group.0));
    Ok(diesel::select(exists(rules).or(exists(pauses)).or(exists(windows))).get_result(conn)?)
}

/// Since when a server is in its group; `None`: always.
fn since(conn: &mut Connection, server: ServerId) -> Result<Option<Timestamp>, StoreError> {
    let since: Option<OptionalLossyText> =
        servers::table.find(server.0).select(servers::group_since).first(conn).optional()?;
    let since: Option<String> = since.and_then(Into::into);
    Ok(since.and_then(|at| at.parse().ok()))
}

/// What of a span is after a time.
fn span_since(span: Span, since: Timestamp) -> Option<Span> {
    let span = Span { from: span.from.max(since), ..span };
    span.until.is_none_or(|until| until > span.from).then_some(span)
}

/// What of a window is after a time.
fn window_since(window: Window, since: Timestamp) -> Option<Window> {
    match window {
        Window::Once(span) => span_since(span, since).map(Window::Once),
        repeated => repeated.is_ahead(since).then_some(repeated),
    }
}

/// The pauses and maintenance windows of a group that concern a server in it.
pub(super) fn excused(
    conn: &mut Connection,
    group: GroupId,
    server: ServerId,
) -> Result<(Vec<Span>, Vec<Window>), StoreError> {
    let (pauses, windows) = settings::excused(conn, Scope::Group(group))?;
    if pauses.is_empty() && windows.is_empty() {
        return Ok((pauses, windows));
    }
    let Some(since) = since(conn, server)? else { return Ok((pauses, windows)) };
    let pauses = pauses.into_iter().filter_map(|span| span_since(span, since)).collect();
    let windows = windows.into_iter().filter_map(|window| window_since(window, since)).collect();
    Ok((pauses, windows))
}

/// Copies the pauses and windows of a group that concern a server to the server or to one of its jobs. With `end`, what lasts longer ends
/// then, and what begins later is none.
fn copy_excuses(
    conn: &mut Connection,
    (group, server): (GroupId, ServerId),
    to: Scope,
    end: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let since = since(conn, server)?.unwrap_or(Timestamp::MIN);
    for row in pauses::since(conn, Scope::Group(group), since)? {
        let Some(span) = row.span().and_then(|span| span_since(span, since)) else { continue };
        let span = match end {
            Some(end) if span.from >= end => continue,
            Some(end) => Span { until: Some(span.until.map_or(end, |until| until.min(end))), ..span },
            None => span,
        };
        pauses::start(conn, to, span, (&row.reason, &row.created_by), now)?;
    }
    for row in windows::of(conn, Scope::Group(group))? {
        let window = row.window().and_then(|window| window_since(window, since));
        let window = match end {
            Some(end) => window.and_then(|window| window.ended(end)),
            None => window,
        };
        if let Some(window) = window {
            windows::add(conn, to, &window, (&row.name, &row.created_by), now)?;
        }
    }
    Ok(())
}

/// A schedule, its zone, and the zone of the job.
type WhenAndWhere = (Option<Schedule>, Option<String>, Option<String>);

/// The schedule and the zones that count for a server in a group.
fn schedule_in(
    conn: &mut Connection,
    server: ServerId,
    group: Option<GroupId>,
) -> Result<WhenAndWhere, StoreError> {
    let mut all = settings::rule(conn, Scope::Server(server))?;
    for scope in group.map(Scope::Group).into_iter().chain([Scope::Site]) {
        all = all.or(settings::rule(conn, scope)?);
    }
    Ok((all.schedule, all.schedule_zone, all.zone))
}

/// A server goes from one group to another, or from or to none: called before it goes. Returns whether anything is set for one of them, so
/// that the jobs of the server have to be judged again.
///
/// # Errors
/// Database errors.
pub fn goes(
    conn: &mut Connection,
    server: ServerId,
    (from, to): (Option<GroupId>, Option<GroupId>),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut concerns = false;
    for group in [from, to].into_iter().flatten() {
        concerns |= is_set(conn, group)?;
    }
    if !concerns {
        return Ok(false);
    }
    if let Some(from) = from {
        copy_excuses(conn, (from, server), Scope::Server(server), Some(now), now)?;
    }
    if schedule_in(conn, server, from)? != schedule_in(conn, server, to)? {
        let own = settings::rule(conn, Scope::Server(server))?;
        let own = Rule { schedule_set: Some(now), ..own };
        settings::set_rule(conn, Scope::Server(server), &own)?;
    }
    Ok(true)
}

/// Gives what is set for the group of a server to the server itself, where nothing is set for it: the group becomes one with another one.
///
/// # Errors
/// Database errors.
pub fn settle_on_server(
    conn: &mut Connection,
    group: GroupId,
    server: ServerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    copy_excuses(conn, (group, server), Scope::Server(server), None, now)?;
    let own = settings::rule(conn, Scope::Server(server))?;
    let of_group = settings::rule(conn, Scope::Group(group))?;
    settings::set_rule(conn, Scope::Server(server), &own.or(of_group))
}

/// Deletes everything that is set for a group.
///
/// # Errors
/// Database errors.
pub fn clear(conn: &mut Connection, group: GroupId) -> Result<(), StoreError> {
    diesel::delete(monitoring_rules::table.filter(monitoring_rules::group_id.eq(group.0))).execute(conn)?;
    diesel::delete(pause_rows::table.filter(pause_rows::group_id.eq(group.0))).execute(conn)?;
    diesel::delete(maintenance_windows::table.filter(maintenance_windows::group_id.eq(group.0)))
        .execute(conn)?;
    Ok(())
}

/// Gives what is set for the group of a job's server to a job of another server with which it becomes one. In the same group nothing changes
/// but that what is excused stays excused. Returns what was set for the group, which goes where nothing else is set.
pub(super) fn follow_job(
    conn: &mut Connection,
    job: JobRef,
    to: JobRef,
    now: Timestamp,
) -> Result<Rule, StoreError> {
    let group_of = |conn: &mut Connection, server: ServerId| -> Result<Option<GroupId>, StoreError> {
        let group: Option<i64> = servers::table.find(server.0).select(servers::group_id).first(conn)?;
        Ok(group.map(GroupId))
    };
    let Some(group) = group_of(conn, job.server)? else { return Ok(Rule::default()) };
    let is_same = group_of(conn, to.server)? == Some(group);
    copy_excuses(conn, (group, job.server), Scope::Job(to.id), is_same.then_some(now), now)?;
    if is_same { Ok(Rule::default()) } else { settings::rule(conn, Scope::Group(group)) }
}
