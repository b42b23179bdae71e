//! The use cases. Every function takes the [`Services`], the [`Actor`] on whose behalf it works, and reads the time
//! from the services' clock; authorisation happens here, because server functions that run during rendering never
//! pass through HTTP layers.

use std::sync::Arc;

use crate::{
    clock::Clock,
    db::Db,
    error::Error,
    ids::{KeyId, ServerId},
    zone::Zone,
};

pub mod dashboard;
pub mod health;
pub mod ingest;
pub mod key;
pub mod maintenance;
pub mod reach;
pub mod rejected;
pub mod run;
pub mod server;
mod shape;

/// What every use case works with. Clones share everything.
#[derive(Debug, Clone)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// The site's time zone.
    pub zone: Zone,
    /// What the operator chose.
    pub options: Arc<Options>,
    /// Refusals that are not written yet.
    pub refusals: Arc<rejected::Refusals>,
    /// Secrets of new keys that wait to be shown once.
    pub new_keys: Arc<key::NewKeys>,
}

/// What the operator chose at start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether reports without a key are accepted.
    pub open_ingest: bool,
    /// How long raw reports are kept: days.
    pub raw_report_days: i64,
    /// Whether this is the demonstration: nothing can be changed.
    pub demo: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { open_ingest: false, raw_report_days: 30, demo: false }
    }
}

impl Services {
    /// Puts the services together.
    pub fn new(db: Db, clock: Clock, zone: Zone, options: Options) -> Self {
        Self {
            db,
            clock,
            zone,
            options: Arc::new(options),
            refusals: Arc::default(),
            new_keys: Arc::default(),
        }
    }
}

/// On whose behalf a use case works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A person at a page; until there is sign-in, whoever reaches the address.
    Visitor,
    /// A sender with an ingest key, or without one when open ingest is on.
    Sender {
        /// The key, if any.
        key: Option<KeyId>,
        /// The server that the key is bound to, if any.
        server: Option<ServerId>,
    },
    /// The command line on this machine.
    CommandLine,
    /// The program itself.
    System,
}

impl Actor {
    /// Whether this actor may look at pages.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for senders: an ingest key is write-only.
    pub fn may_view(&self) -> Result<(), Error> {
        match self {
            Self::Visitor | Self::CommandLine | Self::System => Ok(()),
            Self::Sender { .. } => Err(Error::Forbidden),
        }
    }

    /// Whether this actor may change settings and keys.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for senders, and for visitors of the demonstration.
    pub fn may_administer(&self, services: &Services) -> Result<(), Error> {
        match self {
            Self::Visitor if services.options.demo => Err(Error::Forbidden),
            Self::Visitor | Self::CommandLine | Self::System => Ok(()),
            Self::Sender { .. } => Err(Error::Forbidden),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing;
