//! The use cases. Every function takes the [`Services`] and the [`Actor`] on whose behalf it works, and reads the time from the
//! services' clock. Authorisation happens here, because server functions that run during rendering never pass through HTTP layers.
//! What the services consist of is private to this module: others reach a use case, or the few parts that have a method.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    clock::Clock,
    crypto::{EntropyError, Passwords, SecretKeys},
    db::Db,
    dto::key::NewKey,
    log_buffer::LogBuffer,
    throttle::Throttle,
    zone::Zone,
};

pub mod account;
mod actor;
pub mod audit;
pub mod database;
mod expiring;
pub mod health;
pub mod import;
pub mod ingest;
pub mod ingest_keys;
pub mod log;
pub mod monitoring;
pub mod noticing;
pub mod overview;
mod rows;
pub mod security;
pub mod servers;
pub mod session;
pub mod settings;
pub mod tasks;
pub mod users;

pub use actor::{Actor, Identity, Proof};
pub use expiring::OneTimeSecrets;

/// What every use case works with. Clones share everything.
#[derive(Debug, Clone)]
pub struct Services {
    /// The database.
    db: Db,
    /// The clock.
    clock: Clock,
    /// The site's time zone.
    zone: Zone,
    /// What the operator chose.
    options: Arc<Options>,
    /// Refusals that are not written yet.
    rejections: Arc<ingest::rejected::PendingRejections>,
    /// Secrets of new keys that wait to be shown once.
    new_keys: Arc<OneTimeSecrets<NewKey>>,
    /// API keys and temporary passwords that wait to be shown once.
    new_secrets: Arc<OneTimeSecrets<crate::dto::user::OneTimeSecret>>,
    /// Recovery codes that wait to be shown once.
    new_codes: Arc<OneTimeSecrets<Vec<String>>>,
    /// Backups that were sent and wait to be confirmed.
    uploads: Arc<database::UploadedBackups>,
    /// Hashes and checks passwords.
    passwords: Passwords,
    /// Seals what is secret at rest.
    secrets: security::secrets::Secrets,
    /// The link by which the first administrator is made.
    setup_link: Arc<users::setup::SetupLink>,
    /// What the program wrote to its log; empty unless the program captures it.
    log: Arc<LogBuffer>,
    /// Long work that somebody began.
    work: Arc<tasks::background::BackgroundWork>,
    current_settings: Arc<settings::Current>,
    sign_ins: Arc<Throttle>,
    unknown_names: Arc<session::UnknownNames>,
    space: Arc<health::DiskSpaceCache>,
    last_address_check: Arc<security::public_address::LastCheck>,
    site_levels: Arc<overview::site_levels::SiteLevels>,
    access: watch::Sender<u64>,
}

/// What the operator chose at start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether reports without a key are accepted.
    pub open_ingest: bool,
    /// Servers that reports of one key may make in a day (of one address, without a key).
    pub max_new_servers: i64,
    /// Jobs that reports of one key may make in a day (of one address, without a key).
    pub max_new_jobs: i64,
    /// How long raw reports are kept: days.
    pub raw_report_days: i64,
    /// Whether this is the demonstration: its visitors look, and change nothing.
    pub demo: bool,
    /// How long a session lasts at most: seconds.
    pub session_lasts: i64,
    /// How long a session lasts without being used: seconds.
    pub session_idle: i64,
    /// Where the program listens, when it does.
    pub listening: Option<std::net::SocketAddr>,
    /// Where the program keeps its backups; beside the database when nothing is said.
    pub backup_dir: Option<std::path::PathBuf>,
}

/// What keeps secrets.
#[derive(Debug)]
pub struct Crypto {
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Seals what is secret at rest.
    pub secrets: security::secrets::Secrets,
}

impl Crypto {
    /// For tests and data sets that are made up: cheap hashes, and a key that is forgotten.
    ///
    /// # Errors
    /// When there is no entropy.
    pub fn for_made_up_data() -> Result<Self, EntropyError> {
        Ok(Self { passwords: Passwords::fast_for_tests(), secrets: SecretKeys::in_memory()?.into() })
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            open_ingest: false,
            max_new_servers: 50,
            max_new_jobs: 200,
            raw_report_days: 30,
            demo: false,
            session_lasts: 30 * 86_400,
            session_idle: 7 * 86_400,
            listening: None,
            backup_dir: None,
        }
    }
}

impl Services {
    /// Puts the services together.
    pub fn new(db: Db, clock: Clock, zone: Zone, options: Options, guards: Crypto) -> Self {
        Self {
            db,
            clock,
            zone,
            options: Arc::new(options),
            rejections: Arc::default(),
            new_keys: Arc::default(),
            new_secrets: Arc::default(),
            new_codes: Arc::default(),
            uploads: Arc::default(),
            passwords: guards.passwords,
            secrets: guards.secrets,
            setup_link: Arc::default(),
            log: Arc::default(),
            work: Arc::default(),
            current_settings: Arc::default(),
            sign_ins: Arc::new(Throttle::of_sign_ins()),
            unknown_names: Arc::default(),
            space: Arc::default(),
            last_address_check: Arc::default(),
            site_levels: Arc::default(),
            access: watch::Sender::new(0),
        }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The site's time zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// What the operator chose.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The encryption of stored secrets.
    pub fn secrets(&self) -> &security::secrets::Secrets {
        &self.secrets
    }

    /// The lines that the program logged.
    pub fn log(&self) -> &LogBuffer {
        &self.log
    }

    /// Work that runs while nobody waits for it.
    pub fn background_work(&self) -> &Arc<tasks::background::BackgroundWork> {
        &self.work
    }

    /// The same services with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The same services with the lines that the program logs.
    #[must_use]
    pub fn with_log(self, log: Arc<LogBuffer>) -> Self {
        Self { log, ..self }
    }

    /// Changes whenever somebody may have lost access: streams look whether they may go on.
    pub fn access(&self) -> watch::Receiver<u64> {
        self.access.subscribe()
    }

    /// Says that somebody may have lost access.
    fn access_changed(&self) {
        self.access.send_modify(|number| *number += 1);
    }
}

#[cfg(test)]
pub(crate) mod testing;
