//! The link in a message by which its incidents are acknowledged or snoozed, without signing in. Pure: who calls signs and checks signatures.
//!
//! A token names the message, the incident (or all of the message) and the end of its validity, and is good for nothing else.

use crate::{crypto::signed, time::Timestamp};

/// For what such tokens are signed.
pub const PURPOSE: &str = "link of an incident";
/// How long a link works: seconds.
pub const LASTS: i64 = 7 * 86_400;
/// Version, message, incident, end.
const TEXT: usize = 1 + 3 * 8;
const VERSION: u8 = 1;

/// What a link stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnoozeLink {
    /// The message that has it.
    pub message: i64,
    /// The incident; `None`: all of the message.
    pub incident: Option<i64>,
    /// When it stops to work.
    pub expires: Timestamp,
}

impl SnoozeLink {
    /// The token; `None` when nothing signs.
    pub fn token(self, sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> Option<String> {
        let mut bytes = vec![VERSION];
        // No row has the id 0.
        for number in [self.message, self.incident.unwrap_or(0), self.expires.unix()] {
            bytes.extend(number.to_be_bytes());
        }
        signed::token(bytes, sign)
    }

    /// What a token stands for, if it is signed. It may have expired.
    pub fn read(token: &str, is_signed: impl FnOnce(&[u8], &[u8]) -> bool) -> Option<Self> {
        let text: [u8; TEXT] = signed::text_of(token, is_signed)?;
        let (version, numbers) = text.split_first()?;
        let mut numbers = numbers.as_chunks().0.iter().map(|part| i64::from_be_bytes(*part));
        let (message, incident, expires) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let incident = Some(incident).filter(|id| *id != 0);
        let link = Self { message, incident, expires: Timestamp::from_unix(expires) };
        (*version == VERSION).then_some(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SecretKeys;

    #[test]
    fn a_token_comes_back_and_no_changed_one_does() {
        let keys = SecretKeys::in_memory().unwrap();
        let read = |token: &str| SnoozeLink::read(token, |text, tag| keys.is_signed(PURPOSE, text, tag));
        let link = SnoozeLink { message: 7, incident: Some(3), expires: Timestamp::from_unix(1_800_000_000) };
        let all = SnoozeLink { incident: None, ..link };
        let of_all = all.token(|text| keys.sign(PURPOSE, text)).unwrap();
        assert_eq!(read(&of_all), Some(all));
        let token = link.token(|text| keys.sign(PURPOSE, text)).unwrap();
        assert_eq!(read(&token), Some(link));
        assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
        for (index, letter) in token.char_indices() {
            let other = if letter == '0' { '1' } else { '0' };
            let mut changed = token.clone();
            changed.replace_range(index..=index, &other.to_string());
            assert_eq!(read(&changed), None, "{changed}");
        }
        for wrong in ["", "1", "..", &token[1..], &format!("{token}00")] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(SnoozeLink::read(&token, |text, tag| keys.is_signed("another", text, tag)), None);
        assert_eq!(link.token(|_| None), None);
    }
}
