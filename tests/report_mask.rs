//! What is hidden and what is left alone.

use std::borrow::Cow;

use duplistatus::report::mask_secrets;
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
#[case("sent bearer eyJh.bGci.x1 to", "sent bearer *** to")]
#[case("X-Api-Key: abc", "X-Api-Key: ***")]
fn hidden(#[case] text: &str, #[case] masked: &str) {
    assert_eq!(mask_secrets(text), masked);
}

#[rstest]
#[case("wrong password: check it")]
#[case("System.Net.Http, PublicKeyToken=b03f5f7f11d50a3a")]
#[case("Bearer authentication failed")]
#[case("https://host/a@b")]
#[case("monkey=banana --dblock-size=50mb")]
fn left_alone(#[case] text: &str) {
    assert!(matches!(mask_secrets(text), Cow::Borrowed(_)), "{}", mask_secrets(text));
}

#[test]
fn hostile_text_takes_linear_time() {
    for part in ["key=", "authorization:", "bearer", "://", "bearer \"", "\"key\":"] {
        let text = part.repeat(20_000);
        let _ = mask_secrets(&text);
    }
}
