//! The first administrator.

use super::*;
use crate::service::testing::{
    TestResult,
    accounts::{actions, add, browser, password, signed_in, trail, who},
    at, services,
};

async fn with(services: &Services, link: &str, name: &str) -> Result<Token, Error> {
    complete(services, &browser(), link, name, password()).await
}

#[tokio::test]
async fn the_link_makes_one_administrator() -> TestResult {
    let (_folder, services) = services()?;
    assert!(is_needed(&services).await?);
    let link = new_link(&services)?;
    assert!(link.len() >= 52 && is_link(&services, &browser(), &link)?);
    let token = with(&services, &link, " Jo ").await?;
    let actor = who(&services, secrecy::ExposeSecret::expose_secret(&token.0)).await?.ok_or("nobody")?;
    assert!(actor.may(crate::access::Permission::ManageUsers).is_ok(), "and is signed in");
    assert!(!is_needed(&services).await? && !is_link(&services, &browser(), &link)?);
    assert!(matches!(with(&services, &link, "kim").await, Err(Error::Credentials)), "once");
    assert_eq!(actions(&services).await?, ["user.create_first", "session.begin"]);
    assert!(!format!("{:?} {:?}", trail(&services).await?, services.setup_link).contains(&link));
    Ok(())
}

#[tokio::test]
async fn a_link_works_for_an_hour_and_until_the_next() -> TestResult {
    let (_folder, services) = services()?;
    let first = new_link(&services)?;
    let second = new_link(&services)?;
    assert!(!is_link(&services, &browser(), &first)?, "only the last one");
    at(&services, LINK_LASTS - 1);
    assert!(is_link(&services, &browser(), &second)?);
    at(&services, LINK_LASTS);
    for wrong in [&*second, &*first, "", "x"] {
        assert!(matches!(with(&services, wrong, "jo").await, Err(Error::Credentials)), "{wrong}");
    }
    assert!(is_needed(&services).await?);
    Ok(())
}

#[tokio::test]
async fn nothing_is_lost_by_a_name_or_a_password_that_cannot_be_used() -> TestResult {
    let (_folder, services) = services()?;
    let link = new_link(&services)?;
    assert!(matches!(with(&services, &link, "<img>").await, Err(Error::Invalid { field: "name", .. })));
    let weak = complete(&services, &browser(), &link, "jo", "password".to_owned().into()).await;
    assert!(matches!(weak, Err(Error::Invalid { field: "password", .. })));
    with(&services, &link, "jo").await?;
    Ok(())
}

#[tokio::test]
async fn two_at_once_make_one() -> TestResult {
    let (_folder, services) = services()?;
    let link = new_link(&services)?;
    let both = tokio::join!(with(&services, &link, "jo"), with(&services, &link, "kim"));
    assert_eq!(usize::from(both.0.is_ok()) + usize::from(both.1.is_ok()), 1);
    assert_eq!(services.db.read(users::count).await?, 1);
    Ok(())
}

#[tokio::test]
async fn the_link_is_nothing_once_there_are_people() -> TestResult {
    let (_folder, services) = services()?;
    let link = new_link(&services)?;
    add(&services, "kim", Role::Viewer).await?;
    assert!(matches!(with(&services, &link, "jo").await, Err(Error::NotFound)));
    assert_eq!(services.db.read(users::count).await?, 1);
    Ok(())
}

#[tokio::test]
async fn who_guesses_links_is_slowed_down() -> TestResult {
    let (_folder, services) = services()?;
    let link = new_link(&services)?;
    let caller = Caller { address: Some("192.0.2.7".parse()?), device: String::new(), mark: None };
    for _ in 0..20 {
        assert!(!is_link(&services, &caller, "guess")?);
    }
    assert!(matches!(is_link(&services, &caller, "guess"), Err(Error::TooMany { .. })));
    assert!(is_link(&services, &caller, &link)?, "guesses keep nobody out who has it");
    Ok(())
}

#[tokio::test]
async fn the_environment_makes_the_first_administrator_only() -> TestResult {
    let (_folder, services) = services()?;
    let weak = provision(&services, "admin", "admin".to_owned().into()).await;
    assert!(matches!(weak, Err(Error::Invalid { field: "password", .. })));
    assert!(provision(&services, "Admin", password()).await?);
    signed_in(&services, "admin").await?;
    let entry = &trail(&services).await?[0];
    assert_eq!((entry.actor_kind.as_str(), entry.action.as_str()), ("system", "user.create_first"));
    for (name, other) in [
        ("second", password()),
        ("admin", "another good secret".to_owned().into()),
        ("", "x".to_owned().into()),
    ] {
        assert!(!provision(&services, name, other).await?, "{name}");
    }
    signed_in(&services, "admin").await?;
    assert_eq!(services.db.read(users::count).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_demonstration_needs_nobody() -> TestResult {
    let (_folder, mut services) = services()?;
    let options = crate::service::Options { demo: true, ..crate::service::Options::default() };
    services.options = std::sync::Arc::new(options);
    assert!(!is_needed(&services).await? && !provision(&services, "admin", password()).await?);
    Ok(())
}
