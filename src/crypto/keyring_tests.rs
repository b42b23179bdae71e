//! Keys in all the formats that users may write.

use base64::engine::general_purpose;
use proptest::prelude::*;

use super::*;

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Includes both characters in which the two base64 alphabets differ.
const BYTES: [u8; KEY] = [
    0xfb, 0xff, 0xbf, 0x03, 0x9a, 0x51, 0x72, 0x6c, 0x11, 0x88, 0xe0, 0x4d, 0x2f, 0xc6, 0x35, 0xd9, 0x07,
    0x60, 0xb2, 0x1e, 0x83, 0x4a, 0xf5, 0x29, 0x9c, 0xd1, 0x66, 0x3b, 0x70, 0xae, 0x58, 0x14,
];

fn parse(text: &str) -> Result<SecretKeys, KeyFormatError> {
    SecretKeys::parse(&SecretString::from(text))
}

fn ids(keys: &SecretKeys) -> Vec<&str> {
    keys.keys().iter().map(SecretKey::id).collect()
}

#[test]
fn hex_and_every_base64_are_the_same_key() -> TestResult {
    let id = SecretKey::new(&BYTES).id;
    for text in [
        hex::encode(BYTES),
        hex::encode_upper(BYTES),
        general_purpose::STANDARD.encode(BYTES),
        general_purpose::STANDARD_NO_PAD.encode(BYTES),
        general_purpose::URL_SAFE.encode(BYTES),
        general_purpose::URL_SAFE_NO_PAD.encode(BYTES),
        format!("# a comment\r\n\r\n  {}  \r\n", hex::encode(BYTES)),
    ] {
        assert_eq!(ids(&parse(&text)?), [&id], "{text}");
    }
    Ok(())
}

#[test]
fn the_first_line_is_the_current_key_and_each_key_counts_once() -> TestResult {
    let (one, two) = (SecretKey::random()?, SecretKey::random()?);
    let (first, second) = (one.to_line(), two.to_line());
    let keys = parse(&format!("{}\n# older\n{}\n{}", *first, *second, *first))?;
    assert_eq!(ids(&keys), [one.id(), two.id()]);
    assert_eq!(keys.current().map(SecretKey::id), Some(one.id()));
    Ok(())
}

#[test]
fn what_is_no_key_is_refused_without_being_shown() -> TestResult {
    let good = hex::encode(BYTES);
    assert_eq!(parse("").err(), Some(KeyFormatError::Empty));
    assert_eq!(parse("# nothing\n\n").err(), Some(KeyFormatError::Empty));
    for bad in [
        "correct horse battery staple",
        &good[1..],
        &format!("{good}00"),
        &good.replace('f', "g"),
        "c2hvcnQ=",
    ] {
        let error = parse(&format!("{good}\n{bad}")).err().ok_or("accepted")?;
        assert_eq!(error, KeyFormatError::Line(2), "{bad}");
        assert!(!error.to_string().contains(bad));
    }
    for made_up in ["00".repeat(KEY), "0123".repeat(KEY / 2)] {
        assert_eq!(parse(&made_up).err(), Some(KeyFormatError::NotRandom(1)));
    }
    Ok(())
}

#[test]
fn debug_shows_no_key() -> TestResult {
    let keys = parse(&hex::encode(BYTES))?;
    let shown = format!("{keys:?} {:?}", keys.current()).to_lowercase();
    assert!(shown.contains(&SecretKey::new(&BYTES).id));
    for start in ["fbffbf", "251, 255, 191", "-_-_", "+/+/"] {
        assert!(!shown.contains(start), "{shown}");
    }
    Ok(())
}

#[test]
fn what_the_environment_gives_comes_first() -> TestResult {
    let (given, file) = (SecretKeys::in_memory()?, SecretKeys::in_memory()?.with_new_current()?);
    let both = given.clone().given(Some(&file));
    assert!(both.is_from_environment());
    assert_eq!(ids(&both), [ids(&given), ids(&file)].concat());
    assert_eq!(ids(&file.clone().given(Some(&file))), ids(&file), "the same keys in both");
    Ok(())
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "(?s).{0,300}") {
        let _ = parse(&text);
    }

    #[test]
    fn nearly_a_key_gets_an_answer(text in "[0-9a-fA-F=+/_# \r\n-]{0,140}") {
        let _ = parse(&text);
    }

    #[test]
    fn a_key_is_read_as_it_was_written(bytes in any::<[u8; KEY]>()) {
        let key = SecretKey::new(&bytes);
        prop_assert_eq!(SecretKey::parse(&key.to_line()).map(|read| *read), Some(bytes));
        prop_assert_eq!(key.id().len(), ID_CHARS);
    }
}
