//! Key rotation next to a running server.

use super::*;
use crate::{
    access::Role,
    crypto::key_file::KEY_FILE,
    dto::account::SecondFactor,
    service::{
        account, session,
        testing::{
            TestResult,
            accounts::{actions, browser, code, first_step, member, password, second_factor},
            at, services,
        },
    },
};

/// Creates services with a key file, as in a running server, and a second process.
fn two() -> Result<(tempfile::TempDir, Services, Services), Box<dyn std::error::Error>> {
    let (folder, mut server) = services()?;
    server.secrets = Secrets::of_folder(SecretKeys::load(folder.path(), None)?, folder.path());
    let command = Services {
        secrets: Secrets::of_folder(SecretKeys::load(folder.path(), None)?, folder.path()),
        ..server.clone()
    };
    Ok((folder, server, command))
}

fn keys_in(folder: &Path) -> std::io::Result<usize> {
    let text = std::fs::read_to_string(folder.join(KEY_FILE))?;
    Ok(text.lines().filter(|line| !line.starts_with('#')).count())
}

#[tokio::test]
async fn the_running_server_goes_on_with_the_new_key() -> TestResult {
    let (folder, server, command) = two()?;
    let jo = member(&server, "jo", Role::Viewer).await?;
    let (secret, _) = second_factor(&server, &jo).await?;
    let kim = member(&server, "kim", Role::Viewer).await?;
    let old = server.secrets.keys();
    assert_eq!(rotate(&command, &Actor::CommandLine).await?, RotationReport { sealed: 1, unreadable: 0 });
    assert_eq!(keys_in(folder.path())?, 1, "the old key is forgotten");
    // The server decrypts secrets that were encrypted again, and encrypts with the new key.
    at(&server, 60);
    let pending = first_step(&server, "jo").await?;
    session::confirm(&server, &browser(), &pending, &code(&server, &secret)).await?;
    second_factor(&server, &kim).await?;
    let sealed = server.db.read(users::sealed).await?;
    let new = SecretKeys::load(folder.path(), None)?;
    assert_eq!(sealed.len(), 2);
    for (user, text) in sealed {
        assert!(new.open(totp_place(user), &text).is_ok() && old.open(totp_place(user), &text).is_err());
    }
    assert!(actions(&server).await?.contains(&"secret.rotate".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_server_that_has_not_opened_anything_seals_with_the_new_key() -> TestResult {
    let (folder, server, command) = two()?;
    let jo = member(&server, "jo", Role::Viewer).await?;
    rotate(&command, &Actor::CommandLine).await?;
    account::begin_second_factor(&server, &jo, password()).await?;
    let (user, text) = server.db.read(users::sealed).await?.pop().ok_or("nothing")?;
    assert!(SecretKeys::load(folder.path(), None)?.open(totp_place(user), &text).is_ok());
    Ok(())
}

#[tokio::test]
async fn what_was_lost_stays_lost_and_stops_nothing() -> TestResult {
    let (folder, server, _) = two()?;
    let jo = member(&server, "jo", Role::Viewer).await?;
    second_factor(&server, &jo).await?;
    std::fs::remove_file(folder.path().join(KEY_FILE))?;
    let lost = Services {
        secrets: Secrets::of_folder(SecretKeys::load(folder.path(), None)?, folder.path()),
        ..server.clone()
    };
    let kim = member(&lost, "kim", Role::Viewer).await?;
    second_factor(&lost, &kim).await?;
    assert_eq!(rotate(&lost, &Actor::CommandLine).await?, RotationReport { sealed: 1, unreadable: 1 });
    let state = account::show(&lost, &jo).await?.second_factor;
    assert!(matches!(state, SecondFactor::Unreadable { .. }), "{state:?}");
    let state = account::show(&lost, &kim).await?.second_factor;
    assert!(matches!(state, SecondFactor::On { .. }), "{state:?}");
    Ok(())
}

#[tokio::test]
async fn a_lost_file_does_not_stop_a_server_that_knows_its_keys() -> TestResult {
    let (folder, server, _) = two()?;
    let jo = member(&server, "jo", Role::Viewer).await?;
    std::fs::remove_file(folder.path().join(KEY_FILE))?;
    second_factor(&server, &jo).await?;
    assert!(!folder.path().join(KEY_FILE).exists(), "and none is made in its place");
    assert!(matches!(
        rotate(&server, &Actor::CommandLine).await,
        Err(RotateError::Keys(KeyError::Io { .. }))
    ));
    std::fs::write(folder.path().join(KEY_FILE), "damaged")?;
    let state = account::show(&server, &jo).await?.second_factor;
    assert!(matches!(state, SecondFactor::On { .. }), "{state:?}");
    Ok(())
}

#[tokio::test]
async fn a_key_of_the_environment_is_used_once_it_stands_before_the_old_one() -> TestResult {
    let (folder, mut services) = services()?;
    let one = "1a".repeat(8) + &"0123456789abcdef".repeat(3);
    let two = "2b".repeat(8) + &"fedcba9876543210".repeat(3);
    let given = |text: String| SecretKeys::load(folder.path(), Some(text.into()));
    services.secrets = Secrets::of_folder(given(one.clone())?, folder.path());
    let jo = member(&services, "jo", Role::Viewer).await?;
    second_factor(&services, &jo).await?;
    let refused = rotate(&services, &Actor::CommandLine).await;
    assert!(matches!(refused, Err(RotateError::Keys(KeyError::FromEnvironment))), "{refused:?}");
    services.secrets = Secrets::of_folder(given(format!("{two}\n{one}"))?, folder.path());
    assert_eq!(rotate(&services, &Actor::CommandLine).await?.sealed, 1);
    services.secrets = Secrets::of_folder(given(two)?, folder.path());
    let state = account::show(&services, &jo).await?.second_factor;
    assert!(matches!(state, SecondFactor::On { .. }), "{state:?}");
    Ok(())
}

#[tokio::test]
async fn only_administrators_and_only_where_there_is_a_file() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Operator).await?;
    assert!(matches!(rotate(&services, &jo).await, Err(RotateError::Service(Error::Forbidden))));
    assert!(matches!(rotate(&services, &Actor::CommandLine).await, Err(RotateError::InMemory)));
    Ok(())
}
