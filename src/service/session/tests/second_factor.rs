//! The password alone is not enough.

use super::*;
use crate::{
    crypto::SecretKeys,
    dto::account::SecondFactor,
    service::{
        account,
        testing::accounts::{code, first_step, second_factor},
    },
};

#[tokio::test]
async fn until_the_code_comes_nothing_may_be_done() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Administrator).await?;
    let (secret, _) = second_factor(&services, &actor).await?;
    at(&services, 60);
    let pending = first_step(&services, "jo").await?;
    assert!(matches!(resolve(&services, &browser(), &pending).await?, Some(Resolved::NeedsCode)));
    let token = confirm(&services, &browser(), &pending, &code(&services, &secret)).await?.0;
    let token = token.expose_secret();
    assert_ne!(token, pending);
    assert!(who(&services, token).await?.is_some());
    assert!(resolve(&services, &browser(), &pending).await?.is_none(), "it is used up");
    at(&services, 120);
    let again = confirm(&services, &browser(), &pending, &code(&services, &secret)).await;
    assert!(matches!(again, Err(Error::Unauthenticated)), "{again:?}");
    Ok(())
}

#[tokio::test]
async fn a_code_works_once_and_for_a_minute() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    let (secret, _) = second_factor(&services, &actor).await?;
    let refused = async |typed: &str| -> Result<bool, Error> {
        let pending = first_step(&services, "jo").await?;
        Ok(matches!(confirm(&services, &browser(), &pending, typed).await, Err(Error::Credentials)))
    };
    let of_enrolment = code(&services, &secret);
    assert!(refused(&of_enrolment).await?, "the code that switched it on is used");
    at(&services, 60);
    let used = code(&services, &secret);
    let pending = first_step(&services, "jo").await?;
    confirm(&services, &browser(), &pending, &used).await?;
    assert!(refused(&used).await?, "once");
    at(&services, 120);
    let old = code(&services, &secret);
    at(&services, 200);
    assert!(refused(&old).await?, "its time is over");
    assert!(refused("").await? && refused("000000000000").await?);
    Ok(())
}

#[tokio::test]
async fn two_with_the_same_code_at_once_get_one_session() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    let (secret, _) = second_factor(&services, &actor).await?;
    at(&services, 60);
    let (one, two) = (first_step(&services, "jo").await?, first_step(&services, "jo").await?);
    let typed = code(&services, &secret);
    let caller = browser();
    let both =
        tokio::join!(confirm(&services, &caller, &one, &typed), confirm(&services, &caller, &two, &typed));
    assert_eq!(usize::from(both.0.is_ok()) + usize::from(both.1.is_ok()), 1, "{both:?}");
    Ok(())
}

#[tokio::test]
async fn the_code_has_to_come_within_ten_minutes() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    let (secret, _) = second_factor(&services, &actor).await?;
    let pending = first_step(&services, "jo").await?;
    at(&services, 600);
    let late = confirm(&services, &browser(), &pending, &code(&services, &secret)).await;
    assert!(matches!(late, Err(Error::Unauthenticated)), "{late:?}");
    let complete = sign_in(&services, "jo").await;
    assert!(matches!(complete, Err(Error::Forbidden)), "the password alone makes no session");
    Ok(())
}

#[tokio::test]
async fn wrong_codes_are_failures_of_the_account() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    let (secret, _) = second_factor(&services, &actor).await?;
    at(&services, 60);
    let pending = first_step(&services, "jo").await?;
    for _ in 0..5 {
        // Entering the correct password must not reset the counter of wrong codes.
        first_step(&services, "jo").await?;
        let wrong = confirm(&services, &browser(), &pending, "12 34").await;
        assert!(matches!(wrong, Err(Error::Credentials)), "{wrong:?}");
    }
    let right = confirm(&services, &browser(), &pending, &code(&services, &secret)).await;
    assert!(matches!(right, Err(Error::TooMany { seconds: 30 })), "{right:?}");
    let pending = first_step(&services, "jo").await?;
    let again = confirm(&services, &browser(), &pending, &code(&services, &secret)).await;
    assert!(
        matches!(again, Err(Error::TooMany { .. })),
        "the password does not set the count back: {again:?}"
    );
    let failures = actions(&services).await?.into_iter().filter(|action| action == "session.second_factor!");
    assert_eq!(failures.count(), 5);
    Ok(())
}

#[tokio::test]
async fn who_has_only_the_password_ends_nobodys_session() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let token = sign_in(&services, "jo").await?;
    let actor = who(&services, &token).await?.ok_or("nobody")?;
    second_factor(&services, &actor).await?;
    at(&services, 30);
    for _ in 0..=SESSIONS {
        first_step(&services, "jo").await?;
    }
    assert!(who(&services, &token).await?.is_some());
    Ok(())
}

