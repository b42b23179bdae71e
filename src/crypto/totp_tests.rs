//! The RFC's examples, and codes that work only once.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// `12345678901234567890`, the secret of RFC 6238's appendix B.
const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(seconds)
}

/// The appendix has eight digits; codes of six digits are the last six of them.
#[rstest]
#[case(59, "287082")]
#[case(1_111_111_109, "081804")]
#[case(1_111_111_111, "050471")]
#[case(1_234_567_890, "005924")]
#[case(2_000_000_000, "279037")]
#[case(20_000_000_000, "353130")]
fn codes_of_the_rfc(#[case] seconds: i64, #[case] code: &str) {
    let secret = SecretString::from(RFC);
    let step = seconds / STEP;
    assert_eq!(verify(&secret, code, at(seconds), None), Some(step));
    for (moved, taken) in [(-2, false), (-1, true), (1, true), (2, false)] {
        let now = at(seconds + moved * STEP);
        assert_eq!(verify(&secret, code, now, None), taken.then_some(step), "{moved} steps");
    }
}

#[test]
fn a_code_works_once_and_none_before_it_does_after() {
    let secret = SecretString::from(RFC);
    let now = at(1_111_111_111);
    let step = verify(&secret, "050471", now, None);
    assert_eq!(step, Some(37_037_037));
    assert_eq!(verify(&secret, "050471", now, step), None);
    assert_eq!(verify(&secret, "081804", now, step), None, "the code of the step before");
    assert_eq!(verify(&secret, "050471", now, Some(37_037_036)), step);
}

#[rstest]
#[case::as_apps_show_it("050 471")]
#[case::from_the_clipboard(" 050471\n")]
#[case::no_break_space("050\u{a0}471")]
fn spaces_are_ignored(#[case] code: &str) {
    assert!(verify(&SecretString::from(RFC), code, at(1_111_111_111), None).is_some());
}

#[rstest]
#[case("")]
#[case("50471")]
#[case("0050471")]
#[case("14050471")]
#[case("+50471")]
#[case("05047x")]
#[case("٠٥٠٤٧١")]
#[case("000000")]
fn nothing_else_is_a_code(#[case] code: &str) {
    assert_eq!(verify(&SecretString::from(RFC), code, at(1_111_111_111), None), None);
}

#[test]
fn a_damaged_secret_and_times_before_1970_have_no_codes() {
    for secret in ["", "1", "GEZDGNBV", "not base32!"] {
        assert_eq!(verify(&SecretString::from(secret), "050471", at(1_111_111_111), None), None);
        assert!(matches!(otpauth_uri(&SecretString::from(secret), "anna"), Err(TotpError::Damaged)));
    }
    assert_eq!(verify(&SecretString::from(RFC), "050471", Timestamp::MIN, None), None);
    assert_eq!(verify(&SecretString::from(RFC), "050471", at(0), None), None);
}

#[test]
fn a_new_secret_has_160_bits_and_its_codes_work() -> TestResult {
    let secret = generate_secret()?;
    assert_eq!(secret.expose_secret().len(), 32);
    assert_ne!(secret.expose_secret(), generate_secret()?.expose_secret());
    let totp = builder(&secret).ok_or("no secret")?.build()?;
    let code = totp.generate(1_795_435_200).to_string();
    assert_eq!(verify(&secret, &code, at(1_795_435_200), None), Some(1_795_435_200 / STEP));
    Ok(())
}

#[test]
fn the_uri_is_what_apps_expect() -> TestResult {
    let uri = |name| otpauth_uri(&SecretString::from(RFC), name).map(|uri| uri.expose_secret().to_owned());
    assert_eq!(uri("anna")?, format!("otpauth://totp/duplistatus:anna?secret={RFC}&issuer=duplistatus"));
    assert_eq!(
        uri(" a:b&c=d/é ")?,
        format!("otpauth://totp/duplistatus:a%20b%26c%3Dd%2F%C3%A9?secret={RFC}&issuer=duplistatus")
    );
    assert!(matches!(uri(" "), Err(TotpError::NoName)));
    Ok(())
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(code in ".{0,20}", now in any::<i64>(), last in any::<Option<i64>>()) {
        let _ = verify(&SecretString::from(RFC), &code, at(now), last);
    }
}
