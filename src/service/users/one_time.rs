//! Temporary passwords that are shown once to an administrator, like new ingest keys.

use crate::{
    access::{Permission, Role},
    dto::user::OneTimeSecret,
    error::Error,
    ids::UserId,
    service::{Actor, Services},
};

/// Creates a user with a temporary password, and keeps it to be shown once to the actor. Returns the token for it.
///
/// # Errors
/// Same as [`super::create`].
pub async fn create_to_show(
    services: &Services,
    actor: &Actor,
    name: &str,
    role: Role,
) -> Result<String, Error> {
    let (_, made) = super::create(services, actor, name, role, None).await?;
    keep(services, actor, made)
}

/// Sets a temporary password, and keeps it to be shown once, like [`create_to_show`].
///
/// # Errors
/// Same as [`super::reset_password`].
pub async fn reset_to_show(
    services: &Services,
    actor: &Actor,
    id: UserId,
    second_factor: bool,
) -> Result<String, Error> {
    let made = super::reset_password(services, actor, id, None, second_factor).await?;
    keep(services, actor, made)
}

/// Takes the password kept under a token. Only the administrator who generated it gets it, and only once.
///
/// # Errors
/// [`Error::Forbidden`] if the actor may not view users.
pub fn take_to_show(services: &Services, actor: &Actor, token: &str) -> Result<Option<OneTimeSecret>, Error> {
    // Viewing suffices, because the change was authorized a moment ago.
    actor.may(Permission::ViewUsers)?;
    Ok(services.new_secrets.take(&actor.owner(), token, services.clock.now()).map(|one| one.thing))
}

/// Keeps a generated password and returns its token; an empty token if none was generated.
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
