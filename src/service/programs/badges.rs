//! Badges: the state of the site, a group, a server or a job under an address that needs no key. A token names what it shows and is signed, so
//! nobody can make up another one.

use crate::{
    access::Permission,
    crypto::signed,
    db::{Connection, StoreError, tables::labels},
    dto::sharing::Subject,
    error::Error,
    ids::{GroupId, JobId, ServerId},
    service::{
        Actor, Services,
        rows::missing_is_not_found,
        session::Caller,
        sharing::{
            no_key,
            subject::{counts, name_of, overall},
        },
    },
    verdict::Verdict,
};

/// For what tokens are signed.
const PURPOSE: &str = "badge";
const VERSION: u8 = 1;
/// Version, kind, id.
const TEXT: usize = 1 + 1 + 8;

/// What a badge shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// Name of the group, server or job; empty for the site.
    pub name: String,
    /// The worst state that needs attention, or else the best there is.
    pub verdict: Verdict,
}

const fn parts(subject: Subject) -> (u8, i64) {
    match subject {
        Subject::Site => (b'a', 0),
        Subject::Group(id) => (b'g', id.0),
        Subject::Server(id) => (b's', id.0),
        Subject::Job(id) => (b'j', id.0),
    }
}

/// The token of a subject; `None` when nothing signs.
fn token_of(subject: Subject, sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> Option<String> {
    let (kind, id) = parts(subject);
    let mut bytes = vec![VERSION, kind];
    bytes.extend(id.to_be_bytes());
    signed::token(bytes, sign)
}

/// What a token is about, if it is signed.
fn read(token: &str, is_signed: impl FnOnce(&[u8], &[u8]) -> bool) -> Option<Subject> {
    let text: [u8; TEXT] = signed::text_of(token, is_signed)?;
    let [VERSION, kind, id @ ..] = text else { return None };
    let id = i64::from_be_bytes(id);
    match kind {
        b'a' => Some(Subject::Site),
        b'g' => Some(Subject::Group(GroupId(id))),
        b's' => Some(Subject::Server(ServerId(id))),
        b'j' => Some(Subject::Job(JobId(id))),
        _ => None,
    }
}

/// Returns the id of a group by its name.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Forbidden`] without the permission.
pub async fn group(services: &Services, actor: &Actor, name: &str) -> Result<Subject, Error> {
    actor.may(Permission::ManageServers)?;
    let name = name.to_owned();
    let found = services.db.read(move |conn| labels::find_group(conn, &name)).await?;
    found.map(Subject::Group).ok_or(Error::NotFound)
}

/// Returns the token of a badge, which is good for as long as what it is about exists, and the key that encrypts stored secrets is kept.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::NotFound`] when there is no such thing; [`Error::Invalid`] without a key.
pub async fn token(services: &Services, actor: &Actor, subject: Subject) -> Result<String, Error> {
    actor.may(Permission::ManageServers)?;
    services.db.read(move |conn| load(conn, subject)).await.map_err(missing_is_not_found)?;
    let token = token_of(subject, |text| services.secrets.sign(PURPOSE, text));
    token.ok_or_else(no_key)
}

/// Returns what a badge shows.
///
/// # Errors
/// [`Error::NotFound`] when the token is not one of ours, or what it is about is gone; [`Error::TooMany`] for an address that tries too many.
pub async fn show(services: &Services, caller: &Caller, token: &str) -> Result<Badge, Error> {
    let is_signed = |text: &[u8], signature: &[u8]| services.secrets.is_signed(PURPOSE, text, signature);
    let Some(subject) = read(token, is_signed) else {
        return Err(services.wrong_link(caller));
    };
    services.db.read(move |conn| load(conn, subject)).await.map_err(missing_is_not_found)
}

fn load(conn: &mut Connection, subject: Subject) -> Result<Badge, StoreError> {
    Ok(Badge { name: name_of(conn, subject)?, verdict: overall(&counts(conn, subject)?) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SecretKeys;

    #[test]
    fn a_token_comes_back_and_no_changed_one_does() {
        let keys = SecretKeys::in_memory().unwrap();
        let read = |token: &str| read(token, |text, tag| keys.is_signed(PURPOSE, text, tag));
        let all = [
            Subject::Site,
            Subject::Group(GroupId(1)),
            Subject::Server(ServerId(1)),
            Subject::Job(JobId(i64::MAX)),
        ];
        for subject in all {
            let token = token_of(subject, |text| keys.sign(PURPOSE, text)).unwrap();
            assert_eq!(read(&token), Some(subject));
            for (index, letter) in token.char_indices() {
                let other = if letter == '0' { "1" } else { "0" };
                let mut changed = token.clone();
                changed.replace_range(index..=index, other);
                assert_eq!(read(&changed), None, "{changed}");
            }
            for wrong in ["", "0", "zz", &token[2..], &format!("{token}00")] {
                assert_eq!(read(wrong), None, "{wrong}");
            }
            assert_eq!(super::read(&token, |text, tag| keys.is_signed("another", text, tag)), None);
            assert_eq!(token_of(subject, |_| None), None);
        }
    }
}
