//! Password hashing with argon2id. Verification takes equally long whether or not the user exists. Hashes from the
//! Node application are bcrypt until their owners sign in.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{
        self,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{
    password_queues::HashQueues,
    token::{EntropyError, random_bytes},
};

/// Memory of one hash in KiB. With [`PASSES`] and [`LANES`], this is one of the minimum settings in OWASP's cheat
/// sheet: 19 MiB are expensive for someone who tries millions of passwords, but affordable on a small machine.
const MEMORY: u32 = 19_456;
/// Number of passes over the memory.
const PASSES: u32 = 2;
/// More lanes would help attackers with many cores more than servers with few.
const LANES: u32 = 1;
/// Maximum memory of a stored hash, in KiB, so that a damaged hash cannot exhaust the server's memory.
const MOST_MEMORY: u32 = 262_144;
/// Maximum passes and lanes of a stored hash.
const MOST_WORK: u32 = 16;
/// Maximum cost of a bcrypt hash, as a power of two: about two seconds. The Node application uses 12.
const MOST_ROUNDS: u32 = 15;
/// Number of hashes computed at a time: 38 MiB of memory at most, however many users sign in.
const AT_A_TIME: usize = 2;
/// How long a request waits to be computed.
const WAIT: Duration = Duration::from_secs(10);
/// Length of a hash in bytes.
const OUTPUT: usize = 32;

/// Why a password could not be hashed or verified.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many requests are waiting; the same request will succeed later.
    #[error("too many passwords are being checked, try again in a moment")]
    Busy,
    /// The system cannot provide random bytes for the salt.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The hash could not be computed, possibly for lack of memory.
    #[error("a password hash could not be computed")]
    Hash(#[source] password_hash::Error),
    /// The computation was aborted because the program is stopping.
    #[error("a password hash was not finished")]
    Stopped(#[from] tokio::task::JoinError),
}

/// Hashes and verifies passwords, a few at a time, outside the threads that serve requests.
///
/// Verifications are queued by name (an address, a known browser). Each queue is worked off one by one: a client that
/// sends a thousand guesses waits for its own, and others wait for at most one of them.
#[derive(Debug, Clone)]
pub struct Passwords {
    params: Params,
    turns: Arc<Semaphore>,
    queues: HashQueues,
    wait: Duration,
}

/// A stored hash, by algorithm. To support another one, add it here: `verify` is the only function that distinguishes
/// them, and `needs_rehash` replaces the hash at the next sign-in.
enum Stored {
    /// Created by this program.
    Argon2(Box<PasswordHash>),
    /// Created by the Node application.
    Bcrypt(String),
    /// Cannot be verified.
    Damaged,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::with_params(Params::new(MEMORY, PASSES, LANES, Some(OUTPUT)).unwrap_or_default())
    }
}

impl Passwords {
    /// Creates it with the parameters for production.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates it with the cheapest parameters of argon2, for tests.
    pub fn fast_for_tests() -> Self {
        Self::with_params(Params::new(Params::MIN_M_COST, 1, 1, Some(OUTPUT)).unwrap_or_default())
    }

    fn with_params(params: Params) -> Self {
        Self { params, turns: Arc::new(Semaphore::new(AT_A_TIME)), queues: HashQueues::default(), wait: WAIT }
    }

