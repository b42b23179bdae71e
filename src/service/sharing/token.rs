//! The token of a link: its id and nonce, signed for what it opens. Nothing else can be made of it, and it is good until the link is deleted.

use crate::{crypto::signed, dto::sharing::LinkKind, ids::SharedLinkId};

const VERSION: u8 = 1;
/// Characters of a nonce.
pub(super) const NONCE: usize = 16;
/// Version, id, nonce.
const TEXT: usize = 1 + 8 + NONCE;

/// For what tokens are signed.
pub(super) fn purpose(kind: LinkKind) -> String {
    format!("shared link: {}", kind.as_str())
}

/// The token of a link; `None` when nothing signs.
pub(super) fn token(
    id: SharedLinkId,
    nonce: &str,
    sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Option<String> {
    let mut bytes = vec![VERSION];
    bytes.extend(id.0.to_be_bytes());
    bytes.extend(nonce.as_bytes());
    signed::token(bytes, sign)
}

/// The id and the nonce of a token, if it is signed.
pub(super) fn read(
    token: &str,
    is_signed: impl FnOnce(&[u8], &[u8]) -> bool,
) -> Option<(SharedLinkId, String)> {
    let text: [u8; TEXT] = signed::text_of(token, is_signed)?;
    let [VERSION, rest @ ..] = text else { return None };
    let (id, nonce) = rest.split_first_chunk()?;
    Some((SharedLinkId(i64::from_be_bytes(*id)), String::from_utf8(nonce.to_vec()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SecretKeys;

    #[test]
    fn a_token_comes_back_for_its_purpose_only_and_no_changed_one_does() {
        let keys = SecretKeys::in_memory().unwrap();
        let feed = purpose(LinkKind::Feed);
        let (id, nonce) = (SharedLinkId(7), "a".repeat(NONCE));
        let made = token(id, &nonce, |text| keys.sign(&feed, text)).unwrap();
        let read_for = |kind, token: &str| read(token, |text, tag| keys.is_signed(&purpose(kind), text, tag));
        assert_eq!(read_for(LinkKind::Feed, &made), Some((id, nonce.clone())));
        assert_eq!(read_for(LinkKind::Calendar, &made), None);
        for (index, letter) in made.char_indices() {
            let mut changed = made.clone();
            changed.replace_range(index..=index, if letter == '0' { "1" } else { "0" });
            assert_eq!(read_for(LinkKind::Feed, &changed), None, "{changed}");
        }
        for wrong in ["", "0", "zz", &made[2..], &format!("{made}00")] {
            assert_eq!(read_for(LinkKind::Feed, wrong), None, "{wrong}");
        }
        assert_eq!(token(id, &nonce, |_| None), None);
    }
}
