//! Receives reports: from bytes to rows.
//!
//! Every message that is understood is stored and acknowledged, including duplicates and other operations, because any
//! other response makes Duplicati retry and warn its user. Everything else is rejected with a hint, and the rejection
//! is recorded.

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

/// The result of receiving a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// A new run.
    New,
    /// A copy of a known run, merged with it.
    Duplicate,
    /// Understood, but not counted as a run.
    Recorded,
}

impl Stored {
    /// Returns the word used in the response.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "stored",
            Self::Duplicate => "duplicate",
            Self::Recorded => "recorded",
        }
    }
}

/// Why a report was rejected.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No key was sent, but one is required.
    #[error("an ingest key is required")]
    KeyRequired,
    /// The key does not exist, was revoked or has expired.
    #[error("this ingest key is not valid")]
    WrongKey,
    /// The body is not a report.
    #[error(transparent)]
    NotAReport(#[from] ReportError),
    /// The sender has reached the limit of new servers or jobs for today.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The limit that was reached, with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// New servers per day.
    #[error("too many new servers today")]
    Servers(i64),
    /// New jobs per day.
    #[error("too many new jobs today")]
    Jobs(i64),
}

/// Authenticates the sender of a request by its key.
///
/// # Errors
/// [`IngestError::KeyRequired`] or [`IngestError::WrongKey`]; [`IngestError::Store`] if the database fails.
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

/// A request with a report.
#[derive(Debug, Clone)]
pub struct Upload<B> {
    /// Its `Content-Type`, which is not trusted.
    pub content_type: Option<String>,
    /// Its body.
    pub body: B,
    /// The key it was sent with, which is masked if the body contains it.
    pub key: Option<String>,
    /// The address it came from.
    pub source: String,
}

/// A parsed message, ready to be stored.
struct Received {
    message: Message,
    raw: raw::Raw,
    source: String,
    now: Timestamp,
    key: Option<KeyId>,
    key_server: Option<ServerId>,
}

/// Bodies larger than this (in bytes) are parsed on a thread for blocking tasks.
const SMALL: usize = 64 * 1024;

/// Reads and stores a report. `Ok` means that it is on the disk.
///
/// # Errors
/// [`IngestError::NotAReport`] with a hint; [`IngestError::TooMany`] if a limit is reached; [`IngestError::Store`] if
/// the database fails.
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
    // Busy makes Duplicati retry; the retry is then rejected because of the key.
    let stored =
        stored.ok_or_else(|| StoreError::new(StoreErrorKind::Busy, "the key was removed meanwhile"))??;
    if let Some((report::Unidentified { why, text }, source)) = unidentified {
        // Accepted, but the list of rejected reports shows that it says nothing about any job.
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

/// Records that a redirect turned a report with this key into a GET request. The key's row shows it until a report
/// arrives.
///
/// # Errors
///
/// Database errors.
pub async fn note_redirect(services: &Services, actor: &Actor) -> Result<(), StoreError> {
    let Actor::Sender { key: Some(key), .. } = *actor else { return Ok(()) };
    let now = services.clock.now();
    services.db.write(move |tx| ingest_keys::note_redirect(tx.conn, key, now)).await
}

/// Returns when a report was last accepted, for the self-test: with this key, or from any server if no key is required.
///
/// # Errors
///
/// Database errors.
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
