//! The actor of a use case, and its permissions.

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
    /// A request without valid credentials.
    Anonymous {
        /// The address of the request.
        address: String,
    },
    /// A user.
    User(Arc<Identity>),
    /// Someone who may view backups without signing in: a visitor of the demo, or of a read API that is open to the local network.
    Guest {
        /// The address of the request.
        address: String,
    },
    /// A sender with an ingest key, or without one if open ingest is on.
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

/// A signed-in user and how the user was authenticated: the result of every way to sign in.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The user.
    pub user: UserId,
    /// The name for signing in.
    pub name: String,
    /// The effective role: that of the user, or less if the key's scope is less.
    pub role: Role,
    /// How the user was authenticated.
    pub proof: Proof,
    /// The address of the request.
    pub address: String,
    /// Whether the user recently entered the password or a code of the second factor: within [`crate::access::PROOF_LASTS`] before this
    /// request.
    pub proven: bool,
    /// Whether the user has a second factor, whose code also counts as a confirmation.
    pub second_factor: bool,
    /// Whether the user has to choose a new password before anything else.
    pub must_change_password: bool,
    /// The user's time zone, if it differs from the site's.
    pub zone: Option<Zone>,
    /// The user's profile and preferences.
    pub profile: Profile,
}

/// How a user was authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// By a session that began with a sign-in.
    Session(SessionId),
    /// By an API key that the user created.
    ApiKey {
        /// The key.
        id: ApiKeyId,
        /// The name that the user gave the key.
        name: String,
    },
}

impl Actor {
    /// Checks that this actor has a permission.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for anonymous actors; [`Error::Forbidden`] without the permission; [`Error::NeedsSession`] or
    /// [`Error::NeedsProof`] with the permission but without a session or a recent confirmation that it requires.
    pub fn may(&self, permission: Permission) -> Result<(), Error> {
        let allowed = match self {
            Self::Anonymous { .. } => return Err(Error::Unauthenticated),
            Self::User(identity) => {
                let locked = identity.must_change_password && permission != Permission::OwnAccount;
                if identity.role.may(permission) && !locked {
                    return identity.has_assurance(permission.assurance());
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

    /// Returns the user whose own account is used.
    ///
    /// # Errors
    /// Same as [`Self::may`] with [`Permission::OwnAccount`].
    pub fn person(&self) -> Result<&Identity, Error> {
        self.user_who_may(Permission::OwnAccount)
    }

    /// Returns the user, if this actor is one with the permission.
    ///
    /// # Errors
    /// Same as [`Self::may`]; [`Error::Forbidden`] for actors that are not users.
    pub fn user_who_may(&self, permission: Permission) -> Result<&Identity, Error> {
        self.may(permission)?;
        match self {
            Self::User(identity) => Ok(identity),
            _ => Err(Error::Forbidden),
        }
    }

    /// Returns the user of the session or API key, if any.
    pub(super) fn user(&self) -> Option<UserId> {
        match self {
            Self::User(identity) => Some(identity.user),
            _ => None,
        }
    }

    /// Returns the owner of what is kept for one actor, such as a secret that is shown once.
    pub fn owner(&self) -> String {
        match self {
            Self::User(identity) => format!("user {}", identity.user),
            Self::Sender { .. } => "sender".into(),
            Self::Anonymous { .. } | Self::Guest { .. } => "nobody".into(),
            Self::CommandLine | Self::System => "program".into(),
        }
    }

    /// Returns the time zone in which this actor reads times.
    pub fn zone(&self, services: &Services) -> Zone {
        match self {
            Self::User(identity) => identity.zone.clone().unwrap_or_else(|| services.zone.clone()),
            _ => services.zone.clone(),
        }
    }
}

impl Identity {
    /// Checks that the authentication is strong enough. A key is for programs, and a session may be an unattended browser.
    fn has_assurance(&self, needed: Assurance) -> Result<(), Error> {
        match needed {
            Assurance::Any => Ok(()),
            Assurance::Session | Assurance::FreshPassword if !self.is_session() => Err(Error::NeedsSession),
            Assurance::FreshPassword if !self.proven => Err(Error::NeedsProof),
            Assurance::Session | Assurance::FreshPassword => Ok(()),
        }
    }

    /// Returns whether this is a session, not an API key.
    pub fn is_session(&self) -> bool {
        matches!(self.proof, Proof::Session(_))
    }

    /// Returns the session of this request, if it has one.
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
            // A role that is too low gets the same error as before.
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
