//! Users for tests: adds them, signs them in, and reads the audit log.

use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    access::Role,
    crypto::totp,
    db::tables::audit::{self, AuditFilter, AuditRecord},
    dto::account::SecondFactor,
    error::Error,
    ids::UserId,
    service::{
        Actor, Services, account, session,
        session::{Caller, Resolved, SignIn},
        users,
    },
};

/// The password of every user.
pub(crate) const PASSWORD: &str = "violet teapot under seven bridges";

/// Returns the password as services take it.
pub(crate) fn password() -> SecretString {
    SecretString::from(PASSWORD)
}

/// Adds a user.
pub(crate) async fn add(services: &Services, name: &str, role: Role) -> Result<UserId, Error> {
    Ok(users::create(services, &Actor::CommandLine, name, role, Some(password())).await?.0)
}

/// Returns a browser without an address, which is never throttled.
pub(crate) fn browser() -> Caller {
    Caller { address: None, device: "Firefox".into(), mark: None }
}

/// Signs in a user without a second factor; returns the token of the cookie.
pub(crate) async fn sign_in(services: &Services, name: &str) -> Result<String, Error> {
    match session::begin(services, &browser(), name, password()).await? {
        SignIn::Complete(token) => Ok(token.0.expose_secret().to_owned()),
        SignIn::NeedsCode(_) => Err(Error::Forbidden),
    }
}

/// Performs the first step of a sign-in with a second factor; returns its token.
pub(crate) async fn first_step(services: &Services, name: &str) -> Result<String, Error> {
    match session::begin(services, &browser(), name, password()).await? {
        SignIn::NeedsCode(token) => Ok(token.0.expose_secret().to_owned()),
        SignIn::Complete(_) => Err(Error::Forbidden),
    }
}

/// Returns the actor of a token.
pub(crate) async fn who(services: &Services, token: &str) -> Result<Option<Actor>, Error> {
    Ok(match session::resolve(services, &browser(), token).await? {
        Some(Resolved::User(identity)) => Some(Actor::User(identity)),
        _ => None,
    })
}

/// Signs in a user; returns the actor.
pub(crate) async fn signed_in(services: &Services, name: &str) -> Result<Actor, Error> {
    let token = sign_in(services, name).await?;
    who(services, &token).await?.ok_or(Error::Unauthenticated)
}

/// Adds a user and signs in; returns the actor.
pub(crate) async fn member(services: &Services, name: &str, role: Role) -> Result<Actor, Error> {
    add(services, name, role).await?;
    signed_in(services, name).await
}

/// Turns on a user's second factor; returns its secret and the recovery codes.
pub(crate) async fn second_factor(
    services: &Services,
    actor: &Actor,
) -> Result<(String, Vec<String>), Error> {
    account::begin_second_factor(services, actor, password()).await?;
    let SecondFactor::Pending(enrolment) = account::show(services, actor).await?.second_factor else {
        return Err(Error::NotFound);
    };
    let code = code(services, &enrolment.secret);
    let codes = account::confirm_second_factor(services, actor, &code).await?;
    Ok((enrolment.secret, codes))
}

/// Returns the current code of the app.
pub(crate) fn code(services: &Services, secret: &str) -> String {
    totp::code_at(secret, services.clock.now()).unwrap_or_default()
}

/// Returns the whole audit log, oldest first.
pub(crate) async fn trail(services: &Services) -> Result<Vec<AuditRecord>, Error> {
    let newest = services.db.read(|conn| audit::list(conn, &AuditFilter::default(), 10_000, 0)).await?;
    Ok(newest.into_iter().rev().map(|(_, record)| record).collect())
}

/// Returns the recorded actions, as `action` or, if it failed, `action!`.
pub(crate) async fn actions(services: &Services) -> Result<Vec<String>, Error> {
    let mark = |record: AuditRecord| record.action + if record.success { "" } else { "!" };
    Ok(trail(services).await?.into_iter().map(mark).collect())
}
