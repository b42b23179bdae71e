//! Web push: a message for a browser that somebody subscribed (RFC 8030), encrypted for it alone (RFC 8291), and signed by this site
//! (RFC 8292), so that the service in between can neither read nor make up messages.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Url;
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    rand::{SecureRandom as _, SystemRandom},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{InvalidChannel, Message, Priority, Request};
use crate::{shorten::shorten, time::Timestamp};

/// How long a service keeps a message for a browser that is off: seconds.
const KEPT: i64 = 86_400;
/// How long a signature is valid: seconds. Services refuse more than a day.
const SIGNED: i64 = 12 * 3600;
/// Size of a record, which services take at least.
const RECORD: usize = 4_096;
/// Longest text: characters. Browsers show less.
const TEXT: usize = 600;
/// Longest text in bytes: with title and path it fits into one record.
const TEXT_BYTES: usize = 2_400;
/// Length of a point of P-256 that is not compressed.
const POINT: usize = 65;
/// Who is told of problems with messages, if the site has no address that everyone reaches.
const CONTACT: &str = env!("CARGO_PKG_REPOSITORY");

/// What is needed to send to a browser beside its address.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushKeys {
    /// The public key of the browser, in base64url.
    pub p256dh: String,
    /// The secret that the browser shares with this site, in base64url.
    pub auth: String,
    /// The key pair of this site with which the browser subscribed: PKCS#8 in base64url.
    pub site: String,
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).ok()
}

/// Makes a key pair of a site: PKCS#8 in base64url. `None` when the system has no random numbers.
#[must_use]
pub fn new_site_key() -> Option<String> {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).ok()?;
    Some(URL_SAFE_NO_PAD.encode(pair.as_ref()))
}

fn pair_of(site: &str) -> Option<EcdsaKeyPair> {
    let bytes = decoded(site)?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes, &SystemRandom::new()).ok()
}

/// The public key of a site, in base64url, as browsers want it.
#[must_use]
pub fn public_key(site: &str) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(pair_of(site)?.public_key().as_ref()))
}

/// Checks what a browser said about itself. Returns the address of its service.
pub(super) fn checked(endpoint: &str, keys: &PushKeys) -> Result<Url, InvalidChannel> {
    let invalid = |field, hint| InvalidChannel { field, hint };
    let again = "turn messages off and on again in this browser";
    let url = Url::parse(endpoint.trim()).map_err(|_| invalid("endpoint", again))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || !url.username().is_empty() {
        return Err(invalid("endpoint", again));
    }
    let point = decoded(&keys.p256dh).filter(|key| key.len() == POINT && key.first() == Some(&4));
    let Some(point) = point else { return Err(invalid("p256dh", again)) };
    if decoded(&keys.auth).is_none_or(|auth| auth.len() != 16) {
        return Err(invalid("auth", again));
    }
    // A point that is not on the curve is found by using it.
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new());
    let is_point =
        own.is_ok_and(|own| agree_ephemeral(own, &UnparsedPublicKey::new(&ECDH_P256, point), |_| ()).is_ok());
    if is_point { Ok(url) } else { Err(invalid("p256dh", again)) }
}

/// The request; `None` when a key cannot be used.
pub(super) fn request(
    endpoint: &str,
    keys: &PushKeys,
    id: &str,
    message: &Message,
    now: Timestamp,
) -> Option<Request> {
    let mut text = shorten(&message.without_mute().text(), TEXT);
    while text.len() > TEXT_BYTES {
        text = shorten(&text, text.chars().count() / 2);
    }
    // What is shown already under this name is replaced.
    let tag = format!("duplistatus-{id}");
    let plain =
        json!({ "title": message.title(), "text": text, "path": message.path(), "tag": tag }).to_string();
    let body = encrypted(&decoded(&keys.p256dh)?, &decoded(&keys.auth)?, plain.as_bytes())?;
    let urgency = match Priority::Auto.of(message) {
        Priority::High | Priority::Urgent => "high",
        _ => "normal",
    };
    let request = Request::bytes(endpoint.to_owned(), body)
        .with("content-type", "application/octet-stream".to_owned())
        .with("content-encoding", "aes128gcm".to_owned())
        .with("ttl", KEPT.to_string())
        .with("urgency", urgency.to_owned())
        .with("authorization", authorization(endpoint, keys, message.address.as_deref(), now)?);
    Some(request)
}

