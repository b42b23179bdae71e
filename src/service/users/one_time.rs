//! Temporary passwords that an administrator is shown once, as new ingest keys are.

use crate::{
    access::{Permission, Role},
    dto::user::OneTimeSecret,
    error::Error,
    ids::UserId,
    service::{Actor, Services},
};

/// Adds a person with a temporary password, and keeps that for one showing to the one who asked; returns the token that
/// shows it.
///
/// # Errors
/// As [`super::create`].
pub async fn create_to_show(
    services: &Services,
    actor: &Actor,
    name: &str,
    role: Role,
) -> Result<String, Error> {
    let (_, made) = super::create(services, actor, name, role, None).await?;
    keep(services, actor, made)
}

/// Gives a person a temporary password, and keeps it for one showing, as [`create_to_show`] does.
///
/// # Errors
/// As [`super::reset_password`].
pub async fn reset_to_show(
    services: &Services,
    actor: &Actor,
    id: UserId,
    second_factor: bool,
) -> Result<String, Error> {
    let made = super::reset_password(services, actor, id, None, second_factor).await?;
    keep(services, actor, made)
}

/// The password that waits under a token; only the first who asks gets it, and only the one who made it.
///
/// # Errors
/// [`Error::Forbidden`] when the actor may not manage people.
pub fn take_to_show(services: &Services, actor: &Actor, token: &str) -> Result<Option<OneTimeSecret>, Error> {
    // Seeing it once was allowed when it was made, a moment ago.
    actor.may(Permission::ViewUsers)?;
    Ok(services.new_secrets.take(&actor.owner(), token, services.clock.now()).map(|one| one.thing))
}

/// Nothing was made when the password was given: then there is nothing to show.
fn keep(services: &Services, actor: &Actor, made: Option<OneTimeSecret>) -> Result<String, Error> {
    made.map_or_else(
        || Ok(String::new()),
        |secret| services.new_secrets.keep(actor.owner(), secret, services.clock.now()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::{
        testing::{TestResult, services},
        users,
    };

    #[tokio::test]
    async fn a_temporary_password_is_shown_once_to_the_one_who_made_it() -> TestResult {
        let (_folder, services) = services()?;
        let actor = Actor::CommandLine;
        let token = create_to_show(&services, &actor, "Jo", Role::Viewer).await?;
        let stranger = Actor::Anonymous { address: String::new() };
        assert!(take_to_show(&services, &stranger, &token).is_err());
        let first = take_to_show(&services, &actor, &token)?.ok_or("nothing is shown")?;
        assert_eq!(first.name, "jo");
        assert_eq!(take_to_show(&services, &actor, &token)?, None);

        let id = users::find(&services, &actor, "jo").await?;
        let token = reset_to_show(&services, &actor, id, true).await?;
        let second = take_to_show(&services, &actor, &token)?.ok_or("nothing is shown")?;
        assert_ne!(first.secret, second.secret);
        assert!(users::list(&services, &actor).await?.users[0].password_temporary);
        Ok(())
    }
}
