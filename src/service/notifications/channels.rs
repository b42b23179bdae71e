//! Channels: created, changed, tried, deleted.

use serde_json::{Value, json};

use super::send::unreachable;
use crate::{
    access::Permission,
    crypto::{SecretLocation, token::random_token},
    db::{
        StoreError, StoreErrorKind, Tx,
        tables::channels::{self, ChannelChange, ChannelRow},
    },
    dto::channel::ChannelForm,
    error::Error,
    ids::ChannelId,
    notify::{Channel, Combine, InvalidChannel, Secrets, WINDOW, window},
    outgoing::{Outgoing, PrivateNetworks},
    service::{
        Actor, Services, audit,
        audit::Entry,
        rows::{changed_meanwhile, is_still, missing_is_not_found},
    },
    time::Timestamp,
    topic::Topic,
};

/// Longest name: characters.
const NAME: usize = 60;
/// Most channels: each event asks for all of them.
pub(super) const CHANNELS: usize = 100;
/// Longest delay: minutes.
const DELAY: i64 = 24 * 60;

impl From<InvalidChannel> for Error {
    fn from(invalid: InvalidChannel) -> Self {
        Self::Invalid { field: invalid.field, hint: invalid.hint.into() }
    }
}

/// Where the secrets of a channel are stored.
pub(in crate::service) fn place(channel: ChannelId) -> SecretLocation<'static> {
    SecretLocation { table: "channels", column: "secrets", row: channel.0 }
}

/// A stored channel with its secrets; `None` when the row is damaged or the secrets do not open.
pub(super) fn open(services: &Services, row: &ChannelRow) -> Option<Channel> {
    let secrets = match &row.secrets {
        Some(sealed) => Secrets::from_json(&services.secrets.open(place(ChannelId(row.id)), sealed).ok()?)?,
        None => Secrets::default(),
    };
    Some(Channel::stored(row.config()?, secrets))
}

/// A form that was checked.
pub(super) struct Checked {
    /// What was entered.
    pub form: ChannelForm,
    /// What it becomes.
    pub channel: Channel,
    combine: Combine,
    window: i64,
}

impl Checked {
    /// Checks a form. What is secret and left empty is that of the channel `known`, if that is of the same kind. `only_rules` permits that
    /// it has no events of its own.
    fn new(mut form: ChannelForm, known: Option<&Channel>, only_rules: bool) -> Result<Self, Error> {
        let invalid = |field, hint: &str| Error::Invalid { field, hint: hint.into() };
        form.name = form.name.trim().to_owned();
        if form.name.is_empty() || form.name.chars().count() > NAME || form.name.chars().any(char::is_control)
        {
            return Err(invalid("name", "use 1 to 60 visible characters"));
        }
        if !(0..=DELAY).contains(&form.delay) {
            return Err(invalid("delay", "use 0 to 1,440 minutes"));
        }
        let mut channel = match known {
            // A browser is not entered: only what is told there can be changed.
            Some(known) if known.config().user().is_some() && form.kind == known.config().kind() => {
                known.clone()
            }
            Some(known) => Channel::new(&known.complete(&form))?,
            None => Channel::new(&form)?,
        };
        let (combine, window) = (Combine::entered(&form.combine)?, window(&form.combine_minutes)?);
        channel.set_stem(known, &random_token(6)?);
        if !channel.config().takes_messages() {
            (form.topics, form.delay) = (Vec::new(), 0);
        } else if form.topics.is_empty() && !only_rules {
            return Err(invalid("topics", "choose at least one event"));
        }
        form.topics = Topic::without_parts_of_chosen(&form.topics);
        Ok(Self { form, channel, combine, window })
    }

    /// A browser, with the form that names it.
    pub(super) fn browser(form: ChannelForm, channel: Channel) -> Self {
        Self { form, channel, combine: Combine::default(), window: WINDOW }
    }

    fn change(&self) -> ChannelChange {
        ChannelChange {
            name: self.form.name.clone(),
            config: serde_json::to_string(self.channel.config()).unwrap_or_default(),
            topics: serde_json::to_string(&self.form.topics).unwrap_or_default(),
            is_enabled: self.form.is_enabled,
            delay: self.form.delay * 60,
            allows_private: self.form.allows_private,
            combine: self.combine.as_str(),
            combine_seconds: self.window,
        }
    }

    /// What the audit log has of it: nothing secret.
    fn audited(&self) -> Value {
        let (form, config) = (&self.form, self.channel.config());
        json!({
            "name": form.name, "kind": config.kind(), "target": config.target(), "topics": form.topics,
            "enabled": form.is_enabled, "delay": form.delay, "private_networks": form.allows_private,
            "combine": self.combine.as_str(), "combine_seconds": self.window,
        })
    }

    /// Why nothing can be sent, because its server is in a private network and that was not allowed. It is stored all the same: somebody
    /// may be right about the name, and change the network.
    pub(super) async fn warning(&self) -> Option<String> {
        if self.form.allows_private || !self.form.is_enabled {
            return None;
        }
        let host = self.channel.config().host()?;
        let refused = Outgoing::new(PrivateNetworks::Refused).permits(&host).await.err()?;
        Some(unreachable(&refused).answer().to_owned())
    }

    /// Stores the secrets, in the transaction that stores the rest.
    fn seal(&self, services: &Services, tx: &mut Tx<'_>, id: ChannelId) -> Result<(), StoreError> {
        let secrets = self.channel.secrets();
        if secrets.is_empty() {
            return channels::set_secrets(tx.conn, id, None);
        }
        let sealed = services.secrets.seal(place(id), &secrets.to_json());
        let sealed = sealed.map_err(|error| StoreError::new(StoreErrorKind::Other, error.to_string()))?;
        channels::set_secrets(tx.conn, id, Some(&sealed))
    }
}

