//! First and later starts, a lost file, wrong permissions, and key rotation.

use std::fs;

use super::*;
use crate::crypto::{
    keyring::SecretKey,
    sealed::{OpenError, SecretLocation},
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

const HERE: SecretLocation<'static> = SecretLocation { table: "mail_settings", column: "password", row: 7 };

fn ids(keys: &SecretKeys) -> Vec<String> {
    keys.keys().iter().map(|key| key.id().to_owned()).collect()
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

#[test]
fn the_first_start_makes_a_key_and_the_next_one_finds_it() -> TestResult {
    let folder = tempfile::tempdir()?;
    let made = SecretKeys::load(folder.path(), None)?;
    assert_eq!(ids(&made).len(), 1);
    assert_eq!(ids(&SecretKeys::load(folder.path(), None)?), ids(&made));
    assert_eq!(names(folder.path())?, [KEY_FILE]);
    let text = fs::read_to_string(folder.path().join(KEY_FILE))?;
    assert!(text.starts_with('#') && text.contains("Back up this file"), "{text}");
    Ok(())
}

#[test]
fn starting_together_makes_one_key() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let found = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| SecretKeys::load(path, None))).collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap().map(|keys| ids(&keys)))
            .collect::<Result<Vec<_>, _>>()
    })?;
    assert!(found.iter().all(|ids| *ids == found[0]), "{found:?}");
    assert_eq!(names(path)?, [KEY_FILE]);
    Ok(())
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_it() -> TestResult {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir()?;
    let path = folder.path().join(KEY_FILE);
    let mode = || Ok::<_, io::Error>(fs::metadata(&path)?.permissions().mode() & 0o777);
    let made = SecretKeys::load(folder.path(), None)?;
    assert_eq!(mode()?, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
    let found = SecretKeys::load(folder.path(), None)?;
    assert_eq!((mode()?, ids(&found)), (0o600, ids(&made)));
    found.rotate(folder.path())?;
    assert_eq!(mode()?, 0o600);
    Ok(())
}

#[test]
fn a_lost_file_loses_what_it_sealed_and_nothing_else() -> TestResult {
    let folder = tempfile::tempdir()?;
    let sealed = SecretKeys::load(folder.path(), None)?.seal(HERE, &SecretString::from("hunter2"))?;
    fs::remove_file(folder.path().join(KEY_FILE))?;
    assert!(matches!(SecretKeys::none().rotate(folder.path()), Err(KeyError::Io { .. })));
    let keys = SecretKeys::load(folder.path(), None)?;
    assert!(matches!(keys.open(HERE, &sealed), Err(OpenError::UnknownKey { .. })));
    assert!(keys.open(HERE, &keys.seal(HERE, &SecretString::from("hunter3"))?).is_ok());
    Ok(())
}

#[test]
fn a_damaged_file_is_left_as_it_is() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(KEY_FILE);
    for damaged in [&b""[..], b"# nothing\n", b"not a key\n", b"\xff\xfe\x00\x01", &[b'x'; 100_000]] {
        fs::write(&path, damaged)?;
        let error = SecretKeys::load(folder.path(), None).err().ok_or("accepted")?;
        assert!(matches!(error, KeyError::Format { .. }), "{error}");
        assert!(error.to_string().contains("restore it from a backup"), "{error}");
        assert_eq!(fs::read(&path)?, damaged);
        assert!(matches!(SecretKeys::none().rotate(folder.path()), Err(KeyError::Format { .. })));
    }
    Ok(())
}

#[test]
fn rotation_keeps_the_old_keys_until_they_are_forgotten() -> TestResult {
    let folder = tempfile::tempdir()?;
    let first = SecretKeys::load(folder.path(), None)?;
    let sealed = first.seal(HERE, &SecretString::from("hunter2"))?;
    let second = first.rotate(folder.path())?;
    // A process with an outdated ring does not undo the second rotation.
    let third = first.rotate(folder.path())?;
    assert_eq!(ids(&third)[1..], ids(&second));
    assert_eq!(ids(&SecretKeys::load(folder.path(), None)?), ids(&third));
    assert!(third.needs_rotation(&sealed));
    assert!(third.open(HERE, &sealed).is_ok());
    let last = third.forget_old(folder.path())?;
    assert_eq!(ids(&last), ids(&third)[..1]);
    assert_eq!(ids(&SecretKeys::load(folder.path(), None)?), ids(&last));
    assert_eq!(names(folder.path())?, [KEY_FILE]);
    Ok(())
}

#[test]
fn a_key_from_the_environment_needs_no_file_and_is_not_replaced() -> TestResult {
    let folder = tempfile::tempdir()?;
    let given = || SecretKey::random().map(|key| SecretString::from(key.to_line().as_str()));
    let keys = SecretKeys::load(folder.path(), Some(given()?))?;
    assert!(names(folder.path())?.is_empty());
    assert!(matches!(keys.rotate(folder.path()), Err(KeyError::FromEnvironment)));
    assert!(matches!(keys.forget_old(folder.path()), Err(KeyError::FromEnvironment)));
    let bad = SecretKeys::load(folder.path(), Some(SecretString::from("hunter2"))).err().ok_or("accepted")?;
    assert!(matches!(bad, KeyError::Given(KeyFormatError::Line(1))), "{bad}");
    assert!(!format!("{bad:?} {bad}").contains("hunter2"), "{bad:?}");
    Ok(())
}

#[test]
fn what_the_file_sealed_opens_with_a_key_from_the_environment() -> TestResult {
    let folder = tempfile::tempdir()?;
    let sealed = SecretKeys::load(folder.path(), None)?.seal(HERE, &SecretString::from("hunter2"))?;
    let given = || SecretKey::random().map(|key| Some(SecretString::from(key.to_line().as_str())));
    let keys = SecretKeys::load(folder.path(), given()?)?;
    assert!(keys.needs_rotation(&sealed) && keys.open(HERE, &sealed).is_ok());
    // An unusable file does not stop a server that gets its key from the environment.
    fs::write(folder.path().join(KEY_FILE), "damaged")?;
    assert_eq!(SecretKeys::load(folder.path(), given()?)?.keys().len(), 1);
    Ok(())
}
