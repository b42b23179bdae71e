//! Digests: created, changed, previewed, deleted, and queued when they are due.

mod due;
mod form;
#[cfg(test)]
mod tests;

use serde_json::json;

pub use due::{next_due, queue_due};
use form::Checked;

use super::templates;
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            channels,
            digests::{self, DigestRow as Row},
            labels::{self, Kind},
        },
    },
    dto::{
        digest::{DigestForm, DigestPreview, DigestRow, DigestsPage, Every},
        report::Report,
    },
    error::Error,
    ids::{ChannelId, DigestId},
    notify::{self, About, Message, Written, timing::time_of_day},
    service::{
        Actor, Services, audit,
        audit::Entry,
        overview::report::{Period, load},
        rows::{changed_meanwhile, is_still, missing_is_not_found},
    },
    time::Timestamp,
    zone::Zone,
};

/// Most digests.
const DIGESTS: usize = 100;
/// Groups to choose from.
const GROUPS: i64 = 300;

/// The digests, and what there is to choose from.
///
/// # Errors
/// [`Error::Forbidden`] without the permission.
pub async fn list(services: &Services, actor: &Actor) -> Result<DigestsPage, Error> {
    actor.may(Permission::ViewSettings)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let site = services.zone.clone();
    let load = move |conn: &mut Connection| {
        let mut rows = Vec::new();
        for row in digests::all(conn)? {
            rows.push(shown(conn, &zone, row, &site, now)?);
        }
        let channels =
            channels::receivers(conn)?.into_iter().map(|row| (ChannelId(row.id), row.name)).collect();
        Ok(DigestsPage {
            now: zone.moment(now),
            digests: rows,
            channels,
            groups: labels::names(conn, Kind::Groups, GROUPS)?,
            zone: site.name().to_owned(),
        })
    };
    Ok(services.db.read(load).await?)
}

fn shown(
    conn: &mut Connection,
    reader: &Zone,
    row: Row,
    site: &Zone,
    now: Timestamp,
) -> Result<DigestRow, StoreError> {
    let channel = match row.channel_id {
        Some(id) => Some(channels::find(conn, ChannelId(id))?),
        None => None,
    };
    let is_group_gone = match &row.group_name {
        Some(group) => labels::find_group(conn, group)?.is_none(),
        None => false,
    };
    let last = digests::last(conn, DigestId(row.id))?.map(|(at, status, answer)| {
        let at: Timestamp = String::from(at).parse().unwrap_or_default();
        (reader.moment(at), status.into(), answer.into())
    });
    let is_sent = row.is_enabled && channel.as_ref().is_some_and(|channel| channel.is_enabled);
    let next = is_sent.then(|| zone_of(&row, site).moment(due::due(&row, site, now)));
    Ok(DigestRow {
        id: DigestId(row.id),
        next,
        is_channel_off: channel.as_ref().is_some_and(|channel| !channel.is_enabled),
        channel: channel.map(|channel| channel.name),
        is_group_gone,
        last,
        form: DigestForm {
            channel: row.channel_id.unwrap_or_default(),
            every: row.every(),
            at: time_of_day(row.second),
            name: row.name,
            group: row.group_name.unwrap_or_default(),
            weekday: row.weekday,
            month_day: row.month_day,
            zone: row.time_zone,
            is_enabled: row.is_enabled,
        },
    })
}

/// The zone of a digest; the site's, if there is no zone of its name any more.
fn zone_of(row: &Row, site: &Zone) -> Zone {
    Zone::named(&row.time_zone).unwrap_or_else(|_| site.clone())
}

/// What a digest says about a period.
pub(super) struct Summary {
    /// The name of the digest.
    pub name: String,
    /// How often it is sent.
    pub every: Every,
    /// What it is made of.
    pub report: Report,
    /// Path of the page with the whole report.
    pub path: String,
    /// Its text, unless a template has another one.
    pub written: Written,
}

