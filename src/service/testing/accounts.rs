//! People for tests: who is added, signed in, and what the audit trail says of it.

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

/// Everybody's password.
pub(crate) const PASSWORD: &str = "violet teapot under seven bridges";

/// The password as services take it.
pub(crate) fn password() -> SecretString {
    SecretString::from(PASSWORD)
}

/// Adds a person.
pub(crate) async fn add(services: &Services, name: &str, role: Role) -> Result<UserId, Error> {
    Ok(users::create(services, &Actor::CommandLine, name, role, Some(password())).await?.0)
}

/// A browser somewhere; without an address nothing slows it down.
pub(crate) fn browser() -> Caller {
    Caller { address: None, device: "Firefox".into(), mark: None }
}

/// Signs a person in who has no second factor, and returns the token of the cookie.
pub(crate) async fn sign_in(services: &Services, name: &str) -> Result<String, Error> {
    match session::begin(services, &browser(), name, password()).await? {
        SignIn::Complete(token) => Ok(token.0.expose_secret().to_owned()),
        SignIn::NeedsCode(_) => Err(Error::Forbidden),
    }
}

/// The first step of a person with a second factor.
pub(crate) async fn first_step(services: &Services, name: &str) -> Result<String, Error> {
    match session::begin(services, &browser(), name, password()).await? {
        SignIn::NeedsCode(token) => Ok(token.0.expose_secret().to_owned()),
        SignIn::Complete(_) => Err(Error::Forbidden),
    }
}

/// Who comes with a token.
pub(crate) async fn who(services: &Services, token: &str) -> Result<Option<Actor>, Error> {
    Ok(match session::resolve(services, &browser(), token).await? {
        Some(Resolved::User(identity)) => Some(Actor::User(identity)),
        _ => None,
    })
}

/// Signs a person in and says who that is.
pub(crate) async fn signed_in(services: &Services, name: &str) -> Result<Actor, Error> {
    let token = sign_in(services, name).await?;
    who(services, &token).await?.ok_or(Error::Unauthenticated)
}

/// Adds a person and signs the person in.
pub(crate) async fn member(services: &Services, name: &str, role: Role) -> Result<Actor, Error> {
    add(services, name, role).await?;
    signed_in(services, name).await
}

/// Switches a person's second factor on; returns its secret and the recovery codes.
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

/// What the app shows now.
pub(crate) fn code(services: &Services, secret: &str) -> String {
    totp::code_at(secret, services.clock.now()).unwrap_or_default()
}

/// The whole audit trail, oldest first.
pub(crate) async fn trail(services: &Services) -> Result<Vec<AuditRecord>, Error> {
    let newest = services.db.read(|conn| audit::list(conn, &AuditFilter::default(), 10_000, 0)).await?;
    Ok(newest.into_iter().rev().map(|(_, record)| record).collect())
}

/// What was recorded, as `action` or `action!` for what failed.
pub(crate) async fn actions(services: &Services) -> Result<Vec<String>, Error> {
    let mark = |record: AuditRecord| record.action + if record.success { "" } else { "!" };
    Ok(trail(services).await?.into_iter().map(mark).collect())
}
