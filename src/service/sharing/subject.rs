//! What a shared link or a badge is about: its name, and the state of its jobs.

use std::collections::{BTreeSet, HashMap};

use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::{self, JobRecord, time},
            labels,
            lists::{self, ListScope},
            servers,
        },
    },
    dto::sharing::Subject,
    ids::ServerId,
    time::Timestamp,
    verdict::Verdict,
};

/// The name of a group, a server or a job; empty for the site.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when it is gone.
pub(in crate::service) fn name_of(conn: &mut Connection, about: Subject) -> Result<String, StoreError> {
    Ok(match about {
        Subject::Site => String::new(),
        Subject::Group(id) => labels::group_name(conn, id)?,
        Subject::Server(id) => servers::find(conn, id)?.display_name().to_owned(),
        Subject::Job(id) => {
            let job = jobs::find(conn, id)?;
            let server = servers::find(conn, ServerId(job.server_id))?;
            format!("{} / {}", server.display_name(), job.display_name())
        }
    })
}

/// Jobs by verdict, in the order of [`Verdict::ALL`].
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when a job is gone.
pub(in crate::service) fn counts(conn: &mut Connection, about: Subject) -> Result<[i64; 8], StoreError> {
    let all = match about {
        Subject::Site => return Ok(lists::totals(conn, ListScope::Site)?.verdicts),
        Subject::Group(id) => return Ok(lists::totals(conn, ListScope::Group(id))?.verdicts),
        Subject::Server(id) => jobs::listed(conn, &[id])?,
        Subject::Job(id) => vec![jobs::find(conn, id)?],
    };
    Ok(counts_of(&all))
}

/// These jobs by verdict, in the order of [`Verdict::ALL`].
pub(super) fn counts_of(jobs: &[JobRecord]) -> [i64; 8] {
    let of = |verdict| i64::try_from(jobs.iter().filter(|job| job.verdict() == verdict).count());
    Verdict::ALL.map(|verdict| of(verdict).unwrap_or(i64::MAX))
}

/// When the next run of these jobs is expected.
pub(super) fn next_slot(jobs: &[JobRecord], now: Timestamp) -> Option<Timestamp> {
    let slots = jobs.iter().filter_map(|job| time(job.state.as_ref()?.slot.as_deref()));
    slots.filter(|slot| *slot > now).min()
}

/// What the servers of these jobs are called.
///
/// # Errors
/// Database errors.
pub(super) fn server_names(
    conn: &mut Connection,
    jobs: &[JobRecord],
) -> Result<HashMap<i64, String>, StoreError> {
    let ids: BTreeSet<i64> = jobs.iter().map(|job| job.server_id).collect();
    let ids: Vec<ServerId> = ids.into_iter().map(ServerId).collect();
    let known = servers::of_ids(conn, &ids)?.into_iter();
    Ok(known.map(|server| (server.id, server.display_name().to_owned())).collect())
}

/// Server and job.
pub(super) fn job_name(servers: &HashMap<i64, String>, job: &JobRecord) -> String {
    let server = servers.get(&job.server_id).map(String::as_str).unwrap_or_default();
    format!("{server} / {}", job.display_name())
}

/// The worst state that needs attention, or else the best there is: one new or paused job does not hide that all others are good.
pub(in crate::service) fn overall(counts: &[i64; 8]) -> Verdict {
    let mut there = Verdict::ALL.into_iter().zip(counts).filter(|(_, count)| **count > 0);
    let worst = there.clone().find(|(verdict, _)| verdict.needs_attention());
    worst.or_else(|| there.next_back()).map_or(Verdict::New, |(verdict, _)| verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_that_needs_attention_counts_and_else_the_best() {
        let of = |there: &[Verdict]| overall(&Verdict::ALL.map(|verdict| there.contains(&verdict).into()));
        assert_eq!(of(&[Verdict::Ok, Verdict::Late, Verdict::Check]), Verdict::Late);
        assert_eq!(of(&[Verdict::Ok, Verdict::New, Verdict::Paused]), Verdict::Ok);
        assert_eq!(of(&[Verdict::New, Verdict::Paused]), Verdict::Paused);
        assert_eq!(of(&[]), Verdict::New);
    }
}
