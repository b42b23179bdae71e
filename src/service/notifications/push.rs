//! Browsers in which users are told: a user subscribes each of them, and it becomes a channel of the user. Rules, quiet hours and history
//! treat it as any other.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    channels::{CHANNELS, Checked, open, store},
    test_message::send_test_to,
};
use crate::{
    access::Permission,
    db::{
        StoreError, StoreErrorKind, Tx,
        tables::{
            channels::{self, ChannelRow},
            settings,
        },
    },
    dto::{
        channel::{ChannelForm, TestResult},
        push::{PushForm, PushPage, PushRow, SharedChannel},
    },
    error::Error,
    ids::{ChannelId, UserId},
    notify::{Channel, PushKeys, new_site_key, public_key},
    service::{
        Actor, Services, audit,
        audit::Entry,
        rows::{missing_is_not_found, moment},
        settings::imported::{PUSH_KEY, sealed_place},
    },
    shorten::shorten,
    time::Timestamp,
    topic::Topic,
};

/// Most browsers of a user.
const BROWSERS: usize = 10;
/// Longest name of a channel: characters.
const NAME: usize = 55;

/// What a user is told, and in which browsers. The key of the site is made at first use.
///
/// # Errors
/// [`Error::Forbidden`] unless the actor is a user with a session.
pub async fn page(services: &Services, actor: &Actor) -> Result<PushPage, Error> {
    let user = actor.person()?.user;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let is_there = services.db.read(|conn| settings::get(conn, PUSH_KEY)).await?.is_some();
    // A site whose database is not written shows what there is.
    let key = match services.db.read_only_cause() {
        Some(_) if !is_there => None,
        _ => site_key(services).await.inspect_err(|error| tracing::warn!(%error, "no key for web push")).ok(),
    };
    let rows = services.db.read(channels::all).await?;
    let quiet_until = |row: &ChannelRow| {
        let until = row.quiet().map(|quiet| quiet.release(Topic::Recovered, true, now));
        until.filter(|until| *until > now).map(|until| zone.moment(until))
    };
    let shared = rows.iter().filter(|row| row.takes_messages());
    let shared = shared.filter(|row| row.config().is_none_or(|config| config.user().is_none())).map(|row| {
        SharedChannel {
            id: ChannelId(row.id),
            name: row.name.clone(),
            topics: row.topics(),
            is_enabled: row.is_enabled,
            failing_since: moment(&zone, row.failing_since.as_deref()),
            quiet_until: quiet_until(row),
        }
    });
    let shared = shared.collect();
    let browsers = rows.into_iter().filter(|row| is_of(row, user)).map(|row| {
        let failing = moment(&zone, row.failing_since.as_deref());
        PushRow {
            quiet_until: quiet_until(&row),
            id: ChannelId(row.id),
            topics: row.topics(),
            is_enabled: row.is_enabled,
            delivered: moment(&zone, row.delivered_at.as_deref()),
            failing: failing.zip(row.failure),
            name: row.name,
        }
    });
    let (browsers, topics) = (browsers.collect(), topics_of(actor));
    let key = key.and_then(|key| public_key(&key));
    Ok(PushPage { now: zone.moment(now), key, topics, browsers, shared })
}

/// What a user may hear of: the health of this program is nothing for those who may not see it.
fn topics_of(actor: &Actor) -> Vec<Topic> {
    let is_allowed = actor.may(Permission::ViewDatabase).is_ok();
    Topic::listed().filter(|topic| is_allowed || *topic != Topic::System).collect()
}

fn is_of(row: &ChannelRow, user: UserId) -> bool {
    row.config().and_then(|config| config.user()) == Some(user)
}

/// The key pair of this site. One that does not open any more is replaced: browsers have to subscribe again.
async fn site_key(services: &Services) -> Result<String, Error> {
    let known = services.db.read(|conn| settings::find(conn, PUSH_KEY)).await?;
    let opened = known.and_then(|(row, sealed)| {
        let plain = services.secrets.open(sealed_place(row), &sealed?).ok()?;
        Some(plain.expose_secret().to_owned())
    });
    if let Some(key) = opened {
        return Ok(key);
    }
    let (services_, now) = (services.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let other = |text: String| StoreError::new(StoreErrorKind::Other, text);
            let row = match settings::find(tx.conn, PUSH_KEY)? {
                Some((row, _)) => row,
                None => settings::create(tx.conn, PUSH_KEY, now)?,
            };
            let key = new_site_key().ok_or_else(|| other("no random numbers".to_owned()))?;
            let sealed = services_.secrets.seal(sealed_place(row), &SecretString::from(key.clone()));
            settings::reseal(tx.conn, row, &sealed.map_err(|error| other(error.to_string()))?)?;
            Ok(key)
        })
        .await
        .map_err(Error::from)
}