    /// Hashes a password and returns the text to store.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        let salt = random_bytes::<{ Salt::RECOMMENDED_LENGTH }>()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        self.in_queue("new", move || {
            argon2.hash_password_with_salt(password.expose_secret().as_bytes(), salt.as_slice())
        })
        .await?
        .map(|hash| hash.to_string())
        .map_err(PasswordError::Hash)
    }

    /// Returns whether the password matches. Without a hash, as for an unknown user, it does not match, and that takes
    /// equally long.
    ///
    /// A damaged hash matches no password, and is logged.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn verify(
        &self,
        queue: &str,
        hash: Option<&str>,
        password: SecretString,
    ) -> Result<bool, PasswordError> {
        let stored = match hash.map(Stored::parse) {
            Some(Stored::Argon2(hash)) => Some(*hash),
            Some(Stored::Bcrypt(hash)) => {
                // A hash that parses can be verified, so an error cannot occur.
                let fits = move || bcrypt::verify(password.expose_secret(), &hash).unwrap_or(false);
                return self.in_queue(queue, fits).await;
            }
            Some(Stored::Damaged) => {
                tracing::warn!(
                    "a stored password hash is damaged: the user cannot sign in until a new password is set"
                );
                None
            }
            None => None,
        };
        let known = stored.is_some();
        let hash = match stored {
            Some(hash) => hash,
            None => self.dummy().map_err(PasswordError::Hash)?,
        };
        let answer = self
            .in_queue(queue, move || {
                Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash)
            })
            .await?;
        match answer {
            Ok(()) => Ok(known),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(PasswordError::Hash(error)),
        }
    }

    /// Returns whether a stored hash has outdated parameters or algorithm, and should be replaced at the next sign-in.
    pub fn needs_rehash(&self, hash: &str) -> bool {
        let Stored::Argon2(hash) = Stored::parse(hash) else { return true };
        let current = Params::try_from(&*hash).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost(), params.output_len())
                == (
                    self.params.m_cost(),
                    self.params.t_cost(),
                    self.params.p_cost(),
                    self.params.output_len(),
                )
        });
        !(current
            && hash.algorithm == Algorithm::Argon2id.ident()
            && hash.version == Some(Version::V0x13.into()))
    }

    /// Returns a hash of no password with the cost of a real one. The output is zeros, because the result is ignored.
    fn dummy(&self) -> Result<PasswordHash, password_hash::Error> {
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params)?,
            salt: Some(Salt::new(&[0; Salt::RECOMMENDED_LENGTH])?),
            hash: Some(Output::new(&[0; OUTPUT])?),
        })
    }

    /// Blocks all hashing while the permit is held.
    #[cfg(test)]
    pub(crate) async fn hold_for_tests(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        self.turns.clone().acquire_many_owned(AT_A_TIME.try_into().ok()?).await.ok()
    }

    /// Returns the number of passwords of a queue that are waiting or being computed.
    #[cfg(test)]
    pub(crate) fn waiting_for_tests(&self, queue: &str) -> usize {
        self.queues.known().get(queue).map_or(0, |places| Arc::strong_count(places) - 1)
    }

    async fn in_queue<T: Send + 'static>(
        &self,
        queue: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turns = async {
            let of_lane = self.queues.enter(queue)?.first().await?;
            let turn = self.turns.clone().acquire_owned().await.map_err(|_| PasswordError::Busy)?;
            Ok::<_, PasswordError>((turn, of_lane))
        };
        let turns = tokio::time::timeout(self.wait, turns).await.map_err(|_| PasswordError::Busy)??;
        Ok(spawn_blocking(move || {
            // Released when the work is done, even if the caller no longer waits.
            let _turns = turns;
            work()
        })
        .await?)
    }
}

/// Returns whether this is a bcrypt hash that can be verified, and so be imported.
pub fn is_bcrypt(hash: &str) -> bool {
    matches!(Stored::parse(hash), Stored::Bcrypt(_))
}

impl Stored {
    fn parse(text: &str) -> Self {
        if let Ok(parts) = text.parse::<bcrypt::HashParts>() {
            return if parts.get_cost() <= MOST_ROUNDS {
                Self::Bcrypt(text.to_owned())
            } else {
                Self::Damaged
            };
        }
        let Ok(hash) = PasswordHash::new(text) else { return Self::Damaged };
        let bearable = Params::try_from(&hash).is_ok_and(|params| {
            params.m_cost() <= MOST_MEMORY && params.t_cost() <= MOST_WORK && params.p_cost() <= MOST_WORK
        });
        let ours = Algorithm::try_from(hash.algorithm.as_str()).is_ok()
            && hash.version.is_none_or(|version| Version::try_from(version).is_ok());
        if bearable && ours && hash.salt.is_some() && hash.hash.is_some() {
            Self::Argon2(Box::new(hash))
        } else {
            Self::Damaged
        }
    }
}

#[cfg(test)]
#[path = "password_tests.rs"]
mod tests;
