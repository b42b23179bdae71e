//! Links in messages, by which incidents are acknowledged or snoozed without signing in. A link is good for those of its message, once, for
//! a week.

use serde_json::json;

use crate::{
    db::{
        Connection, StoreError, Tx,
        tables::{
            noticing::{incident_changes, incidents},
            notifications::links::{self, SentLink},
        },
    },
    dto::snooze_link::{LinkPage, LinkedIncident},
    error::Error,
    notify::snooze_link::{LASTS, PURPOSE, SnoozeLink},
    service::{Actor, Services, audit, audit::Entry, rows::moment, session::Caller},
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAct {
    /// Acknowledges the incidents.
    Acknowledge,
    /// Snoozes them for so many seconds.
    Snooze(i64),
}

impl LinkAct {
    /// The act of a form's word: `"acknowledge"`, `"day"` or `"week"`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another word.
    pub fn from_word(word: &str) -> Result<Self, Error> {
        match word {
            "acknowledge" => Ok(Self::Acknowledge),
            "day" => Ok(Self::Snooze(86_400)),
            "week" => Ok(Self::Snooze(7 * 86_400)),
            _ => Err(Error::Invalid { field: "act", hint: "use acknowledge, day or week".into() }),
        }
    }
}

/// Incidents that one link handles. A message about more has none.
pub(super) const MOST: i64 = 200;
/// Incidents that the page names.
const NAMED: usize = 20;

/// The URL for a message about incidents that are open; `None` without one, without a public URL, or without a key that signs.
pub(super) fn url(services: &Services, message: i64, incidents: &[i64], now: Timestamp) -> Option<String> {
    let incident = match incidents {
        [] => return None,
        [one] => Some(*one),
        several if i64::try_from(several.len()).is_ok_and(|count| count <= MOST) => None,
        _ => return None,
    };
    let address = services.options.public_url.as_ref()?;
    let link = SnoozeLink { message, incident, expires: now.plus(LASTS) };
    let token = link.token(|text| services.secrets.sign(PURPOSE, text))?;
    Some(format!("{address}/snooze/{token}"))
}

/// What a link would do. Changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of ours, or what it is about is gone; [`Error::TooMany`] for an address that tries too many.
pub async fn show(services: &Services, caller: &Caller, token: &str) -> Result<LinkPage, Error> {
    let now = services.clock.now();
    let link = read(services, caller, token)?;
    let zone = services.zone.clone();
    let found = services
        .db
        .read(move |conn| {
            let mut found = Vec::new();
            for (incident, sent) in links::find(conn, link.message, link.incident)? {
                found.extend(linked(conn, &zone, incident, sent)?);
            }
            Ok(found)
        })
        .await?;
    if found.is_empty() {
        return Err(Error::NotFound);
    }
    let (is_over, is_open) = (link.expires <= now, found.iter().any(LinkedIncident::is_open));
    let more = found.len().saturating_sub(NAMED);
    Ok(LinkPage {
        now: services.zone.moment(now),
        incidents: if is_over { Vec::new() } else { found.into_iter().take(NAMED).collect() },
        more: if is_over { 0 } else { more },
        is_open: is_open && !is_over,
        expires: services.zone.moment(link.expires),
    })
}

/// Does what somebody chose, to all that the link is about. A link that was used, and incidents that are closed, stay as they are.
///
/// # Errors
/// As [`show`]; [`Error::Invalid`] when the link has expired.
pub async fn act(services: &Services, caller: &Caller, token: &str, act: LinkAct) -> Result<(), Error> {
    let now = services.clock.now();
    let link = read(services, caller, token)?;
    if link.expires <= now {
        let hint = "this link has expired: sign in to acknowledge or snooze the incident".into();
        return Err(Error::Invalid { field: "link", hint });
    }
    let actor = caller.anonymous();
    services
        .db
        .write(move |tx: &mut Tx<'_>| {
            let sent = links::find(tx.conn, link.message, link.incident)?;
            if sent.is_empty() {
                return Ok(Err(Error::NotFound));
            }
            for (incident, sent) in sent.into_iter().filter(|(_, sent)| sent.used.is_none()) {
                handle(tx, &actor, (link.message, incident), &sent, act, now)?;
            }
            Ok(Ok(()))
        })
        .await?
}

/// Does it to one incident.
fn handle(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (message, incident): (i64, i64),
    sent: &SentLink,
    act: LinkAct,
    now: Timestamp,
) -> Result<(), StoreError> {
    let by = format!("link from channel {}", sent.channel);
    let done = incident_changes::handle(tx.conn, incident, |track| match act {
        LinkAct::Acknowledge => track.acknowledge(by.clone(), String::new(), now),
        LinkAct::Snooze(seconds) => track.snooze(by.clone(), now.plus(seconds), now),
    })?;
    let Some(row) = done else { return Ok(()) };
    links::used(tx.conn, message, incident, now)?;
    let name = format!("{} / {}", row.server_name, row.job_name);
    let (action, what) = match act {
        LinkAct::Acknowledge => ("incident.acknowledge", json!({ "note": "" })),
        LinkAct::Snooze(seconds) => ("incident.snooze", json!({ "until": now.plus(seconds).to_string() })),
    };
    let entry = Entry::new(action).on("incident", incident, name).by(by).after(what);
    audit::record(tx, actor, now, entry)
}

/// What a token stands for. An address that sends too many wrong ones has to wait.
fn read(services: &Services, caller: &Caller, token: &str) -> Result<SnoozeLink, Error> {
    let is_signed = |text: &[u8], signature: &[u8]| services.secrets.is_signed(PURPOSE, text, signature);
    SnoozeLink::read(token, is_signed).ok_or_else(|| services.wrong_link(caller))
}

fn linked(
    conn: &mut Connection,
    zone: &Zone,
    incident: i64,
    sent: SentLink,
) -> Result<Option<LinkedIncident>, StoreError> {
    let Some(row) = incidents::find(conn, incident)? else { return Ok(None) };
    Ok(Some(LinkedIncident {
        name: format!("{} / {}", row.server_name, row.job_name),
        problem: row.problem.parse().unwrap_or(Verdict::Check),
        since: zone.moment(row.since.parse().unwrap_or_default()),
        closed: moment(zone, row.closed_at.as_deref()),
        is_acknowledged: row.acknowledged_by.is_some(),
        snoozed_until: moment(zone, row.snoozed_until.as_deref()),
        used: sent.used.map(|at| zone.moment(at)),
    }))
}
