//! Badges: the state of the site, a group, a server or a job under an address that needs no key. A token names what it shows and is signed, so
//! nobody can make up another one.

use crate::{
    access::Permission,
    crypto::signed,
    db::{
        Connection, StoreError,
        tables::{
            jobs, labels,
            lists::{self, ListScope, ScopeTotals},
            servers,
        },
    },
    error::Error,
    ids::{GroupId, JobId, ServerId},
    service::{Actor, Services, rows::missing_is_not_found, session::Caller},
    verdict::Verdict,
};

/// For what tokens are signed.
const PURPOSE: &str = "badge";
const VERSION: u8 = 1;
/// Version, kind, id.
const TEXT: usize = 1 + 1 + 8;

/// What a badge is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// All jobs.
    Site,
    /// The jobs of the servers of a group.
    Group(GroupId),
    /// The jobs of a server.
    Server(ServerId),
    /// One job.
    Job(JobId),
}

/// What a badge shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// Name of the group, server or job; empty for the site.
    pub name: String,
    /// The worst state that needs attention, or else the best there is.
    pub verdict: Verdict,
}

impl Subject {
    const fn parts(self) -> (u8, i64) {
        match self {
            Self::Site => (b'a', 0),
            Self::Group(id) => (b'g', id.0),
            Self::Server(id) => (b's', id.0),
            Self::Job(id) => (b'j', id.0),
        }
    }

    /// The token; `None` when nothing signs.
    fn token(self, sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> Option<String> {
        let (kind, id) = self.parts();
        let mut bytes = vec![VERSION, kind];
        bytes.extend(id.to_be_bytes());
        signed::token(bytes, sign)
    }

    /// What a token is about, if it is signed.
    fn read(token: &str, is_signed: impl FnOnce(&[u8], &[u8]) -> bool) -> Option<Self> {
        let text: [u8; TEXT] = signed::text_of(token, is_signed)?;
        let [VERSION, kind, id @ ..] = text else { return None };
        let id = i64::from_be_bytes(id);
        match kind {
            b'a' => Some(Self::Site),
            b'g' => Some(Self::Group(GroupId(id))),
            b's' => Some(Self::Server(ServerId(id))),
            b'j' => Some(Self::Job(JobId(id))),
            _ => None,
        }
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
    let token = subject.token(|text| services.secrets.sign(PURPOSE, text));
    token.ok_or_else(|| Error::Invalid {
        field: "badge",
        hint: "the encryption key cannot be read: see the page Health".into(),
    })
}

/// Returns what a badge shows.
///
/// # Errors
/// [`Error::NotFound`] when the token is not one of ours, or what it is about is gone; [`Error::TooMany`] for an address that tries too many.
pub async fn show(services: &Services, caller: &Caller, token: &str) -> Result<Badge, Error> {
    let is_signed = |text: &[u8], signature: &[u8]| services.secrets.is_signed(PURPOSE, text, signature);
    let Some(subject) = Subject::read(token, is_signed) else {
        return Err(services.wrong_link(caller));
    };
    services.db.read(move |conn| load(conn, subject)).await.map_err(missing_is_not_found)
}

fn load(conn: &mut Connection, subject: Subject) -> Result<Badge, StoreError> {
    Ok(match subject {
        Subject::Site => {
            Badge { name: String::new(), verdict: of_totals(&lists::totals(conn, ListScope::Site)?) }
        }
        Subject::Group(id) => {
            let name = labels::group_name(conn, id)?;
            Badge { name, verdict: of_totals(&lists::totals(conn, ListScope::Group(id))?) }
        }
        Subject::Server(id) => {
            let name = servers::find(conn, id)?.display_name().to_owned();
            let jobs = jobs::listed(conn, &[id])?;
            Badge { name, verdict: of_all(|verdict| jobs.iter().any(|job| job.verdict() == verdict)) }
        }
        Subject::Job(id) => {
            let job = jobs::find(conn, id)?;
            let server = servers::find(conn, ServerId(job.server_id))?;
            let name = format!("{} / {}", server.display_name(), job.display_name());
            Badge { name, verdict: job.verdict() }
        }
    })
}

fn of_totals(totals: &ScopeTotals) -> Verdict {
    of_all(|verdict| totals.of(verdict) > 0)
}

/// One new or paused job does not hide that all others are good.
fn of_all(is_there: impl Fn(Verdict) -> bool) -> Verdict {
    let worst = Verdict::ALL.into_iter().find(|verdict| verdict.needs_attention() && is_there(*verdict));
    let best = Verdict::ALL.into_iter().rev().find(|verdict| is_there(*verdict));
    worst.or(best).unwrap_or(Verdict::New)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SecretKeys;

    #[test]
    fn a_token_comes_back_and_no_changed_one_does() {
        let keys = SecretKeys::in_memory().unwrap();
        let read = |token: &str| Subject::read(token, |text, tag| keys.is_signed(PURPOSE, text, tag));
        let all = [
            Subject::Site,
            Subject::Group(GroupId(1)),
            Subject::Server(ServerId(1)),
            Subject::Job(JobId(i64::MAX)),
        ];
        for subject in all {
            let token = subject.token(|text| keys.sign(PURPOSE, text)).unwrap();
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
            assert_eq!(Subject::read(&token, |text, tag| keys.is_signed("another", text, tag)), None);
            assert_eq!(subject.token(|_| None), None);
        }
    }

    #[test]
    fn the_worst_that_needs_attention_counts_and_else_the_best() {
        let of = |there: &[Verdict]| of_all(|verdict| there.contains(&verdict));
        assert_eq!(of(&[Verdict::Ok, Verdict::Late, Verdict::Check]), Verdict::Late);
        assert_eq!(of(&[Verdict::Ok, Verdict::New, Verdict::Paused]), Verdict::Ok);
        assert_eq!(of(&[Verdict::New, Verdict::Paused]), Verdict::Paused);
        assert_eq!(of(&[]), Verdict::New);
    }
}
