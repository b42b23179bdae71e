//! Encryption of stored secrets with the current keys, and key rotation.
//!
//! The command that rotates the key works next to a running server. The server reads the key file again before it
//! encrypts, inside the transaction that stores the result, and whenever a secret cannot be decrypted. So nothing is
//! encrypted with a key that is about to be deleted, and no restart is needed.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use secrecy::SecretString;
use serde_json::json;

use crate::{
    access::Permission,
    crypto::{
        SecretKeys, SecretLocation,
        key_file::KeyError,
        sealed::{OpenError, SealError},
    },
    db::{
        StoreError, StoreErrorKind, Tx,
        tables::{channels, settings, users},
    },
    error::Error,
    service::{
        Actor, Services, audit, audit::Entry, notifications::channels::place, session::totp_place,
        settings::imported,
    },
};

/// Encrypts and decrypts secrets. Clones share the keys.
#[derive(Debug, Clone)]
pub struct Secrets {
    keys: Arc<RwLock<SecretKeys>>,
    /// The folder of the key file; `None` for keys that are not stored.
    folder: Option<PathBuf>,
}

/// The result of a key rotation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RotationReport {
    /// Number of secrets now encrypted with the current key.
    pub sealed: usize,
    /// Number of secrets whose keys were lost before: they must be entered again.
    pub unreadable: usize,
}

/// Why a key rotation failed.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The keys could not be read or written.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The keys are only in memory.
    #[error("these keys are not stored and are lost when the program stops")]
    InMemory,
    /// The secrets could not be encrypted again: they are unchanged and can be decrypted as before.
    #[error(transparent)]
    Service(#[from] Error),
}

impl From<SecretKeys> for Secrets {
    fn from(keys: SecretKeys) -> Self {
        Self { keys: Arc::new(RwLock::new(keys)), folder: None }
    }
}

impl Secrets {
    /// Uses keys loaded from this folder, or from the environment.
    pub fn of_folder(keys: SecretKeys, folder: &Path) -> Self {
        Self { folder: Some(folder.to_owned()), ..Self::from(keys) }
    }

    /// Returns the current keys.
    pub fn keys(&self) -> SecretKeys {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Encrypts a secret for this place. Call it within the transaction that stores the result.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(&self, place: SecretLocation<'_>, plain: &SecretString) -> Result<String, SealError> {
        self.read_again();
        self.keys().seal(place, plain)
    }

    /// Decrypts the secret stored at this place.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, place: SecretLocation<'_>, sealed: &str) -> Result<SecretString, OpenError> {
        match self.keys().open(place, sealed) {
            Err(OpenError::UnknownKey { .. }) => {
                self.read_again();
                self.keys().open(place, sealed)
            }
            answer => answer,
        }
    }

    /// Signs a text that leaves the program, for a purpose; `None` without a key.
    pub fn sign(&self, purpose: &str, text: &[u8]) -> Option<Vec<u8>> {
        self.keys().sign(purpose, text)
    }

    /// Returns whether a text that came back was signed for a purpose.
    pub fn is_signed(&self, purpose: &str, text: &[u8], signature: &[u8]) -> bool {
        self.keys().is_signed(purpose, text, signature)
    }

    /// Reads the key file again, in case another process has changed it.
    fn read_again(&self) {
        let Some(folder) = &self.folder else { return };
        match self.keys().read_again(folder) {
            Ok(Some(keys)) => self.keep(keys),
            Ok(None) => {}
            Err(error) => {
                let error: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(error, "the key file cannot be read; the previous keys are used");
            }
        }
    }

    fn keep(&self, keys: SecretKeys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }
}

/// Returns how many stored secrets cannot be decrypted with the current keys; 0 if the database cannot be read.
pub async fn lost(services: &Services) -> usize {
    let Ok(sealed) = services.db.read(users::sealed).await else { return 0 };
    sealed.iter().filter(|(user, sealed)| services.secrets.open(totp_place(*user), sealed).is_err()).count()
}

/// Creates a new key, encrypts all secrets again with it, and deletes the older keys. If the environment provides the
/// keys, its first one is the new one.
///
/// # Errors
/// [`RotateError`]. After any failure the secrets can be decrypted as before, and the command can be repeated.
pub async fn rotate(services: &Services, actor: &Actor) -> Result<RotationReport, RotateError> {
    actor.may(Permission::ManageSettings)?;
    let secrets = &services.secrets;
    let folder = secrets.folder.as_deref().ok_or(RotateError::InMemory)?;
    let before = secrets.keys();
    let is_given = before.is_from_environment() && before.keys().len() > 1;
    let keys = if is_given { before } else { before.rotate(folder)? };
    secrets.keep(keys.clone());
    let (who, now, current) = (actor.clone(), services.clock.now(), keys.clone());
    let rotated = services
        .db
        .write(move |tx| {
            let rotated = seal_again(tx, &current)?;
            let RotationReport { sealed, unreadable } = rotated;
            let key = current.current().map(|key| key.id().to_owned());
            let after = json!({ "key": key, "sealed": sealed, "unreadable": unreadable });
            audit::record(tx, &who, now, Entry::new("secret.rotate").after(after))?;
            Ok(rotated)
        })
        .await
        .map_err(Error::from)?;
    if !is_given {
        secrets.keep(keys.forget_old(folder)?);
    }
    Ok(rotated)
}

/// Encrypts every column with secrets again.
fn seal_again(tx: &mut Tx<'_>, keys: &SecretKeys) -> Result<RotationReport, StoreError> {
    let mut rotated = RotationReport::default();
    for (user, sealed) in users::sealed(tx.conn)? {
        if let Some(sealed) = again(keys, totp_place(user), &sealed, &mut rotated)? {
            users::reseal(tx.conn, user, &sealed)?;
        }
    }
    for (channel, sealed) in channels::sealed(tx.conn)? {
        if let Some(sealed) = again(keys, place(channel), &sealed, &mut rotated)? {
            channels::set_secrets(tx.conn, channel, Some(&sealed))?;
        }
    }
    let own = settings::with_prefix(tx.conn, imported::PUSH_KEY)?;
    for (row, key, sealed) in settings::with_prefix(tx.conn, imported::PREFIX)?.into_iter().chain(own) {
        if imported::is_sealed_key(&key)
            && let Some(sealed) = again(keys, imported::sealed_place(row), &sealed, &mut rotated)?
        {
            settings::reseal(tx.conn, row, &sealed)?;
        }
    }
    Ok(rotated)
}

/// Encrypts a secret with the current key; `None` if it already is, or cannot be decrypted.
fn again(
    keys: &SecretKeys,
    place: SecretLocation<'_>,
    sealed: &str,
    rotated: &mut RotationReport,
) -> Result<Option<String>, StoreError> {
    if !keys.needs_rotation(sealed) {
        return Ok(None);
    }
    match keys.open(place, sealed) {
        Ok(plain) => {
            let sealed = keys.seal(place, &plain).map_err(|error| {
                StoreError::new(StoreErrorKind::Other, format!("a secret was not encrypted: {error}"))
            })?;
            rotated.sealed += 1;
            Ok(Some(sealed))
        }
        Err(error) => {
            tracing::warn!(%error, table = place.table, row = place.row, "a secret cannot be re-encrypted");
            rotated.unreadable += 1;
            Ok(None)
        }
    }
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
