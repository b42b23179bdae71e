//! Guessing is slow.

use super::*;
use crate::crypto::token::sha256_hex;

async fn fail(services: &Services, name: &str, times: usize) -> TestResult {
    for time in 0..times {
        let answer = attempt(services, name, "wrong").await;
        assert!(matches!(answer, Err(Error::Credentials)), "{name}, {time}: {answer:?}");
    }
    Ok(())
}

async fn waits(services: &Services, name: &str) -> Option<i64> {
    match attempt(services, name, PASSWORD).await {
        Err(Error::TooMany { seconds }) => Some(seconds),
        _ => None,
    }
}

#[tokio::test]
async fn five_failures_are_free_and_then_the_wait_doubles() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    // Whether or not there is such a person.
    for name in ["jo", "nobody"] {
        let mut now = 0;
        at(&services, now);
        fail(&services, name, 5).await?;
        for wait in [30, 60, 120, 240, 480, 900, 900] {
            assert_eq!(waits(&services, name).await, Some(wait), "{name}, even with the right password");
            now += wait - 1;
            at(&services, now);
            assert_eq!(waits(&services, name).await, Some(1));
            now += 1;
            at(&services, now);
            fail(&services, name, 1).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_success_begins_anew() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    fail(&services, "jo", 5).await?;
    at(&services, 30);
    sign_in(&services, "JO").await?;
    fail(&services, "jo", 4).await?;
    sign_in(&services, "jo").await?;
    Ok(())
}

#[tokio::test]
async fn an_administrator_unlocks() -> TestResult {
    let (_folder, services) = services()?;
    let id = add(&services, "jo", Role::Viewer).await?;
    let root = member(&services, "root", Role::Administrator).await?;
    fail(&services, "jo", 5).await?;
    let blocked = async || -> Result<Vec<bool>, Error> {
        Ok(user::list(&services, &root).await?.users.iter().map(|user| user.blocked).collect())
    };
    assert_eq!(blocked().await?, [true, false]);
    user::unlock(&services, &root, id).await?;
    assert_eq!(blocked().await?, [false, false]);
    sign_in(&services, "jo").await?;
    let missing = user::unlock(&services, &root, UserId(99)).await;
    assert!(matches!(missing, Err(Error::NotFound)));
    Ok(())
}

#[tokio::test]
async fn many_guesses_at_once_are_not_more_than_one_after_the_other() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    // All have passed the first look at the account before one of them is verified, and the right one comes last.
    let held = services.passwords.hold_for_tests().await;
    let services = Arc::new(services);
    let before = services.passwords.holders_for_tests();
    let mut guesses = Vec::new();
    for (count, typed) in (1..=40).map(|count| (count, if count == 40 { PASSWORD } else { "wrong" })) {
        let shared = services.clone();
        guesses.push(tokio::spawn(async move { attempt(&shared, "jo", typed).await }));
        while services.passwords.holders_for_tests() < before + count {
            tokio::task::yield_now().await;
        }
    }
    drop(held);
    let (mut told, mut refused) = (0, 0);
    for guess in guesses {
        match guess.await? {
            Err(Error::Credentials) => told += 1,
            Err(Error::TooMany { .. }) => refused += 1,
            other => return Err(format!("{other:?}").into()),
        }
    }
    assert_eq!((told, refused), (5, 35));
    Ok(())
}

#[tokio::test]
async fn an_address_cannot_try_many_names() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let from = |address: &str| -> Result<Caller, std::net::AddrParseError> {
        Ok(Caller { address: Some(address.parse()?), device: String::new() })
    };
    let noisy = from("2001:db8::1")?;
    for number in 0..20 {
        let answer = begin(&services, &noisy, &format!("name{number}"), "wrong".to_owned().into()).await;
        assert!(matches!(answer, Err(Error::Credentials)));
    }
    // The same household, and neither the right password nor a code is looked at.
    let same = from("2001:db8::2")?;
    assert!(matches!(begin(&services, &same, "jo", password()).await, Err(Error::TooMany { .. })));
    assert!(matches!(confirm(&services, &same, "token", "123456").await, Err(Error::TooMany { .. })));
    assert!(matches!(begin(&services, &from("192.0.2.7")?, "jo", password()).await, Ok(SignIn::Complete(_))));
    Ok(())
}

#[tokio::test]
async fn ten_thousand_names_do_not_free_the_one_that_is_meant() -> TestResult {
    use diesel::connection::SimpleConnection as _;
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    fail(&services, "jo", 5).await?;
    services
        .db
        .write(|tx| {
            Ok(tx.conn.batch_execute(
                "INSERT INTO login_failures (account, failures, last_at)
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
                 SELECT 'name ' || i, 1, '2026-11-23T12:00:01Z' FROM n",
            )?)
        })
        .await?;
    fail(&services, "another", 1).await?;
    assert_eq!(waits(&services, "jo").await, Some(30));
    let known: i64 = services
        .db
        .read(|conn| {
            use diesel::prelude::*;
            Ok(crate::db::schema::login_failures::table.count().get_result(conn)?)
        })
        .await?;
    assert!(known < 10_000, "{known}");
    Ok(())
}

#[tokio::test]
async fn failures_are_forgotten_after_days() -> TestResult {
    let (_folder, services) = services()?;
    fail(&services, "nobody", 4).await?;
    let account = sha256_hex("nobody");
    let known = async || {
        let account = account.clone();
        services.db.read(move |conn| crate::db::login_failures::find(conn, &account)).await
    };
    at(&services, 2 * 86_400);
    expire_sessions(&services).await?;
    assert_eq!(known().await?.map(|record| record.failures), Some(4));
    at(&services, 2 * 86_400 + 1);
    expire_sessions(&services).await?;
    assert_eq!(known().await?, None);
    Ok(())
}