fn summary(
    conn: &mut Connection,
    row: &Row,
    (from, until): digests::Period,
    site: &Zone,
    now: Timestamp,
) -> Result<Summary, StoreError> {
    let period = Period { from, until, now, zone: zone_of(row, site), site: site.clone() };
    let report = load(conn, &period, row.group_name.as_deref())?;
    let (name, every, path) = (row.name.clone(), row.every(), path(&report));
    let written = notify::digest(every, &report, path.clone());
    Ok(Summary { name, every, report, path, written })
}

/// What the first digest would say now; where there is none, a weekly one of everything. Returns whether there is one.
pub(super) fn example(
    conn: &mut Connection,
    site: &Zone,
    now: Timestamp,
) -> Result<(Summary, bool), StoreError> {
    if let Some(row) = digests::all(conn)?.into_iter().next() {
        return Ok((summary(conn, &row, due::until_now(&row, now), site, now)?, true));
    }
    let period =
        Period { from: now.plus(-7 * 86_400), until: now, now, zone: site.clone(), site: site.clone() };
    let report = load(conn, &period, None)?;
    let (every, path) = (Every::Weekly, path(&report));
    let written = notify::digest(every, &report, path.clone());
    Ok((Summary { name: "Weekly".to_owned(), every, report, path, written }, false))
}

/// The page with the whole report.
fn path(report: &Report) -> String {
    let (from, to) = (report.from.day(), report.until.plus(-1).day());
    let mut query = format!("from={from}&to={to}");
    if let Some(group) = &report.group {
        let encoded = reqwest::Url::parse_with_params("http://report/", [("group", group)]);
        query.push('&');
        query.push_str(encoded.as_ref().ok().and_then(|url| url.query()).unwrap_or_default());
    }
    format!("/report?{query}")
}

/// What a digest would say now.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::NotFound`] when there is no such digest.
pub async fn preview(services: &Services, actor: &Actor, id: DigestId) -> Result<DigestPreview, Error> {
    actor.may(Permission::ViewSettings)?;
    let (site, now) = (services.zone.clone(), services.clock.now());
    let address = services.options.public_url.clone();
    let load = move |conn: &mut Connection| {
        let row = digests::find(conn, id)?;
        let kind = match row.channel_id {
            Some(channel) => channels::find(conn, ChannelId(channel))?.config().map(|config| config.kind()),
            None => None,
        };
        let summary = summary(conn, &row, due::until_now(&row, now), &site, now)?;
        let changed = templates::shown_digest(conn, kind.unwrap_or_default(), &summary, address.as_deref())?;
        let (written, path) = (changed.unwrap_or(summary.written), summary.path);
        let message = Message {
            id: id.0,
            items: Vec::new(),
            more: 0,
            address: None,
            may_be_repeated: false,
            mute: None,
            written: Some(written),
        };
        Ok(DigestPreview { id, title: message.title(), text: message.text(), path })
    };
    services.db.read(load).await.map_err(missing_is_not_found)
}

