//! Guessing is slow.

use super::*;

pub(super) async fn fail(services: &Services, name: &str, times: usize) -> TestResult {
    for time in 0..times {
        let answer = attempt(services, name, "wrong").await;
        assert!(matches!(answer, Err(Error::Credentials)), "{name}, {time}: {answer:?}");
    }
    Ok(())
}

pub(super) async fn waits(services: &Services, name: &str) -> Option<i64> {
    match attempt(services, name, PASSWORD).await {
        Err(Error::TooMany { seconds }) => Some(seconds),
        _ => None,
    }
}

#[tokio::test]
async fn five_failures_are_free_and_then_the_wait_doubles() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    // Whether or not such a user exists.
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
        Ok(users::list(&services, &root).await?.users.iter().map(|user| user.blocked).collect())
    };
    assert_eq!(blocked().await?, [true, false]);
    users::unlock(&services, &root, id).await?;
    assert_eq!(blocked().await?, [false, false]);
    sign_in(&services, "jo").await?;
    let missing = users::unlock(&services, &root, UserId(99)).await;
    assert!(matches!(missing, Err(Error::NotFound)));
    Ok(())
}

pub(super) fn from(address: &str) -> Result<Caller, std::net::AddrParseError> {
    Ok(Caller { address: Some(address.parse()?), device: String::new(), mark: None })
}

pub(super) async fn try_from(
    services: &Services,
    caller: &Caller,
    name: &str,
    typed: &str,
) -> Result<SignIn, Error> {
    begin(services, caller, name, typed.to_owned().into()).await
}

/// Waits until this many passwords of an address are queued.
async fn until_waiting(services: &Services, address: &str, count: usize) {
    while services.passwords.waiting_for_tests(&format!("address {address}")) < count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn many_guesses_at_once_are_not_more_than_one_after_the_other() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    // All pass the first check of the account before one of them is verified, and the correct one comes last.
    let held = services.passwords.hold_for_tests().await;
    let services = Arc::new(services);
    let mut guesses = Vec::new();
    for (count, typed) in (1..=20).map(|count| (count, if count == 20 { PASSWORD } else { "wrong" })) {
        let shared = services.clone();
        guesses.push(tokio::spawn(async move { attempt(&shared, "jo", typed).await }));
        until_waiting(&services, "", count).await;
    }
    let beyond = attempt(&services, "jo", PASSWORD).await;
    assert!(matches!(beyond, Err(Error::TooMany { .. })), "no more than that wait at once: {beyond:?}");
    drop(held);
    let (mut told, mut refused) = (0, 0);
    for guess in guesses {
        match guess.await? {
            Err(Error::Credentials) => told += 1,
            Err(Error::TooMany { .. }) => refused += 1,
            other => return Err(format!("{other:?}").into()),
        }
    }
    assert_eq!((told, refused), (5, 15));
    Ok(())
}

#[tokio::test]
async fn a_right_password_gets_in_while_strangers_guess_at_the_same_name() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    // As many guesses from one address as may wait, all before the correct one, while all slots are taken.
    let held = services.passwords.hold_for_tests().await;
    let services = Arc::new(services);
    let mut guesses = Vec::new();
    for count in 1..=20 {
        let (shared, stranger) = (services.clone(), from("203.0.113.9")?);
        guesses.push(tokio::spawn(async move { try_from(&shared, &stranger, "jo", "wrong").await }));
        until_waiting(&services, "203.0.113.9", count).await;
    }
    let (shared, jo) = (services.clone(), from("192.0.2.7")?);
    let right = tokio::spawn(async move { try_from(&shared, &jo, "jo", PASSWORD).await });
    until_waiting(&services, "192.0.2.7", 1).await;
    drop(held);
    assert!(matches!(right.await?, Ok(SignIn::Complete(_))));
    for guess in guesses {
        assert!(guess.await?.is_err());
    }
    // Afterwards, a third address can sign in although that of the attacker has to wait.
    assert!(matches!(
        try_from(&services, &from("203.0.113.9")?, "jo", PASSWORD).await,
        Err(Error::TooMany { .. })
    ));
    assert!(try_from(&services, &from("198.51.100.3")?, "jo", PASSWORD).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn many_addresses_cannot_keep_a_person_out_who_is_known_there() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let home = from("2001:db8:1::7")?;
    let SignIn::Complete(token) = try_from(&services, &home, "jo", PASSWORD).await? else {
        return Err("no session".into());
    };
    let mark = sign_in_step(&services, &home, token).await?.mark;
    assert!(mark.is_some());
    for number in 0..60 {
        let stranger = from(&format!("203.0.113.{number}"))?;
        let answer = try_from(&services, &stranger, "jo", "wrong").await;
        let is_counted = matches!(answer, Err(Error::Credentials));
        assert_eq!(is_counted, number < 50, "{number}: {answer:?}");
    }
    // A new browser at a new address waits; another address of the same household, and a known browser, do not.
    let new = from("198.51.100.3")?;
    assert!(matches!(try_from(&services, &new, "jo", PASSWORD).await, Err(Error::TooMany { .. })));
    assert!(try_from(&services, &from("2001:db8:1::8")?, "jo", PASSWORD).await.is_ok());
    let marked = Caller { mark, ..new.clone() };
    assert!(try_from(&services, &marked, "jo", PASSWORD).await.is_ok());
    // A device cookie belongs to one user, and has its own five failures.
    add(&services, "kim", Role::Viewer).await?;
    for _ in 0..5 {
        assert!(matches!(try_from(&services, &marked, "jo", "wrong").await, Err(Error::Credentials)));
    }
    assert!(matches!(try_from(&services, &marked, "jo", PASSWORD).await, Err(Error::TooMany { .. })));
    // The address of the last sign-in is known now, too; elsewhere a forged cookie is not accepted.
    let foreign = Caller { mark: Some("v1.x.y".into()), ..from("198.51.100.4")? };
    assert!(matches!(try_from(&services, &foreign, "jo", PASSWORD).await, Err(Error::TooMany { .. })));
    Ok(())
}

