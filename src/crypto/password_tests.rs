//! A password matches its hash, nothing matches a damaged hash, and timing does not reveal which
//! users exist.

use super::*;

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Created by the reference program: `echo -n password | argon2 somesalt -id -t 2 -m 8 -p 1`.
const REFERENCE: &str =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

#[tokio::test]
async fn the_right_password_fits_and_no_other() -> TestResult {
    let passwords = Passwords::fast_for_tests();
    let hash = passwords.hash(secret("copper kettle, söndag")).await?;
    assert!(passwords.verify("lane", Some(&hash), secret("copper kettle, söndag")).await?);
    for wrong in
        ["", "copper kettle", "copper kettle, sondag", "Copper kettle, söndag", "copper kettle, söndag "]
    {
        assert!(!passwords.verify("lane", Some(&hash), secret(wrong)).await?, "{wrong}");
    }
    Ok(())
}

#[tokio::test]
async fn equal_passwords_have_different_hashes() -> TestResult {
    let passwords = Passwords::fast_for_tests();
    assert_ne!(passwords.hash(secret("same")).await?, passwords.hash(secret("same")).await?);
    Ok(())
}

#[tokio::test]
async fn production_has_the_parameters_that_are_promised() -> TestResult {
    let passwords = Passwords::new();
    let hash = passwords.hash(secret("copper kettle")).await?;
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    assert!(!passwords.needs_rehash(&hash));
    assert!(Passwords::fast_for_tests().needs_rehash(&hash));
    assert!(passwords.verify("lane", Some(&hash), secret("copper kettle")).await?);
    Ok(())
}

#[tokio::test]
async fn hashes_of_other_programs_and_strengths_are_verified_and_replaced() -> TestResult {
    let passwords = Passwords::fast_for_tests();
    assert!(passwords.verify("lane", Some(REFERENCE), secret("password")).await?);
    assert!(!passwords.verify("lane", Some(REFERENCE), secret("Password")).await?);
    assert!(passwords.needs_rehash(REFERENCE));
    Ok(())
}

#[tokio::test]
async fn hashes_of_the_node_application_are_verified_and_replaced() -> TestResult {
    let passwords = Passwords::fast_for_tests();
    // From the test vectors of bcrypt's reference implementation.
    for hash in [
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    ] {
        assert!(passwords.verify("lane", Some(hash), secret("U*U")).await?, "{hash}");
        assert!(!passwords.verify("lane", Some(hash), secret("U*V")).await?, "{hash}");
        assert!(passwords.needs_rehash(hash) && is_bcrypt(hash));
    }
    for hash in ["$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2b$05$short", REFERENCE] {
        assert!(!is_bcrypt(hash), "{hash}");
        assert!(!passwords.verify("lane", Some(hash), secret("U*U")).await?, "{hash}");
    }
    Ok(())
}

#[tokio::test]
async fn an_unknown_user_has_no_password() -> TestResult {
    let passwords = Passwords::fast_for_tests();
    for text in ["", "anything"] {
        assert!(!passwords.verify("lane", None, secret(text)).await?);
    }
    Ok(())
}

#[test]
fn an_unknown_user_costs_as_much_as_a_known_one() -> TestResult {
    let passwords = Passwords::new();
    let dummy = passwords.dummy()?.to_string();
    assert!(dummy.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{dummy}");
    assert!(!passwords.needs_rehash(&dummy), "{dummy}");
    Ok(())
}

#[tokio::test]
async fn a_damaged_hash_fits_nothing() -> TestResult {
    let passwords = Passwords::fast_for_tests();
    let good = passwords.hash(secret("password")).await?;
    let cut = good.get(..good.len() - 30).ok_or("short")?;
    for damaged in [
        "",
        "password",
        "$argon2id$",
        "$argon2id$v=19$m=65536,t=2,p=1",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ",
        // Memory and work beyond the limits.
        "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=4000000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=77$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
        cut,
    ] {
        assert!(!passwords.verify("lane", Some(damaged), secret("password")).await?, "{damaged}");
        assert!(passwords.needs_rehash(damaged), "{damaged}");
    }
    Ok(())
}

#[tokio::test]
async fn who_waits_too_long_is_told_so() -> TestResult {
    let mut passwords = Passwords::fast_for_tests();
    passwords.wait = Duration::from_millis(20);
    let all = passwords.turns.clone().acquire_many_owned(u32::try_from(AT_A_TIME)?).await?;
    assert!(matches!(passwords.verify("lane", None, secret("x")).await, Err(PasswordError::Busy)));
    drop(all);
    assert!(!passwords.verify("lane", None, secret("x")).await?);
    Ok(())
}

#[tokio::test]
async fn a_turn_lasts_as_long_as_its_work() -> TestResult {
    let passwords = Passwords::fast_for_tests();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let given_up = tokio::time::timeout(
        Duration::from_millis(20),
        passwords.in_queue("lane", move || wait.recv_timeout(Duration::from_secs(10))),
    );
    assert!(given_up.await.is_err());
    assert_eq!(passwords.turns.available_permits(), AT_A_TIME - 1);
    go.send(())?;
    let all = passwords.turns.clone().acquire_many_owned(u32::try_from(AT_A_TIME)?);
    drop(tokio::time::timeout(Duration::from_secs(10), all).await??);
    Ok(())
}
