//! What is masked and what is not.

use std::borrow::Cow;

use duplistatus::report::{mask_secrets, mask_secrets_in_json};
use rstest::rstest;

#[rstest]
#[case("ftp://ann:b@d@host/x", "ftp://***@host/x")]
#[case(
    "s3://b/?auth-username=AK&auth-password=x%2Fy&use-ssl=true",
    "s3://b/?auth-username=***&auth-password=***&use-ssl=true"
)]
#[case("--passphrase=\"two words\" --dry-run", "--passphrase=\"***\" --dry-run")]
#[case("a?key=1&token=2#f", "a?key=***&token=***")]
#[case("{\"api-key\": \"abc\"}", "{\"api-key\": \"***\"}")]
#[case("auth-password%3Dabc%26x", "auth-password%3D***%26x")]
#[case("Authorization: Basic YWJj\nnext", "Authorization: ***\nnext")]
#[case("Cookie: sid=abc; theme=dark\nnext", "Cookie: ***\nnext")]
#[case("< set-cookie: sid=abc; Path=/; HttpOnly", "< set-cookie: ***")]
#[case(r#"{"Set-Cookie": "sid=abc", "b": 1}"#, r#"{"Set-Cookie": "***", "b": 1}"#)]
#[case("sent bearer eyJh.bGci.x1 to", "sent bearer *** to")]
#[case("X-Api-Key: abc", "X-Api-Key: ***")]
#[case("b2://b?b2-applicationkey=K1&b2-accountid=x", "b2://b?b2-applicationkey=***&b2-accountid=x")]
#[case::one_beside_the_other("https://user:token=@host/x", "https://***")]
#[case::padded_and_escaped(
    r#"{\"auth-password\": \"hunter2\", \"b\": 1}"#,
    r#"{\"auth-password\": \"***\", \"b\": 1}"#
)]
#[case::escaped_twice(r#"{\\\"key\\\": \\\"x y\\\"}"#, r#"{\\\"key\\\": \\\"***\\\"}"#)]
#[case::ends_with_a_backslash(r#"--passphrase="a\" -x"#, r#"--passphrase="***" -x"#)]
#[case::two_headers(
    "Authorization: Basic YWJj\nauthorization: Basic ZGVm\n",
    "Authorization: ***\nauthorization: ***\n"
)]
fn hidden(#[case] text: &str, #[case] masked: &str) {
    assert_eq!(mask_secrets(text), masked);
}

#[rstest]
#[case("wrong password: check it")]
#[case("System.Net.Http, PublicKeyToken=b03f5f7f11d50a3a")]
#[case("Bearer authentication failed")]
#[case("https://host/a@b")]
#[case("the cookie was rejected")]
#[case("monkeys=banana --dblock-size=50mb")]
#[case::no_value("s3://b?auth-password=&use-ssl=true")]
#[case::a_space_before_the_value("passphrase= none was given")]
fn left_alone(#[case] text: &str) {
    assert!(matches!(mask_secrets(text), Cow::Borrowed(_)), "{}", mask_secrets(text));
}

// The content of a string is masked like other text, however deeply it is quoted and escaped.
#[rstest]
#[case(r#"{"a":"--passphrase=\"two words\" -x"}"#, r#"{"a":"--passphrase=\"***\" -x"}"#)]
#[case(r#"{"a":"https:\/\/u:b@h\/"}"#, r#"{"a":"https://***@h/"}"#)]
#[case(r#"{"a":"{\"auth-password\":\"x\"}"}"#, r#"{"a":"{\"auth-password\":\"***\"}"}"#)]
#[case(
    r#"{"a":"{\"b\":\"{\\\"key\\\":\\\"x y\\\"}\"}"}"#,
    r#"{"a":"{\"b\":\"{\\\"key\\\":\\\"***\\\"}\"}"}"#
)]
#[case(r#"{"a":"\u0022token\u0022:\u0022x\u0022"}"#, r#"{"a":"\"token\":\"***\""}"#)]
#[case(r#"{"passphrase":"x","b":"\n"}"#, r#"{"passphrase":"***","b":"\n"}"#)]
#[case(r#"{"a":"s3://b?auth-password\u003dx\u0026c=d""#, r#"{"a":"s3://b?auth-password=***&c=d""#)]
fn hidden_in_json(#[case] text: &str, #[case] masked: &str) {
    let once = mask_secrets_in_json(text);
    assert_eq!(once, masked);
    assert_eq!(mask_secrets_in_json(&once), masked, "twice is as once");
}

#[rstest]
#[case(r#"{"a":"C:\\Users\n","b":1}"#)]
#[case(r#"{"a":"not ended \"#)]
#[case(r#"{"a":"\ud800"}"#)]
fn json_without_secrets_is_left_alone(#[case] text: &str) {
    assert!(matches!(mask_secrets_in_json(text), Cow::Borrowed(_)), "{}", mask_secrets_in_json(text));
}

#[test]
fn hostile_text_takes_linear_time() {
    for part in ["key=", "authorization:", "bearer", "://", "bearer \"", "\"key\":", "\\\"key\\\":"] {
        let text = part.repeat(20_000);
        let _ = mask_secrets(&text);
        let _ = mask_secrets_in_json(&format!("\"\\{text}"));
        let _ = mask_secrets_in_json(&format!("{{\"a\":{}", "\"\\n\",".repeat(20_000)));
    }
}