#[tokio::test]
async fn an_address_that_fails_too_often_waits_and_a_right_password_still_counts() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let noisy = from("2001:db8::1")?;
    for number in 0..20 {
        let answer = try_from(&services, &noisy, &format!("name{number}"), "wrong").await;
        assert!(matches!(answer, Err(Error::Credentials)));
    }
    // The same household: its failures are too many, but correct sign-ins work.
    let same = from("2001:db8::2")?;
    assert!(matches!(try_from(&services, &same, "another", "wrong").await, Err(Error::TooMany { .. })));
    assert!(try_from(&services, &same, "jo", PASSWORD).await.is_ok());
    assert!(matches!(
        try_from(&services, &from("192.0.2.7")?, "another", "wrong").await,
        Err(Error::Credentials)
    ));
    Ok(())
}

#[tokio::test]
async fn a_thief_of_the_password_has_five_codes_wherever_they_come_from() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    crate::service::testing::accounts::second_factor(&services, &actor).await?;
    for number in 0..6 {
        let thief = from(&format!("203.0.113.{number}"))?;
        let SignIn::NeedsCode(token) = try_from(&services, &thief, "jo", PASSWORD).await? else {
            return Err("no code".into());
        };
        let answer = confirm(&services, &thief, token.0.expose_secret(), "000000").await;
        assert_eq!(matches!(answer, Err(Error::Credentials)), number < 5, "{number}: {answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_proof_lasts_a_quarter_of_an_hour() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "root", Role::Administrator).await?;
    let token = sign_in(&services, "root").await?;
    let may = async || -> Result<bool, Box<dyn std::error::Error>> {
        let actor = who(&services, &token).await?.ok_or("nobody")?;
        match actor.may(Permission::ManageUsers) {
            Err(Error::NeedsProof) => Ok(false),
            other => Ok(other.map(|()| true)?),
        }
    };
    at(&services, 15 * 60 - 1);
    assert!(may().await?);
    at(&services, 15 * 60);
    assert!(!may().await?);
    let actor = who(&services, &token).await?.ok_or("nobody")?;
    let wrong = crate::service::account::prove_password(&services, &actor, "wrong".to_owned().into()).await;
    assert!(matches!(wrong, Err(Error::Credentials)));
    assert!(!may().await?);
    crate::service::account::prove_password(&services, &actor, password()).await?;
    assert!(may().await?);
    at(&services, 30 * 60);
    assert!(!may().await?);
    Ok(())
}

#[tokio::test]
async fn strangers_keep_nobody_from_proving_and_a_stolen_session_guesses_slowly() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Administrator).await?;
    fail(&services, "jo", 5).await?;
    crate::service::account::prove_password(&services, &jo, password()).await?;
    let prove = async |typed: &str| {
        crate::service::account::prove_password(&services, &jo, typed.to_owned().into()).await
    };
    for _ in 0..5 {
        assert!(matches!(prove("wrong").await, Err(Error::Credentials)));
    }
    assert!(matches!(prove(PASSWORD).await, Err(Error::TooMany { .. })));
    Ok(())
}
