//! On whose behalf a use case works, and what that lets it do.

use std::sync::Arc;

use super::Services;
use crate::{
    access::{Assurance, Permission, Role},
    dto::account::Profile,
    error::Error,
    ids::{ApiKeyId, KeyId, ServerId, SessionId, UserId},
    zone::Zone,
};

/// On whose behalf a use case works. Clones are cheap.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Nobody that we know.
    Anonymous {
        /// Address of the request.
        address: String,
    },
    /// A person.
    User(Arc<Identity>),
    /// Somebody who may look at backups without saying who they are: a visitor of the demonstration, or of a read API
    /// that was opened to the local network.
    Guest {
        /// Address of the request.
        address: String,
    },
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

/// Who a person is, and how we know: the one thing that every way to sign in ends in.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The person.
    pub user: UserId,
    /// The name that signs in.
    pub name: String,
    /// What may be done: the person's role, or less when the key's scope is less.
    pub role: Role,
    /// How we know.
    pub proof: Proof,
    /// Address of the request.
    pub address: String,
    /// Whether the password, or a code of the second factor, was given a moment ago: within [`crate::access::PROOF_LASTS`] before this request.
    pub proven: bool,
    /// Whether the person has a second factor, a code of which proves the same.
    pub second_factor: bool,
    /// Whether nothing but choosing a password may be done.
    pub must_change_password: bool,
    /// Time zone that the person reads times in, if not the site's.
    pub zone: Option<Zone>,
    /// What the person says and likes.
    pub profile: Profile,
}

/// How we know who a person is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A session that was begun by signing in.
    Session(SessionId),
    /// A key that the person made.
    ApiKey {
        /// The key.
        id: ApiKeyId,
        /// What its owner calls it.
        name: String,
    },
}

impl Actor {
    /// Whether this actor may do something.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for nobody that we know, [`Error::Forbidden`] for those who may not,
    /// [`Error::NeedsSession`] and [`Error::NeedsProof`] for those who may, but have to show better who they are.
    pub fn may(&self, permission: Permission) -> Result<(), Error> {
        let allowed = match self {
            Self::Anonymous { .. } => return Err(Error::Unauthenticated),
            Self::User(identity) => {
                let locked = identity.must_change_password && permission != Permission::OwnAccount;
                if identity.role.may(permission) && !locked {
                    return identity.is_sure_enough(permission.assurance());
                }
                false
            }
            Self::Guest { .. } => permission == Permission::ViewBackups,
            // An ingest key is write-only.
            Self::Sender { .. } => false,
            Self::CommandLine | Self::System => !permission.is_own(),
        };
        if allowed { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// The person whose own account is meant.
    ///
    /// # Errors
    /// As [`Self::may`] with [`Permission::OwnAccount`].
    pub fn person(&self) -> Result<&Identity, Error> {
        self.person_who_may(Permission::OwnAccount)
    }

    /// The person who may do something that only people do.
    ///
    /// # Errors
    /// As [`Self::may`].
    pub fn person_who_may(&self, permission: Permission) -> Result<&Identity, Error> {
        self.may(permission)?;
        match self {
            Self::User(identity) => Ok(identity),
            _ => Err(Error::Forbidden),
        }
    }

    /// The person who asks, or whose key does.
    pub(super) fn user(&self) -> Option<UserId> {
        match self {
            Self::User(identity) => Some(identity.user),
            _ => None,
        }
    }

    /// Whom a secret that is shown once belongs to.
    pub(super) fn owner(&self) -> String {
        match self {
            Self::User(identity) => format!("user {}", identity.user),
            Self::Sender { .. } => "sender".into(),
            Self::Anonymous { .. } | Self::Guest { .. } => "nobody".into(),
            Self::CommandLine | Self::System => "program".into(),
        }
    }

    /// The time zone in which this actor reads times.
    pub fn zone(&self, services: &Services) -> Zone {
        match self {
            Self::User(identity) => identity.zone.clone().unwrap_or_else(|| services.zone.clone()),
            _ => services.zone.clone(),
        }
    }
}

impl Identity {
    /// Whether it is certain enough who this is. A key is for programs, and a session may be an open browser.
    fn is_sure_enough(&self, needed: Assurance) -> Result<(), Error> {
        match needed {
            Assurance::Any => Ok(()),
            Assurance::Session | Assurance::FreshPassword if !self.is_session() => Err(Error::NeedsSession),
            Assurance::FreshPassword if !self.proven => Err(Error::NeedsProof),
            Assurance::Session | Assurance::FreshPassword => Ok(()),
        }
    }

    /// Whether a person sits there, and not a program with a key.
    pub fn is_session(&self) -> bool {
        matches!(self.proof, Proof::Session(_))
    }

    /// The session of this request, if it has one.
    pub fn session(&self) -> Option<SessionId> {
        match self.proof {
            Proof::Session(id) => Some(id),
            Proof::ApiKey { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(role: Role, proof: Proof) -> Actor {
        Actor::User(Arc::new(Identity {
            user: UserId(1),
            name: "jo".into(),
            role,
            proof,
            address: "192.0.2.7".into(),
            proven: true,
            second_factor: false,
            must_change_password: false,
            zone: None,
            profile: Profile::default(),
        }))
    }

    #[test]
    fn only_a_session_changes_its_own_account() {
        let key = Proof::ApiKey { id: ApiKeyId(1), name: "widget".into() };
        assert!(user(Role::Viewer, Proof::Session(SessionId(1))).person().is_ok());
        assert!(matches!(user(Role::Administrator, key).person(), Err(Error::NeedsSession)));
        assert!(matches!(Actor::CommandLine.person(), Err(Error::Forbidden)));
    }

    #[test]
    fn a_key_and_an_old_session_are_told_what_is_missing() {
        let session = |proven| {
            let Actor::User(identity) = user(Role::Administrator, Proof::Session(SessionId(1))) else {
                return Actor::System;
            };
            Actor::User(Arc::new(Identity { proven, ..(*identity).clone() }))
        };
        let key = user(Role::Administrator, Proof::ApiKey { id: ApiKeyId(1), name: "widget".into() });
        for permission in Permission::ALL {
            let needed = permission.assurance();
            assert!(session(true).may(permission).is_ok(), "{permission:?}");
            match session(false).may(permission) {
                Err(Error::NeedsProof) => assert_eq!(needed, Assurance::FreshPassword, "{permission:?}"),
                other => assert!(other.is_ok() && needed < Assurance::FreshPassword, "{permission:?}"),
            }
            match key.may(permission) {
                Err(Error::NeedsSession) => assert!(needed >= Assurance::Session, "{permission:?}"),
                other => assert!(other.is_ok() && needed == Assurance::Any, "{permission:?}"),
            }
            // Less than the role is told as before: as if nothing were there.
            let viewer = user(Role::Viewer, Proof::Session(SessionId(1)));
            assert_eq!(viewer.may(permission).is_ok(), permission.needs() == Role::Viewer);
        }
    }

    #[test]
    fn strangers_guests_and_senders_may_little() {
        for permission in Permission::ALL {
            let nobody = Actor::Anonymous { address: String::new() };
            assert!(matches!(nobody.may(permission), Err(Error::Unauthenticated)));
            let guest = Actor::Guest { address: String::new() };
            assert_eq!(guest.may(permission).is_ok(), permission == Permission::ViewBackups);
            assert!(Actor::Sender { key: None, server: None }.may(permission).is_err());
        }
    }
}