/// A message with the text of its digest, if it is one: as things stand now. It is read without holding up what writes. `None`: the digest
/// was deleted, and the message is given up.
///
/// # Errors
/// Database errors.
pub(super) async fn fill(services: &Services, message: Message) -> Result<Option<Message>, Error> {
    let is_empty =
        |written: &Written| written.text.is_empty() && matches!(written.about, About::Digest { .. });
    if !message.written.as_ref().is_some_and(is_empty) {
        return Ok(Some(message));
    }
    let (site, now, id) = (services.zone.clone(), services.clock.now(), message.id);
    let address = message.address.clone();
    let filled = services.db.read(move |conn| {
        let Some((digest, period)) = digests::of_message(conn, id)? else { return Ok(None) };
        let row = digests::find(conn, digest)?;
        let summary = summary(conn, &row, period, &site, now)?;
        let changed = templates::written_digest(conn, id, &summary, address.as_deref())?;
        Ok(Some(changed.unwrap_or(summary.written)))
    });
    match filled.await.map_err(missing_is_not_found) {
        Ok(Some(written)) => Ok(Some(Message { written: Some(written), ..message })),
        Ok(None) | Err(Error::NotFound) => {
            services.db.write(move |tx| digests::abandon(tx.conn, id)).await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Stands for a digest whose text is read later.
pub(super) fn unwritten() -> Written {
    let about = About::Digest { path: "/report".to_owned(), is_well: false };
    Written { title: String::new(), text: String::new(), about }
}

/// Creates a digest. Its first period begins where one would have ended before.
///
/// # Errors
/// [`Error::Invalid`] when a field cannot be used.
pub async fn create(services: &Services, actor: &Actor, form: DigestForm) -> Result<DigestId, Error> {
    actor.may(Permission::ManageSettings)?;
    let checked = Checked::new(form)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            if let Some(error) = checked.conflict(tx.conn, None)? {
                return Ok(Err(error));
            }
            if digests::all(tx.conn)?.len() >= DIGESTS {
                let hint = "there are 100 digests already: delete one first".into();
                return Ok(Err(Error::Invalid { field: "name", hint }));
            }
            let covered = checked.timing().last(now, &checked.zone);
            let id = digests::create(tx.conn, checked.change(now), covered, &audit::name_of(&actor), now)?;
            let entry = Entry::new("digest.create").on("digest", id.0, checked.form.name.clone());
            audit::record(tx, &actor, now, entry.after(checked.audited()))?;
            Ok(Ok(id))
        })
        .await?
}

/// Changes a digest. It is due at the next time of its new schedule.
///
/// # Errors
/// [`Error::NotFound`] when there is no such digest; [`Error::Invalid`] when a field cannot be used.
pub async fn change(services: &Services, actor: &Actor, id: DigestId, form: DigestForm) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let checked = Checked::new(form)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            digests::find(tx.conn, id)?;
            if let Some(error) = checked.conflict(tx.conn, Some(id))? {
                return Ok(Err(error));
            }
            digests::change(tx.conn, id, checked.change(now))?;
            let entry = Entry::new("digest.change").on("digest", id.0, checked.form.name.clone());
            audit::record(tx, &actor, now, entry.after(checked.audited()))?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)?
}

/// Deletes a digest; what waits of it is not sent. `named` is the name that the question named; empty names none.
///
/// # Errors
/// [`Error::NotFound`] when there is no such digest; [`Error::Invalid`] when it is not the one that was named.
pub async fn delete(services: &Services, actor: &Actor, id: DigestId, named: &str) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let (actor, now, named) = (actor.clone(), services.clock.now(), named.to_owned());
    services
        .db
        .write(move |tx| {
            let known = digests::find(tx.conn, id)?;
            if !is_still(&named, &known.name) {
                return Ok(Err(changed_meanwhile("digest")));
            }
            digests::delete(tx.conn, id)?;
            let entry = Entry::new("digest.delete").on("digest", id.0, known.name);
            audit::record(tx, &actor, now, entry)?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)?
}

/// Sends a digest now. That changes nothing about when it is due.
///
/// # Errors
/// [`Error::NotFound`] when there is no such digest; [`Error::Invalid`] when it has no channel, or the channel is disabled.
pub async fn send_now(services: &Services, actor: &Actor, id: DigestId) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let row = digests::find(tx.conn, id)?;
            let channel = match row.channel_id {
                Some(channel) => channels::find(tx.conn, ChannelId(channel))?.is_enabled,
                None => false,
            };
            if !channel {
                let hint = "choose a channel that is enabled".into();
                return Ok(Err(Error::Invalid { field: "channel", hint }));
            }
            // A second click within the same second is the same digest.
            digests::queue(tx.conn, &row, due::until_now(&row, now), now)?;
            let entry = Entry::new("digest.send").on("digest", id.0, row.name.clone());
            audit::record(tx, &actor, now, entry.after(json!({ "channel": row.channel_id })))?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)?
}
