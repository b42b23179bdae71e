//! An encrypted secret can be decrypted at its place, unchanged, and nowhere else.

use proptest::prelude::*;

use super::*;
use crate::crypto::keyring::SecretKey;

type TestResult = Result<(), Box<dyn std::error::Error>>;

const HERE: SecretLocation<'static> = SecretLocation { table: "mail_settings", column: "password", row: 7 };

fn opened(keys: &SecretKeys, place: SecretLocation<'_>, sealed: &str) -> Result<String, OpenError> {
    keys.open(place, sealed).map(|plain| plain.expose_secret().to_owned())
}

#[test]
fn it_names_its_key_and_hides_its_contents() -> TestResult {
    let keys = SecretKeys::in_memory()?;
    let plain = SecretString::from("hunter2");
    let sealed = keys.seal(HERE, &plain)?;
    let id = keys.current().map(SecretKey::id).ok_or("no key")?;
    assert!(sealed.starts_with(&format!("v1.{id}.")), "{sealed}");
    assert!(sealed.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b)), "{sealed}");
    assert_ne!(sealed, keys.seal(HERE, &plain)?, "the nonce is new each time");
    assert_eq!(opened(&keys, HERE, &sealed)?, "hunter2");
    Ok(())
}

#[test]
fn another_place_does_not_open_it() -> TestResult {
    let keys = SecretKeys::in_memory()?;
    let sealed = keys.seal(HERE, &SecretString::from("hunter2"))?;
    for place in [
        SecretLocation { row: 8, ..HERE },
        SecretLocation { row: -7, ..HERE },
        SecretLocation { column: "token", ..HERE },
        SecretLocation { table: "servers", ..HERE },
        // The same letters, split differently.
        SecretLocation { table: "mail_settingsp", column: "assword", ..HERE },
        SecretLocation { table: "password", column: "mail_settings", ..HERE },
    ] {
        assert_eq!(opened(&keys, place, &sealed), Err(OpenError::Damaged), "{place:?}");
    }
    Ok(())
}

#[test]
fn a_lost_key_is_named_and_damage_is_not_taken_for_one() -> TestResult {
    let (mine, other) = (SecretKeys::in_memory()?, SecretKeys::in_memory()?);
    let sealed = mine.seal(HERE, &SecretString::from("hunter2"))?;
    let id = mine.current().map(SecretKey::id).ok_or("no key")?.to_owned();
    assert_eq!(opened(&other, HERE, &sealed), Err(OpenError::UnknownKey { id: id.clone() }));
    assert_eq!(opened(&SecretKeys::none(), HERE, &sealed), Err(OpenError::UnknownKey { id: id.clone() }));
    let hostile = "v1.<img src=x onerror=alert(1)>.AAAA";
    for damaged in ["", "hunter2", "v1", "v1.", "v1..", "v2.01234567.AAAA", "v1.0123456.AAAA", hostile] {
        assert_eq!(opened(&mine, HERE, damaged), Err(OpenError::Damaged), "{damaged}");
    }
    for damaged in [format!("v1.{id}."), format!("v1.{id}.AAAA"), format!("{sealed}="), format!("{sealed} ")]
    {
        assert_eq!(opened(&mine, HERE, &damaged), Err(OpenError::Damaged), "{damaged}");
    }
    Ok(())
}

#[test]
fn without_a_key_nothing_is_sealed() {
    let sealed = SecretKeys::none().seal(HERE, &SecretString::from("hunter2"));
    assert!(matches!(sealed, Err(SealError::NoKey)));
}

#[test]
fn older_keys_open_and_ask_for_rotation() -> TestResult {
    let old = SecretKeys::in_memory()?;
    let sealed = old.seal(HERE, &SecretString::from("hunter2"))?;
    let new = old.with_new_current()?;
    assert!(!old.needs_rotation(&sealed));
    assert!(new.needs_rotation(&sealed));
    let again = new.seal(HERE, &new.open(HERE, &sealed)?)?;
    assert!(!new.needs_rotation(&again));
    assert_eq!(opened(&new.without_older(), HERE, &again)?, "hunter2");
    assert!(matches!(opened(&new.without_older(), HERE, &sealed), Err(OpenError::UnknownKey { .. })));
    assert!(matches!(opened(&old, HERE, &again), Err(OpenError::UnknownKey { .. })));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_sealed_opens(plain in ".{0,200}", table in ".{0,20}", column in ".{0,20}", row in any::<i64>()) {
        let keys = SecretKeys::in_memory().unwrap();
        let place = SecretLocation { table: &table, column: &column, row };
        let sealed = keys.seal(place, &SecretString::from(plain.as_str())).unwrap();
        prop_assert_eq!(opened(&keys, place, &sealed), Ok(plain));
    }

    #[test]
    fn no_bit_may_change(plain in ".{0,40}", choice in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let keys = SecretKeys::in_memory().unwrap();
        let sealed = keys.seal(HERE, &SecretString::from(plain)).unwrap();
        let (id, text) = split(&sealed).unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        let at = choice.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        let changed = format!("v1.{id}.{}", URL_SAFE_NO_PAD.encode(bytes));
        prop_assert_eq!(opened(&keys, HERE, &changed), Err(OpenError::Damaged));
    }

    #[test]
    fn no_character_may_change(choice in any::<prop::sample::Index>(), other in "[A-Za-z0-9._-]") {
        let keys = SecretKeys::in_memory().unwrap();
        let sealed = keys.seal(HERE, &SecretString::from("hunter2")).unwrap();
        let at = choice.index(sealed.len());
        let mut changed = sealed.clone();
        changed.replace_range(at..=at, &other);
        prop_assert_eq!(opened(&keys, HERE, &changed).is_ok(), changed == sealed);
    }

    #[test]
    fn any_text_gets_an_answer(text in ".{0,80}", row in any::<i64>()) {
        let keys = SecretKeys::in_memory().unwrap();
        let opened = keys.open(SecretLocation { row, ..HERE }, &text);
        prop_assert!(opened.is_err());
        prop_assert!(keys.needs_rotation(&text));
    }
}