#[tokio::test]
async fn a_recovery_code_works_once_and_however_it_is_typed() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    let (_, codes) = second_factor(&services, &actor).await?;
    assert_eq!(codes.len(), 10);
    let typed = format!(" {} ", codes[3].to_uppercase());
    let pending = first_step(&services, "jo").await?;
    confirm(&services, &browser(), &pending, &typed).await?;
    let pending = first_step(&services, "jo").await?;
    let again = confirm(&services, &browser(), &pending, &codes[3]).await;
    assert!(matches!(again, Err(Error::Credentials)), "{again:?}");
    let state = account::show(&services, &actor).await?.second_factor;
    assert!(matches!(state, SecondFactor::On { recovery_codes_left: 9, .. }), "{state:?}");
    assert!(actions(&services).await?.contains(&"second_factor.use_recovery_code".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_lost_key_leaves_the_recovery_codes() -> TestResult {
    let (_folder, mut services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    let (secret, codes) = second_factor(&services, &actor).await?;
    services.secrets = SecretKeys::none().into();
    at(&services, 60);
    let state = account::show(&services, &actor).await?.second_factor;
    assert!(matches!(state, SecondFactor::Unreadable { recovery_codes_left: 10 }), "{state:?}");
    let pending = first_step(&services, "jo").await?;
    let by_app = confirm(&services, &browser(), &pending, &code(&services, &secret)).await;
    assert!(matches!(by_app, Err(Error::Credentials)), "{by_app:?}");
    let token = confirm(&services, &browser(), &pending, &codes[0]).await?.0;
    // It can then be turned off, and not on again without a key: the message says why.
    let actor = who(&services, token.expose_secret()).await?.ok_or("nobody")?;
    account::remove_second_factor(&services, &actor, password()).await?;
    let on = account::begin_second_factor(&services, &actor, password()).await;
    assert!(matches!(&on, Err(Error::Invalid { hint, .. }) if hint.contains("no encryption key")), "{on:?}");
    assert!(sign_in(&services, "jo").await.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_code_proves_the_same_as_the_password_and_works_once() -> TestResult {
    use crate::access::Permission;
    let (_folder, services) = services()?;
    let begun = member(&services, "jo", Role::Administrator).await?;
    let (secret, codes) = second_factor(&services, &begun).await?;
    at(&services, 30);
    let pending = first_step(&services, "jo").await?;
    let token = confirm(&services, &browser(), &pending, &code(&services, &secret)).await?.0;
    let now = async || who(&services, token.expose_secret()).await?.ok_or(Error::Unauthenticated);
    let may = async || Ok::<_, Error>(now().await?.may(Permission::ManageUsers).is_ok());
    at(&services, 20 * 60);
    assert!(!may().await?);
    let typed = code(&services, &secret);
    account::prove_by_code(&services, &now().await?, &typed).await?;
    assert!(may().await?);
    at(&services, 20 * 60 + 1);
    let again = account::prove_by_code(&services, &now().await?, &typed).await;
    assert!(matches!(again, Err(Error::Credentials)), "each code works once: {again:?}");
    at(&services, 40 * 60);
    assert!(!may().await?, "for a quarter of an hour");
    account::prove_by_code(&services, &now().await?, &codes[0]).await?;
    assert!(may().await?, "a recovery code does");
    let again = account::prove_by_code(&services, &now().await?, &codes[0]).await;
    assert!(matches!(again, Err(Error::Credentials)), "it is used up: {again:?}");
    let left = account::show(&services, &now().await?).await?.second_factor;
    assert!(matches!(left, SecondFactor::On { recovery_codes_left: 9, .. }), "{left:?}");
    let told = actions(&services).await?;
    assert_eq!(told.iter().filter(|action| *action == "account.prove_code!").count(), 2, "{told:?}");
    Ok(())
}

#[tokio::test]
async fn wrong_codes_wait_with_those_at_sign_in_whatever_session_they_come_from() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Administrator).await?;
    let (secret, _) = second_factor(&services, &actor).await?;
    at(&services, 60);
    for _ in 0..5 {
        let wrong = account::prove_by_code(&services, &actor, "000 000").await;
        assert!(matches!(wrong, Err(Error::Credentials)), "{wrong:?}");
    }
    let right = account::prove_by_code(&services, &actor, &code(&services, &secret)).await;
    assert!(matches!(right, Err(Error::TooMany { seconds: 30 })), "{right:?}");
    let pending = first_step(&services, "jo").await?;
    let at_sign_in = confirm(&services, &browser(), &pending, &code(&services, &secret)).await;
    assert!(matches!(at_sign_in, Err(Error::TooMany { .. })), "{at_sign_in:?}");
    // The password is counted separately.
    account::prove_password(&services, &actor, password()).await?;
    Ok(())
}

#[tokio::test]
async fn without_a_confirmed_second_factor_no_code_proves_anything() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Administrator).await?;
    let none = account::prove_by_code(&services, &actor, "123456").await;
    assert!(matches!(none, Err(Error::Credentials)), "{none:?}");
    account::begin_second_factor(&services, &actor, password()).await?;
    let SecondFactor::Pending(begun) = account::show(&services, &actor).await?.second_factor else {
        return Err("nothing was begun".into());
    };
    at(&services, 60);
    let pending = account::prove_by_code(&services, &actor, &code(&services, &begun.secret)).await;
    assert!(matches!(pending, Err(Error::Credentials)), "it was never confirmed: {pending:?}");
    Ok(())
}