/// Subscribes a browser. One that is subscribed already is changed, whoever did that.
///
/// # Errors
/// [`Error::Invalid`] when that is no subscription, or there are too many.
pub async fn subscribe(services: &Services, actor: &Actor, form: PushForm) -> Result<ChannelId, Error> {
    let identity = actor.person()?.clone();
    let invalid = |field, hint: &str| Error::Invalid { field, hint: hint.into() };
    if form.endpoint.trim().is_empty() {
        return Err(invalid("endpoint", "this needs JavaScript, and permission of the browser"));
    }
    let allowed = topics_of(actor);
    let topics: Vec<Topic> = allowed.into_iter().filter(|topic| form.topics.contains(topic)).collect();
    let topics = Topic::without_parts_of_chosen(&topics);
    if topics.is_empty() {
        return Err(invalid("topics", "choose at least one event"));
    }
    let keys = PushKeys { p256dh: form.p256dh, auth: form.auth, site: site_key(services).await? };
    let channel = Channel::browser(&form.endpoint, keys, identity.user)?;
    let plain: String = form.browser.chars().filter(|c| !c.is_control()).collect();
    let browser = if plain.trim().is_empty() { "Browser" } else { plain.trim() };
    let name = shorten(&format!("{}: {browser}", identity.name), NAME);
    let form =
        ChannelForm { name, kind: "web_push".into(), topics, is_enabled: true, ..ChannelForm::default() };
    let mut checked = Checked::browser(form, channel);
    let warning = checked.warning().await;
    let (actor, now, services_) = (actor.clone(), services.clock.now(), services.clone());
    services
        .db
        .write(move |tx| {
            let mut rows = channels::all(tx.conn)?;
            let url = checked.channel.secrets().url.clone();
            let is_same = |row: &ChannelRow| {
                let known = row.config().and_then(|config| config.user()).and(open(&services_, row));
                known.is_some_and(|known| known.secrets().url == url)
            };
            for row in rows.extract_if(.., |row| is_same(row)) {
                remove(tx, &actor, &row, now)?;
            }
            if rows.iter().filter(|row| is_of(row, identity.user)).count() >= BROWSERS {
                let hint = "you have 10 browsers already: remove one first".into();
                return Ok(Err(Error::Invalid { field: "endpoint", hint }));
            }
            if rows.len() >= CHANNELS {
                let hint = "there are 100 channels already: ask an administrator to delete one".into();
                return Ok(Err(Error::Invalid { field: "endpoint", hint }));
            }
            let (name, mut number) = (checked.form.name.clone(), 1);
            while rows.iter().any(|row| row.name.eq_ignore_ascii_case(&checked.form.name)) {
                number += 1;
                checked.form.name = format!("{name} {number}");
            }
            let id = store(&services_, tx, &actor, &checked, now)?;
            if let Some(why) = &warning {
                channels::failed(tx.conn, id, why, now)?;
            }
            Ok(Ok(id))
        })
        .await?
}

/// A browser of the actor.
async fn own(services: &Services, actor: &Actor, id: ChannelId) -> Result<ChannelRow, Error> {
    let user = actor.person()?.user;
    let row = services.db.read(move |conn| channels::find(conn, id)).await.map_err(missing_is_not_found)?;
    if is_of(&row, user) { Ok(row) } else { Err(Error::NotFound) }
}

/// Sends a test message to a browser of the actor.
///
/// # Errors
/// [`Error::NotFound`] when the actor has no such browser.
pub async fn test(services: &Services, actor: &Actor, id: ChannelId) -> Result<TestResult, Error> {
    let row = own(services, actor, id).await?;
    send_test_to(services, actor, row).await
}

/// Ends the subscription of a browser of the actor.
///
/// # Errors
/// [`Error::NotFound`] when the actor has no such browser.
pub async fn unsubscribe(services: &Services, actor: &Actor, id: ChannelId) -> Result<(), Error> {
    let row = own(services, actor, id).await?;
    let (actor, now) = (actor.clone(), services.clock.now());
    Ok(services.db.write(move |tx| remove(tx, &actor, &row, now)).await?)
}

fn remove(tx: &mut Tx<'_>, actor: &Actor, row: &ChannelRow, now: Timestamp) -> Result<(), StoreError> {
    channels::delete(tx.conn, ChannelId(row.id))?;
    let entry = Entry::new("channel.delete").on("channel", row.id, row.name.clone());
    audit::record(tx, actor, now, entry)
}

/// Nothing is sent to the browsers of a user any more: the user was disabled or deleted, or may see less.
///
/// # Errors
/// Database errors.
pub(in crate::service) fn remove_of(
    tx: &mut Tx<'_>,
    actor: &Actor,
    user: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = channels::all(tx.conn)?;
    rows.iter().filter(|row| is_of(row, user)).try_for_each(|row| remove(tx, actor, row, now))
}

/// A browser ended its subscription: its service said so.
///
/// # Errors
/// Database errors.
pub(super) fn ended(tx: &mut Tx<'_>, id: ChannelId, why: &str, now: Timestamp) -> Result<(), StoreError> {
    let name = channels::find(tx.conn, id)?.name;
    channels::delete(tx.conn, id)?;
    tracing::info!(channel = name, "a browser ended its subscription to messages");
    let entry = Entry::new("channel.delete").on("channel", id.0, name).after(json!({ "answer": why }));
    audit::record(tx, &Actor::System, now, entry)
}
