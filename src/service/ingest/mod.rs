//! A report comes in: from bytes to rows.
//!
//! What is understood is stored and acknowledged, duplicates and other operations too, because any other answer makes
//! Duplicati retry and warn its user. What cannot be a report is refused with a hint, and the refusal is noted.

pub mod rejected;

use std::sync::Arc;

use rejected::Rejection;

use super::{Actor, Services};
use crate::{
    crypto::token::sha256_hex,
    db::{StoreError, StoreErrorKind, tables::ingest_keys},
    ids::{KeyId, ServerId},
    report::{self, Message, ReportError},
    time::Timestamp,
};

pub(in crate::service) mod again;
mod identify;
mod job;
mod place;
mod raw;
mod record;
mod store;

pub(super) use identify::{Sender, create as create_server, find as find_server, learn as learn_server};
pub(super) use job::{DEFAULT_JOB, Wanted, is_unnamed};
pub(super) use place::job_named;
pub(super) use record::{Start, run_record};
pub(super) use store::known_copy;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// A new run.
    New,
    /// Another copy of a run that was known; the two are merged.
    Duplicate,
    /// Understood, and nothing that counts as a run.
    Recorded,
}

impl Stored {
    /// The word in the answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "stored",
            Self::Duplicate => "duplicate",
            Self::Recorded => "recorded",
        }
    }
}

/// Why a report was not stored.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No key where one is needed.
    #[error("an ingest key is required")]
    KeyRequired,
    /// A key that does not exist or was revoked.
    #[error("this ingest key is not valid")]
    WrongKey,
    /// Not a report.
    #[error(transparent)]
    NotAReport(#[from] ReportError),
    /// Its sender made as many servers or jobs today as it may.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The database did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a sender made too many of in a day, and how many it may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// Servers.
    #[error("too many new servers today")]
    Servers(i64),
    /// Jobs.
    #[error("too many new jobs today")]
    Jobs(i64),
}

/// Finds the sender of a request by its key.
///
/// # Errors
/// [`IngestError::KeyRequired`] or [`IngestError::WrongKey`]; [`IngestError::Store`] when the database does not answer.
pub async fn authenticate(services: &Services, secret: Option<&str>) -> Result<Actor, IngestError> {
    let Some(secret) = secret else {
        return if services.options.open_ingest {
            Ok(Actor::Sender { key: None, server: None })
        } else {
            Err(IngestError::KeyRequired)
        };
    };
    let hash = sha256_hex(secret);
    let now = services.clock.now();
    let known = services.db.read_little(move |conn| ingest_keys::find_valid(conn, &hash, now)).await?;
    let known = known.ok_or(IngestError::WrongKey)?;
    Ok(Actor::Sender { key: Some(KeyId(known.id)), server: known.server_id.map(ServerId) })
}

/// One request with a report.
#[derive(Debug, Clone)]
pub struct Upload<B> {
    /// Its `Content-Type`; not to be trusted.
    pub content_type: Option<String>,
    /// Its body.
    pub body: B,
    /// The key that it was sent with: it is hidden wherever the body quotes it.
    pub key: Option<String>,
    /// Address it came from.
    pub source: String,
}

/// What came out of the bytes, ready to be written.
struct Received {
    message: Message,
    raw: raw::Raw,
    source: String,
    now: Timestamp,
    key: Option<KeyId>,
    key_server: Option<ServerId>,
}

/// Bodies above this are parsed where they do not hold up other requests: bytes.
const SMALL: usize = 64 * 1024;

/// Reads and stores a report. An `Ok` means that it is on the disk.
///
/// # Errors
/// [`IngestError::NotAReport`] with a hint; [`IngestError::Store`] when the database did not take it.
pub async fn accept<B: AsRef<[u8]> + Send + 'static>(
    services: &Services,
    actor: &Actor,
    upload: Upload<B>,
) -> Result<Stored, IngestError> {
    let Actor::Sender { key, server: key_server } = *actor else { return Err(IngestError::KeyRequired) };
    let now = services.clock.now();
    let size = upload.body.as_ref().len();
    let read = move || {
        let Upload { content_type, body, key: quoted, source } = upload;
        let body = report::hide_key(body.as_ref(), quoted.as_deref().unwrap_or_default());
        let content_type = content_type.map(|kind| report::mask_secrets(&kind).into_owned());
        let message = report::parse(content_type.as_deref(), &body)?;
        let raw = raw::Raw::new(content_type, &body);
        Ok::<_, IngestError>(Received { message, raw, source, now, key, key_server })
    };
    let received = if size <= SMALL {
        read()?
    } else {
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|error| StoreError::new(StoreErrorKind::Other, error.to_string()))??
    };
    let unidentified = match &received.message {
        Message::Unidentified(text) => Some((text.clone(), received.source.clone())),
        Message::Report(_) | Message::Live(_) => None,
    };
    let (zone, options) = (services.zone.clone(), Arc::clone(&services.options));
    let stored = services.db.write(move |tx| store::store(tx, &zone, &options, &received)).await?;
    // Sent again, it is told that the key is none.
    let stored =
        stored.ok_or_else(|| StoreError::new(StoreErrorKind::Busy, "the key was removed meanwhile"))??;
    if let Some((report::Unidentified { why, text }, source)) = unidentified {
        // Accepted, but somebody should know that it says nothing about any job.
        rejected::note(
            services,
            Rejection {
                reason: why.reason().into(),
                field: None,
                hint: why.hint().into(),
                http_status: 200,
                source: &source,
                body: text.as_bytes(),
                size: text.len() as u64,
            },
        );
    }
    Ok(stored)
}

/// Notes that a redirect turned a report with this key into a GET: the row of the key says so until a report comes.
///
/// # Errors
/// When the database does not take it.
pub async fn note_redirect(services: &Services, actor: &Actor) -> Result<(), StoreError> {
    let Actor::Sender { key: Some(key), .. } = *actor else { return Ok(()) };
    let now = services.clock.now();
    services.db.write(move |tx| ingest_keys::note_redirect(tx.conn, key, now)).await
}

/// When a server last reported, for the self-test: with the key, or any where none is needed.
///
/// # Errors
/// When the database does not answer.
pub async fn last_report(services: &Services, actor: &Actor) -> Result<Option<Timestamp>, StoreError> {
    let Actor::Sender { key, .. } = *actor else { return Ok(None) };
    let last = move |conn: &mut _| match key {
        Some(key) => ingest_keys::last_used(conn, key),
        None => crate::db::tables::servers::last_seen(conn),
    };
    services.db.read(last).await
}

#[cfg(test)]
mod tests;
