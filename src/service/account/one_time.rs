//! Secrets of an account that are shown once: recovery codes and API keys are kept in memory under a token, like
//! ingest keys.

use secrecy::SecretString;

use super::api_keys;
use crate::{
    access::Scope,
    dto::user::OneTimeSecret,
    error::Error,
    service::{Actor, Services},
};

/// Turns on the second factor and keeps its recovery codes to be shown once. Returns the token for them.
///
/// # Errors
/// Same as [`super::confirm_second_factor`].
pub async fn confirm_second_factor(services: &Services, actor: &Actor, code: &str) -> Result<String, Error> {
    let codes = super::confirm_second_factor(services, actor, code).await?;
    services.new_codes.keep(actor.owner(), codes, services.clock.now())
}

/// Generates new recovery codes and keeps them to be shown once, like [`confirm_second_factor`].
///
/// # Errors
/// Same as [`super::renew_recovery_codes`].
pub async fn renew_recovery_codes(
    services: &Services,
    actor: &Actor,
    password: SecretString,
) -> Result<String, Error> {
    let codes = super::renew_recovery_codes(services, actor, password).await?;
    services.new_codes.keep(actor.owner(), codes, services.clock.now())
}

/// Takes the recovery codes kept under a token. Only their owner gets them, and only once.
///
/// # Errors
/// [`Error::Forbidden`] unless the actor is a user with a session.
pub fn take_recovery_codes(
    services: &Services,
    actor: &Actor,
    token: &str,
) -> Result<Option<Vec<String>>, Error> {
    actor.person()?;
    Ok(services.new_codes.take(&actor.owner(), token, services.clock.now()).map(|one| one.thing))
}

/// Creates an API key and keeps its secret to be shown once. Returns the token for it.
///
/// # Errors
/// Same as [`api_keys::create`].
pub async fn create_api_key(
    services: &Services,
    actor: &Actor,
    name: &str,
    scope: Scope,
    days: Option<i64>,
) -> Result<String, Error> {
    let key = api_keys::create(services, actor, name, scope, days).await?;
    services.new_secrets.keep(actor.owner(), key, services.clock.now())
}

/// Takes the API key kept under a token. Only the user who created it gets it, and only once.
///
/// # Errors
/// [`Error::Forbidden`] unless the actor is a user with a session.
pub fn take_api_key(services: &Services, actor: &Actor, token: &str) -> Result<Option<OneTimeSecret>, Error> {
    actor.person()?;
    Ok(services.new_secrets.take(&actor.owner(), token, services.clock.now()).map(|one| one.thing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::Role,
        service::{
            session,
            session::{Caller, Resolved, SignIn},
            testing::{TestResult, services},
            users,
        },
    };

    async fn person(services: &Services, name: &str) -> Result<Actor, Box<dyn std::error::Error>> {
        use secrecy::ExposeSecret as _;
        let password = || SecretString::from("a long row of words 7");
        users::create(services, &Actor::CommandLine, name, Role::Operator, Some(password())).await?;
        let SignIn::Complete(token) = session::begin(services, &Caller::default(), name, password()).await?
        else {
            return Err("there is no second factor".into());
        };
        match session::resolve(services, &Caller::default(), token.0.expose_secret()).await? {
            Some(Resolved::User(identity)) => Ok(Actor::User(identity)),
            other => Err(format!("{other:?}").into()),
        }
    }

    #[tokio::test]
    async fn a_new_api_key_is_shown_once_to_its_owner() -> TestResult {
        let (_folder, services) = services()?;
        let (jo, kim) = (person(&services, "jo").await?, person(&services, "kim").await?);
        let token = create_api_key(&services, &jo, "widget", Scope::Read, Some(30)).await?;
        assert_eq!(take_api_key(&services, &kim, &token)?, None);
        let shown = take_api_key(&services, &jo, &token)?.ok_or("it waits")?;
        assert_eq!(shown.name, "widget");
        assert!(session::resolve_key(&services, &Caller::default(), &shown.secret).await?.is_some());
        assert_eq!(take_api_key(&services, &jo, &token)?, None);
        let stranger = Actor::Anonymous { address: String::new() };
        assert!(matches!(take_api_key(&services, &stranger, &token), Err(Error::Unauthenticated)));
        Ok(())
    }

    #[tokio::test]
    async fn recovery_codes_are_shown_once_to_their_owner() -> TestResult {
        let (_folder, services) = services()?;
        let (jo, kim) = (person(&services, "jo").await?, person(&services, "kim").await?);
        let codes = vec!["abcd-efgh-jkmn".to_owned()];
        let token = services.new_codes.keep(jo.owner(), codes.clone(), services.clock.now())?;
        assert_eq!(take_recovery_codes(&services, &kim, &token)?, None);
        assert_eq!(take_recovery_codes(&services, &jo, &token)?, Some(codes));
        assert_eq!(take_recovery_codes(&services, &jo, &token)?, None);
        assert!(matches!(
            renew_recovery_codes(&services, &jo, "a long row of words 7".to_owned().into()).await,
            Err(Error::Invalid { field: "second_factor", .. })
        ));
        assert!(matches!(
            confirm_second_factor(&services, &jo, "123456").await,
            Err(Error::Invalid { field: "second_factor", .. })
        ));
        Ok(())
    }
}
