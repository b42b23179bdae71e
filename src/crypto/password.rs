//! Passwords are stored as argon2id, and verified at the cost of the hash whether the user exists or not. Hashes that
//! came from the Node application are bcrypt until their owners sign in.

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

/// Memory of one hash in KiB. With [`PASSES`] and [`LANES`] one of the choices that OWASP's cheat sheet names as the
/// minimum: 19 MiB are much for who tries millions of passwords, and little enough for a small machine.
const MEMORY: u32 = 19_456;
/// How often the memory is gone over.
const PASSES: u32 = 2;
/// A second thread would help those with many cores, who attack, more than those with few, who are attacked.
const LANES: u32 = 1;
/// Most memory a stored hash may ask for, in KiB: a damaged one must not take down the server.
const MOST_MEMORY: u32 = 262_144;
/// Most passes and lanes a stored hash may ask for.
const MOST_WORK: u32 = 16;
/// Most rounds of a bcrypt hash, as a power of two: about two seconds. The Node application uses 12.
const MOST_ROUNDS: u32 = 15;
/// How many hashes are computed at a time: 38 MiB at most, however many people sign in.
const AT_A_TIME: usize = 2;
/// How long a request waits for its turn.
const WAIT: Duration = Duration::from_secs(10);
/// Length of a hash in bytes.
const OUTPUT: usize = 32;

/// Why a password was neither hashed nor verified.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many others wait already: the same request will work later.
    #[error("too many passwords are being checked, try again in a moment")]
    Busy,
    /// There are no random bytes for the salt.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The hash could not be computed; there may be too little memory.
    #[error("a password hash could not be computed")]
    Hash(#[source] password_hash::Error),
    /// The computation was ended, since the program ends.
    #[error("a password hash was not finished")]
    Stopped(#[from] tokio::task::JoinError),
}

/// Hashes and verifies passwords, a few at a time, outside of the threads that serve requests.
///
/// Checks have a lane: those of one lane (an address, a known browser) go one after the other, so that whoever sends a
/// thousand guesses waits for the own ones, and others for one of them at most.
#[derive(Debug, Clone)]
pub struct Passwords {
    params: Params,
    turns: Arc<Semaphore>,
    queues: HashQueues,
    wait: Duration,
}

/// A stored hash, by the program that made it. This is the one place to add another one to: what `verify` does with it
/// is the only thing that depends on it, and `needs_rehash` replaces it at the next sign-in.
enum Stored {
    /// One of ours.
    Argon2(Box<PasswordHash>),
    /// One of the Node application's.
    Bcrypt(String),
    /// Nothing that can be verified.
    Damaged,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::with_params(Params::new(MEMORY, PASSES, LANES, Some(OUTPUT)).unwrap_or_default())
    }
}

impl Passwords {
    /// With the parameters for production.
    pub fn new() -> Self {
        Self::default()
    }

    /// With the least work that argon2 knows, for tests, which are not about strength.
    pub fn fast_for_tests() -> Self {
        Self::with_params(Params::new(Params::MIN_M_COST, 1, 1, Some(OUTPUT)).unwrap_or_default())
    }

    fn with_params(params: Params) -> Self {
        Self { params, turns: Arc::new(Semaphore::new(AT_A_TIME)), queues: HashQueues::default(), wait: WAIT }
    }

    /// The text to store for a password.
    ///
    /// # Errors
    /// See [`PasswordError`].
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

    /// Whether this is the password. Without a hash, as for an unknown user, it is not, and takes as long to find out.
    ///
    /// A damaged hash fits no password, and is noted in the log.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn verify(
        &self,
        queue: &str,
        hash: Option<&str>,
        password: SecretString,
    ) -> Result<bool, PasswordError> {
        let stored = match hash.map(Stored::parse) {
            Some(Stored::Argon2(hash)) => Some(*hash),
            Some(Stored::Bcrypt(hash)) => {
                // A hash that parses can be verified: the answer is yes or no.
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

    /// Whether a stored hash was made in another way than hashes are made now, so that it is to be replaced when the
    /// password is at hand.
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

    /// A hash of no password that costs what ours cost. Zeros will do, as its answer is not asked for.
    fn dummy(&self) -> Result<PasswordHash, password_hash::Error> {
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params)?,
            salt: Some(Salt::new(&[0; Salt::RECOMMENDED_LENGTH])?),
            hash: Some(Output::new(&[0; OUTPUT])?),
        })
    }

    /// Lets no password be hashed or verified while it is kept.
    #[cfg(test)]
    pub(crate) async fn hold_for_tests(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        self.turns.clone().acquire_many_owned(AT_A_TIME.try_into().ok()?).await.ok()
    }

    /// How many passwords of a lane wait for their turn or have it.
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
            // Given back when the work is done, and not when nobody waits for it any more.
            let _turns = turns;
            work()
        })
        .await?)
    }
}

/// Whether this is a bcrypt hash that can be verified: one to be taken over.
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