/// A channel that cannot deliver is said to fail as soon as it is saved.
fn warn(tx: &mut Tx<'_>, id: ChannelId, why: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
    if let Some(why) = why {
        channels::failed(tx.conn, id, why, now)?;
    }
    Ok(())
}

fn taken() -> Error {
    Error::Invalid { field: "name", hint: "another channel has this name: choose another one".into() }
}

/// Creates a channel, or changes the one of `id`.
///
/// # Errors
/// [`Error::Invalid`] when a field cannot be used; [`Error::NotFound`] when there is no such channel.
pub async fn save(
    services: &Services,
    actor: &Actor,
    id: Option<ChannelId>,
    form: ChannelForm,
) -> Result<ChannelId, Error> {
    match id {
        Some(id) => change(services, actor, id, form).await.map(|()| id),
        None => create(services, actor, form).await,
    }
}

/// Creates a channel.
///
/// # Errors
/// [`Error::Invalid`] when a field cannot be used.
pub async fn create(services: &Services, actor: &Actor, form: ChannelForm) -> Result<ChannelId, Error> {
    insert(services, actor, Checked::new(form, None, false)).await
}

/// Creates a channel that is told only what rules send to it. A name that is taken gets a number.
///
/// # Errors
/// As [`create`].
pub(super) async fn create_for_rules(
    services: &Services,
    actor: &Actor,
    mut form: ChannelForm,
) -> Result<ChannelId, Error> {
    let (name, mut number) = (form.name.clone(), 1);
    let taken = services.db.read(channels::all).await?;
    while taken.iter().any(|row| row.name.eq_ignore_ascii_case(&form.name)) {
        number += 1;
        form.name = format!("{name} {number}");
    }
    insert(services, actor, Checked::new(form, None, true)).await
}

/// Stores a new channel, in the transaction that checked that it may be there.
pub(super) fn store(
    services: &Services,
    tx: &mut Tx<'_>,
    actor: &Actor,
    checked: &Checked,
    now: Timestamp,
) -> Result<ChannelId, StoreError> {
    let id = channels::create(tx.conn, checked.change(), &audit::name_of(actor), now)?;
    checked.seal(services, tx, id)?;
    let entry = Entry::new("channel.create").on("channel", id.0, checked.form.name.clone());
    audit::record(tx, actor, now, entry.after(checked.audited()))?;
    Ok(id)
}

async fn insert(
    services: &Services,
    actor: &Actor,
    checked: Result<Checked, Error>,
) -> Result<ChannelId, Error> {
    actor.may(Permission::ManageSettings)?;
    let checked = checked?;
    let warning = checked.warning().await;
    let (actor, now, services_) = (actor.clone(), services.clock.now(), services.clone());
    services
        .db
        .write(move |tx| {
            if channels::is_taken(tx.conn, &checked.form.name, None)? {
                return Ok(Err(taken()));
            }
            if channels::all(tx.conn)?.len() >= CHANNELS {
                let hint = "there are 100 channels already: delete one first".into();
                return Ok(Err(Error::Invalid { field: "name", hint }));
            }
            let id = store(&services_, tx, &actor, &checked, now)?;
            warn(tx, id, warning.as_deref(), now)?;
            Ok(Ok(id))
        })
        .await?
}

/// Changes a channel.
///
/// # Errors
/// [`Error::NotFound`] when there is no such channel; [`Error::Invalid`] when a field cannot be used.
pub async fn change(
    services: &Services,
    actor: &Actor,
    id: ChannelId,
    form: ChannelForm,
) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let known = find(services, id).await?;
    let only_rules = known.topics().is_empty();
    let checked = Checked::new(form, open(services, &known).as_ref(), only_rules)?;
    let warning = checked.warning().await;
    let (actor, now, services_) = (actor.clone(), services.clock.now(), services.clone());
    services
        .db
        .write(move |tx| {
            if channels::is_taken(tx.conn, &checked.form.name, Some(id))? {
                return Ok(Err(taken()));
            }
            channels::find(tx.conn, id)?;
            channels::change(tx.conn, id, checked.change())?;
            checked.seal(&services_, tx, id)?;
            warn(tx, id, warning.as_deref(), now)?;
            let entry = Entry::new("channel.change").on("channel", id.0, checked.form.name.clone());
            audit::record(tx, &actor, now, entry.after(checked.audited()))?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)?
}

/// Deletes a channel; what waits for it is not sent. `named` is the name that the question named; empty names none.
///
/// # Errors
/// [`Error::NotFound`] when there is no such channel; [`Error::Invalid`] when it is not the one that was named.
pub async fn delete(services: &Services, actor: &Actor, id: ChannelId, named: &str) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let (actor, now, named) = (actor.clone(), services.clock.now(), named.to_owned());
    services
        .db
        .write(move |tx| {
            let known = channels::find(tx.conn, id)?;
            if !is_still(&named, &known.name) {
                return Ok(Err(changed_meanwhile("channel")));
            }
            channels::delete(tx.conn, id)?;
            let entry = Entry::new("channel.delete").on("channel", id.0, known.name);
            audit::record(tx, &actor, now, entry)?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)?
}

/// The client for a channel.
pub(super) fn outgoing(row: &ChannelRow) -> Outgoing {
    let policy = if row.allows_private { PrivateNetworks::Allowed } else { PrivateNetworks::Refused };
    Outgoing::new(policy).without_redirects()
}

pub(super) async fn find(services: &Services, id: ChannelId) -> Result<ChannelRow, Error> {
    services.db.read(move |conn| channels::find(conn, id)).await.map_err(missing_is_not_found)
}