/// `vapid t=…, k=…`: who sends it, for whom, and until when that is valid.
fn authorization(endpoint: &str, keys: &PushKeys, address: Option<&str>, now: Timestamp) -> Option<String> {
    let pair = pair_of(&keys.site)?;
    let audience = Url::parse(endpoint).ok()?.origin().ascii_serialization();
    let contact = address.filter(|address| address.starts_with("https://")).unwrap_or(CONTACT);
    let head = json!({ "typ": "JWT", "alg": "ES256" });
    let claims = json!({ "aud": audience, "exp": now.plus(SIGNED).unix(), "sub": contact });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&head), part(&claims));
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
    Some(format!("vapid t={token}, k={}", URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())))
}

/// A text for one browser: a header with salt and public key of the sender, and one record (RFC 8188).
fn encrypted(browser: &[u8], auth: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    let mut salt = [0; 16];
    random.fill(&mut salt).ok()?;
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &random).ok()?;
    let sender = own.compute_public_key().ok()?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, browser);
    let shared = agree_ephemeral(own, &peer, |shared| shared.to_vec()).ok()?;
    let (key, nonce) = derived(&shared, auth, (browser, sender.as_ref()), &salt)?;
    let mut record = plain.to_vec();
    // The delimiter of the last record.
    record.push(2);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).ok()?;
    if record.len() > RECORD {
        return None;
    }
    let size = u32::try_from(RECORD).ok()?;
    let length = u8::try_from(sender.as_ref().len()).ok()?;
    Some([&salt[..], &size.to_be_bytes(), &[length], sender.as_ref(), &record].concat())
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expanded<const N: usize>(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    Salt::new(HKDF_SHA256, salt).extract(secret).expand(info, Length(N)).ok()?.fill(&mut bytes).ok()?;
    Some(bytes)
}

