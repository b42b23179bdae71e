//! The use cases. Every function takes the [`Services`] and the [`Actor`] on whose behalf it works, and reads the time from the
//! services' clock. Authorization happens here, because server functions that run during rendering never pass through HTTP layers.
//! The fields of the services are private to this module: others call a use case, or one of the few accessors.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    clock::Clock,
    crypto::{EntropyError, Passwords, SecretKeys},
    db::Db,
    dto::key::NewKey,
    error::Error,
    log_buffer::LogBuffer,
    throttle::Throttle,
    zone::Zone,
};

pub mod account;
mod actor;
pub mod audit;
pub mod configuration;
pub mod database;
pub mod entered_forms;
mod expiring;
pub mod health;
pub mod import;
pub mod ingest;
pub mod ingest_keys;
pub mod labels;
pub mod log;
pub mod monitoring;
pub mod noticing;
pub mod notifications;
pub mod overview;
pub mod programs;
mod rows;
pub mod security;
pub mod servers;
pub mod session;
pub mod settings;
pub mod sharing;
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
    /// The operator's options.
    options: Arc<Options>,
    /// Rejected reports that are not stored yet.
    rejections: Arc<ingest::rejected::PendingRejections>,
    /// Secrets of new keys that are shown once.
    new_keys: Arc<OneTimeSecrets<NewKey>>,
    /// API keys and temporary passwords that are shown once.
    new_secrets: Arc<OneTimeSecrets<crate::dto::user::OneTimeSecret>>,
    /// Recovery codes that are shown once.
    new_codes: Arc<OneTimeSecrets<Vec<String>>>,
    /// Texts of messages that are typed and not saved.
    template_drafts: Arc<OneTimeSecrets<crate::dto::template::TemplateForm>>,
    /// Uploaded backups that wait for confirmation.
    uploads: Arc<database::UploadedBackups>,
    /// Hashes and checks passwords.
    passwords: Passwords,
    /// Encrypts stored secrets.
    secrets: security::secrets::Secrets,
    /// The link that creates the first administrator.
    setup_link: Arc<users::setup::SetupLink>,
    /// The lines that the program logged; empty unless they are captured.
    log: Arc<LogBuffer>,
    /// Long work in the background.
    work: Arc<tasks::background::BackgroundWork>,
    current_settings: Arc<settings::Current>,
    sign_ins: Arc<Throttle>,
    /// Addresses that open wrong links.
    wrong_links: Arc<Throttle>,
    unknown_names: Arc<session::UnknownNames>,
    space: Arc<health::DiskSpaceCache>,
    last_address_check: Arc<security::public_address::LastCheck>,
    site_levels: Arc<overview::site_levels::SiteLevels>,
    access: watch::Sender<u64>,
    last_round: notifications::heartbeat::LastRound,
    /// What was entered into forms that failed.
    entered_forms: Arc<entered_forms::EnteredForms>,
}

/// The operator's options at start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether reports without a key are accepted.
    pub open_ingest: bool,
    /// Maximum number of servers that reports with one key (without a key: from one address) may create in a day.
    pub max_new_servers: i64,
    /// Maximum number of jobs that reports with one key (without a key: from one address) may create in a day.
    pub max_new_jobs: i64,
    /// How long raw reports are kept, in days.
    pub raw_report_days: i64,
    /// Maximum number of jobs in the figures for Prometheus.
    pub metrics_max_jobs: i64,
    /// Whether this is the demo, whose visitors cannot change anything.
    pub demo: bool,
    /// Maximum lifetime of a session in seconds.
    pub session_lasts: i64,
    /// Maximum time without use of a session, in seconds.
    pub session_idle: i64,
    /// The address the program listens on, if any.
    pub listening: Option<std::net::SocketAddr>,
    /// Address under which people reach the program, with its base path and without a slash at the end; `None` if nobody said it.
    pub public_url: Option<String>,
    /// The folder for backups; `None` for the one next to the database.
    pub backup_dir: Option<std::path::PathBuf>,
}

/// The cryptography that services use.
#[derive(Debug)]
pub struct Crypto {
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Encrypts stored secrets.
    pub secrets: security::secrets::Secrets,
}

impl Crypto {
    /// Returns cheap hashes and a key that is never stored, for tests and made-up data.
    ///
    /// # Errors
    /// If the system cannot provide random bytes.
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
            metrics_max_jobs: 5_000,
            demo: false,
            session_lasts: 30 * 86_400,
            session_idle: 7 * 86_400,
            listening: None,
            public_url: None,
            backup_dir: None,
        }
    }
}

impl Services {
    /// Creates the services.
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
            template_drafts: Arc::default(),
            uploads: Arc::default(),
            passwords: guards.passwords,
            secrets: guards.secrets,
            setup_link: Arc::default(),
            log: Arc::default(),
            work: Arc::default(),
            current_settings: Arc::default(),
            sign_ins: Arc::new(Throttle::of_sign_ins()),
            wrong_links: Arc::new(Throttle::of_sign_ins()),
            unknown_names: Arc::default(),
            space: Arc::default(),
            last_address_check: Arc::default(),
            site_levels: Arc::default(),
            access: watch::Sender::new(0),
            last_round: watch::Sender::new(None),
            entered_forms: Arc::default(),
        }
    }

    /// Counts a link that is not one of ours. An address that sends too many has to wait.
    fn wrong_link(&self, caller: &session::Caller) -> Error {
        match caller.address.and_then(|address| self.wrong_links.fail(address, self.clock.now())) {
            Some(seconds) => Error::TooMany { seconds },
            None => Error::NotFound,
        }
    }

    /// Returns the database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Returns the clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns the site's time zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Returns the operator's options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Returns the encryption of stored secrets.
    pub fn secrets(&self) -> &security::secrets::Secrets {
        &self.secrets
    }

    /// Returns the lines that the program logged.
    pub fn log(&self) -> &LogBuffer {
        &self.log
    }

    /// Returns the long work in the background.
    pub fn background_work(&self) -> &Arc<tasks::background::BackgroundWork> {
        &self.work
    }

    /// Returns the same services with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Returns the same services with the program's captured log.
    #[must_use]
    pub fn with_log(self, log: Arc<LogBuffer>) -> Self {
        Self { log, ..self }
    }

    /// Returns a number that changes whenever someone may have lost access: streams then check whether they may continue.
    pub fn access(&self) -> watch::Receiver<u64> {
        self.access.subscribe()
    }

    /// Announces that someone may have lost access.
    fn access_changed(&self) {
        self.access.send_modify(|number| *number += 1);
    }
}

#[cfg(test)]
pub(crate) mod testing;
