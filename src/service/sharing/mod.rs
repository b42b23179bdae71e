//! Shared links: addresses that open a feed, a calendar, a kiosk page or a status page without signing in. There are none until somebody with
//! the permission creates them. A token is made of the row and a signature, so the database contains none, and who deletes the row revokes it.

pub mod calendar;
pub mod feed;
pub mod kiosk;
pub mod status;
pub(in crate::service) mod subject;
mod token;

use serde_json::{Value, json};

use self::{
    status::Checked,
    subject::name_of,
    token::{NONCE, purpose},
};
use crate::{
    access::Permission,
    crypto::token::{random_text, sha256_hex},
    db::{
        Connection, StoreError, Tx,
        tables::{
            labels,
            shared_links::{self as rows, SharedLinkChange, SharedLinkRow},
        },
    },
    dto::sharing::{LinkKind, LinkRow, SharingPage, StatusForm, Subject},
    error::Error,
    ids::SharedLinkId,
    service::{
        Actor, Services, audit,
        audit::Entry,
        programs::badges,
        rows::{changed_meanwhile, is_still, missing_is_not_found},
        session::Caller,
    },
    zone::Zone,
};

/// Most links.
const LINKS: usize = 200;
/// Groups that are offered.
const GROUPS: i64 = 300;

/// The links, the badge of what is shown, and what there is to choose from. `root` is where this page was opened, with the base path and without a
/// slash at the end: addresses begin with it if no public URL is set.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::NotFound`] when what it is about is gone; [`Error::Invalid`] without a key.
pub async fn page(
    services: &Services,
    actor: &Actor,
    about: Subject,
    root: &str,
) -> Result<SharingPage, Error> {
    actor.may(Permission::ManageSharedLinks)?;
    let root = services.options.public_url.clone().unwrap_or_else(|| root.to_owned());
    let badge_path = format!("/badge/{}.svg", badges::token(services, actor, about).await?);
    let zone = actor.zone(services);
    let load = move |conn: &mut Connection| {
        let mut links = Vec::new();
        for row in rows::all(conn)? {
            let name = name_of(conn, row.about())?;
            links.push((row, name));
        }
        Ok((links, name_of(conn, about)?, labels::groups(conn, GROUPS)?))
    };
    let (links, name, groups) = services.db.read(load).await.map_err(missing_is_not_found)?;
    let links = links.into_iter().filter_map(|(row, name)| shown(services, &zone, &root, row, name));
    Ok(SharingPage {
        about,
        name,
        badge: format!("{root}{badge_path}"),
        badge_path,
        groups,
        links: links.collect(),
    })
}

fn shown(services: &Services, zone: &Zone, root: &str, row: SharedLinkRow, name: String) -> Option<LinkRow> {
    let kind = row.kind()?;
    let end = match &row.name {
        Some(name) => name.clone(),
        None => token_of(services, kind, &row)?,
    };
    Some(LinkRow {
        id: SharedLinkId(row.id),
        kind,
        about: row.about(),
        name,
        url: format!("{root}{}", kind.path(&end)),
        form: StatusForm {
            shows: row.fields().into_iter().map(|field| field.as_str().to_owned()).collect(),
            title: row.title,
            name: row.name.unwrap_or_default(),
        },
        by: row.created_by,
        created: zone.moment(row.created_at.parse().unwrap_or_default()),
    })
}

fn token_of(services: &Services, kind: LinkKind, row: &SharedLinkRow) -> Option<String> {
    let sign = |text: &[u8]| services.secrets.sign(&purpose(kind), text);
    token::token(SharedLinkId(row.id), &row.nonce, sign)
}

/// The error when nothing can be signed.
pub(in crate::service) fn no_key() -> Error {
    Error::Invalid { field: "address", hint: "the encryption key cannot be read: see the page Health".into() }
}