/// Key and nonce of the record, from what both sides know (RFC 8291, 3.4).
fn derived(
    shared: &[u8],
    auth: &[u8],
    (browser, sender): (&[u8], &[u8]),
    salt: &[u8],
) -> Option<([u8; 16], [u8; 12])> {
    let secret: [u8; 32] = expanded(auth, shared, &[b"WebPush: info\0", browser, sender])?;
    let key = expanded(salt, &secret, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce = expanded(salt, &secret, &[b"Content-Encoding: nonce\0"])?;
    Some((key, nonce))
}

#[cfg(test)]
pub(crate) mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifier};
    use serde_json::Value;

    use super::*;
    use crate::{
        notify::message::tests::{item, message},
        topic::Topic,
    };

    /// A browser, for one message.
    pub(crate) struct Browser {
        private: EphemeralPrivateKey,
        public: Vec<u8>,
        auth: [u8; 16],
    }

    impl Browser {
        pub(crate) fn new() -> Self {
            let private = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
            let public = private.compute_public_key().unwrap().as_ref().to_vec();
            Self { private, public, auth: *b"sixteen of bytes" }
        }

        pub(crate) fn keys(&self, site: &str) -> PushKeys {
            PushKeys {
                p256dh: URL_SAFE_NO_PAD.encode(&self.public),
                auth: URL_SAFE_NO_PAD.encode(self.auth),
                site: site.to_owned(),
            }
        }

        /// What a body says to the owner of the private key.
        pub(crate) fn read(self, body: &[u8]) -> Value {
            let (salt, rest) = body.split_at(16);
            assert_eq!((&rest[..4], rest[4]), (&4_096_u32.to_be_bytes()[..], 65));
            let (sender, record) = rest[5..].split_at(65);
            let peer = UnparsedPublicKey::new(&ECDH_P256, sender);
            let shared = agree_ephemeral(self.private, &peer, |shared| shared.to_vec()).unwrap();
            let (key, nonce) = derived(&shared, &self.auth, (&self.public, sender), salt).unwrap();
            let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
            let mut record = record.to_vec();
            let nonce = Nonce::assume_unique_for_key(nonce);
            let plain = key.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
            let (last, text) = plain.split_last().unwrap();
            assert_eq!(*last, 2);
            serde_json::from_slice(text).unwrap()
        }
    }

    /// The claims of a header, if its signature is that of its key.
    pub(crate) fn verified(header: &str) -> (Value, String) {
        let (token, key) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let public = decoded(key).unwrap();
        Verifier::new(&ECDSA_P256_SHA256_FIXED, &public)
            .verify(signed.as_bytes(), &decoded(signature).unwrap())
            .unwrap();
        let (head, claims) = signed.split_once('.').unwrap();
        assert_eq!(decoded(head).unwrap(), br#"{"alg":"ES256","typ":"JWT"}"#);
        (serde_json::from_slice(&decoded(claims).unwrap()).unwrap(), key.to_owned())
    }

    fn bytes(text: &str) -> Vec<u8> {
        decoded(text).unwrap()
    }

    /// RFC 8291, appendix A: the intermediate values of its example.
    #[test]
    fn key_and_nonce_are_those_of_the_example_of_the_standard() {
        let shared = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg");
        let browser =
            bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let sender =
            bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw");
        let (key, nonce) = derived(&shared, &auth, (&browser, &sender), &salt).unwrap();
        assert_eq!(key.to_vec(), bytes("oIhVW04MRdy2XN9CiKLxTg"));
        assert_eq!(nonce.to_vec(), bytes("4h_95klXJ5E_qnoN"));
    }

    #[test]
    fn only_the_browser_can_read_a_message_and_the_site_signs_for_its_service() {
        let (browser, site) = (Browser::new(), new_site_key().unwrap());
        let mut failed = message(vec![item(Topic::Failed, "nas", "photos", "The disk is full.")]);
        failed.mute = Some("https://backup.example/status/snooze/secret".into());
        let now = Timestamp::from_unix(1_800_000_000);
        let endpoint = "https://push.example:8443/send/abc?x=1";
        let request = request(endpoint, &browser.keys(&site), "7", &failed, now).unwrap();
        assert_eq!(request.url, endpoint);
        assert_eq!(request.header("content-encoding"), Some("aes128gcm"));
        assert_eq!((request.header("ttl"), request.header("urgency")), (Some("86400"), Some("high")));
        let (claims, key) = verified(request.header("authorization").unwrap());
        assert_eq!(Some(key), public_key(&site));
        let expected = json!({
            "aud": "https://push.example:8443", "exp": 1_800_000_000 + SIGNED, "sub": "https://backup.example/status",
        });
        assert_eq!(claims, expected);
        let said = browser.read(&request.body);
        let expected = json!({
            "title": "Failed: nas / photos", "text": "The disk is full.", "path": "/incidents?job=3", "tag": "duplistatus-7",
        });
        // Viewers may get it, and must not get the link that acknowledges.
        assert_eq!(said, expected);
    }

    #[test]
    fn the_longest_message_fits_into_one_record() {
        let site = new_site_key().unwrap();
        for text in ["a", "ü", "漢", "\u{1F389}", "\\", "\u{7}\""] {
            let browser = Browser::new();
            let long = item(Topic::Late, &text.repeat(5_000), &text.repeat(5_000), &text.repeat(5_000));
            let request = request(
                "https://push.example/x",
                &browser.keys(&site),
                "7",
                &message(vec![long]),
                Timestamp::default(),
            );
            let request = request.unwrap_or_else(|| panic!("{text}"));
            assert!(request.body.len() <= RECORD + 86, "{}", request.body.len());
            assert!(browser.read(&request.body)["title"].is_string());
        }
    }

    #[test]
    fn what_is_no_subscription_is_refused() {
        let browser = Browser::new();
        let good = browser.keys("");
        let field = |endpoint: &str, keys: &PushKeys| checked(endpoint, keys).err().map(|error| error.field);
        assert_eq!(field("https://push.example/x", &good), None);
        for endpoint in
            ["", "push.example", "file:///etc/passwd", "javascript:alert(1)", "https://a@push.example"]
        {
            assert_eq!(field(endpoint, &good), Some("endpoint"), "{endpoint}");
        }
        let off_curve = URL_SAFE_NO_PAD.encode([4; POINT]);
        for p256dh in ["", "!", "AAAA", off_curve.as_str()] {
            let keys = PushKeys { p256dh: p256dh.into(), ..good.clone() };
            assert_eq!(field("https://push.example/x", &keys), Some("p256dh"), "{p256dh}");
        }
        let keys = PushKeys { auth: "AAAA".into(), ..good };
        assert_eq!(field("https://push.example/x", &keys), Some("auth"));
    }
}