/// Creates the address of a feed, a calendar or a kiosk page. Those of status pages are created by [`save_status_page`].
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::NotFound`] when what it is about is gone; [`Error::Invalid`] when there are too many.
pub async fn create(
    services: &Services,
    actor: &Actor,
    kind: LinkKind,
    about: Subject,
) -> Result<SharedLinkId, Error> {
    if kind == LinkKind::Status {
        return Err(Error::Invalid { field: "kind", hint: "use feed, calendar or kiosk".into() });
    }
    insert(services, actor, (kind, about), SharedLinkChange::default()).await
}

/// Creates the status page of a group, or changes the one of `link`.
///
/// # Errors
/// As [`create`]; [`Error::Invalid`] when a field cannot be used, or another page has this name.
pub async fn save_status_page(
    services: &Services,
    actor: &Actor,
    link: Option<SharedLinkId>,
    about: Subject,
    form: &StatusForm,
) -> Result<SharedLinkId, Error> {
    actor.may(Permission::ManageSharedLinks)?;
    let Checked(wanted) = form.try_into()?;
    let Some(id) = link else {
        if !matches!(about, Subject::Group(_)) {
            return Err(Error::Invalid { field: "about", hint: "choose a group".into() });
        }
        return insert(services, actor, (LinkKind::Status, about), wanted).await;
    };
    let (by, now) = (actor.clone(), services.clock.now());
    let work = move |tx: &mut Tx<'_>| {
        let before = rows::find(tx.conn, id)?;
        if before.kind() != Some(LinkKind::Status) {
            return Ok(Err(Error::NotFound));
        }
        if let Err(error) = check_name(tx.conn, wanted.name.as_deref(), Some(id))? {
            return Ok(Err(error));
        }
        rows::change(tx.conn, id, wanted)?;
        let after = rows::find(tx.conn, id)?;
        if before != after {
            let entry = entry(tx.conn, "sharing.change", &after)?.before(told(&before)).after(told(&after));
            audit::record(tx, &by, now, entry)?;
        }
        Ok(Ok(id))
    };
    services.db.write(work).await.map_err(missing_is_not_found)?
}

async fn insert(
    services: &Services,
    actor: &Actor,
    (kind, about): (LinkKind, Subject),
    wanted: SharedLinkChange,
) -> Result<SharedLinkId, Error> {
    actor.may(Permission::ManageSharedLinks)?;
    // A link without a token would be of no use.
    services.secrets.sign(&purpose(kind), &[]).ok_or_else(no_key)?;
    let nonce = random_text(NONCE).map_err(|error| Error::Internal(Box::new(error)))?;
    let (by, now) = (actor.clone(), services.clock.now());
    let work = move |tx: &mut Tx<'_>| {
        name_of(tx.conn, about)?;
        if rows::all(tx.conn)?.len() >= LINKS {
            let hint = format!("there are {LINKS} links already: delete one that nobody uses");
            return Ok(Err(Error::Invalid { field: "kind", hint }));
        }
        if let Err(error) = check_name(tx.conn, wanted.name.as_deref(), None)? {
            return Ok(Err(error));
        }
        let id = rows::create(tx.conn, (kind, about), wanted, &nonce, &audit::name_of(&by), now)?;
        let row = rows::find(tx.conn, id)?;
        let entry = entry(tx.conn, "sharing.create", &row)?.after(told(&row));
        audit::record(tx, &by, now, entry)?;
        Ok(Ok(id))
    };
    services.db.write(work).await.map_err(missing_is_not_found)?
}

/// Whether a name is free.
fn check_name(
    conn: &mut Connection,
    name: Option<&str>,
    own: Option<SharedLinkId>,
) -> Result<Result<(), Error>, StoreError> {
    let Some(name) = name else { return Ok(Ok(())) };
    let other = rows::find_named(conn, name)?.filter(|row| Some(SharedLinkId(row.id)) != own);
    Ok(match other {
        Some(_) => Err(Error::Invalid { field: "name", hint: "another status page has this address".into() }),
        None => Ok(()),
    })
}

/// Deletes a link: its address opens nothing any more. `named` is what the question called it; a program leaves it empty.
///
/// # Errors
/// [`Error::NotFound`] when there is no such link; [`Error::Invalid`] when it is about something else by now.
pub async fn delete(services: &Services, actor: &Actor, id: SharedLinkId, named: &str) -> Result<(), Error> {
    actor.may(Permission::ManageSharedLinks)?;
    let (by, now, named) = (actor.clone(), services.clock.now(), named.to_owned());
    let work = move |tx: &mut Tx<'_>| {
        let row = rows::find(tx.conn, id)?;
        if !is_still(&named, &row.about().to_string()) {
            return Ok(Err(changed_meanwhile("name")));
        }
        let entry = entry(tx.conn, "sharing.delete", &row)?.before(told(&row));
        rows::delete(tx.conn, id)?;
        audit::record(tx, &by, now, entry)?;
        Ok(Ok(()))
    };
    services.db.write(work).await.map_err(missing_is_not_found)?
}

fn entry(conn: &mut Connection, action: &'static str, row: &SharedLinkRow) -> Result<Entry, StoreError> {
    Ok(Entry::new(action).on("shared_link", row.id, name_of(conn, row.about())?))
}

/// What the audit log says of a link: never its nonce.
fn told(row: &SharedLinkRow) -> Value {
    let about = row.about().to_string();
    match row.kind() {
        Some(LinkKind::Status) => {
            json!({ "kind": row.kind, "about": about, "name": row.name, "title": row.title, "fields": row.fields })
        }
        _ => json!({ "kind": row.kind, "about": about }),
    }
}

/// The link of a token for what it opens. An address that sends too many wrong ones has to wait.
async fn open(
    services: &Services,
    caller: &Caller,
    kind: LinkKind,
    token: &str,
) -> Result<SharedLinkRow, Error> {
    let is_signed = |text: &[u8], tag: &[u8]| services.secrets.is_signed(&purpose(kind), text, tag);
    let Some((id, nonce)) = token::read(token, is_signed) else { return Err(services.wrong_link(caller)) };
    let row = services.db.read(move |conn| rows::find(conn, id)).await.map_err(missing_is_not_found)?;
    // A page with a name has no other address.
    if row.nonce != nonce || row.name.is_some() { Err(Error::NotFound) } else { Ok(row) }
}

/// An identifier (RFC 9562, version 8) that is the same whenever it is made of the same text for the same link, and tells nothing of either.
fn stable_id(row: &SharedLinkRow, text: &str) -> String {
    let hash = sha256_hex(&format!("{} {text}", row.nonce));
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}
