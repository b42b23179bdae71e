//! The jobs and incidents of what a shared link is about.

use diesel::{dsl::exists, prelude::*, sqlite::Sqlite};

use super::{
    jobs::{JobRecord, with_states},
    noticing::incidents::IncidentRow,
};
use crate::{
    db::{
        Connection, StoreError,
        schema::{incidents, jobs, servers},
    },
    dto::sharing::Subject,
};

/// The jobs that are judged, the worst first, at most so many.
///
/// # Errors
/// Database errors.
pub fn jobs(conn: &mut Connection, about: Subject, most: i64) -> Result<Vec<JobRecord>, StoreError> {
    let mut query =
        with_states().filter(jobs::rank.is_not_null()).select(JobRecord::as_select()).into_boxed();
    query = match about {
        Subject::Site => query,
        Subject::Group(id) => {
            let of = servers::table.filter(servers::group_id.eq(id.0)).select(servers::id);
            query.filter(jobs::server_id.eq_any(of))
        }
        Subject::Server(id) => query.filter(jobs::server_id.eq(id.0)),
        Subject::Job(id) => query.filter(jobs::id.eq(id.0)),
    };
    Ok(query.order((jobs::rank, jobs::server_id, jobs::name)).limit(most).load(conn)?)
}

/// The incidents that were opened last, and those that were closed last: at most so many of each.
///
/// # Errors
/// Database errors.
pub fn incidents(
    conn: &mut Connection,
    about: Subject,
    most: i64,
) -> Result<(Vec<IncidentRow>, Vec<IncidentRow>), StoreError> {
    let of = || -> incidents::BoxedQuery<'static, Sqlite> {
        let query = incidents::table.into_boxed();
        match about {
            Subject::Site => query,
            Subject::Group(id) => {
                let member = servers::table
                    .filter(servers::id.nullable().eq(incidents::server_id))
                    .filter(servers::group_id.eq(id.0));
                query.filter(exists(member))
            }
            Subject::Server(id) => query.filter(incidents::server_id.eq(id.0)),
            Subject::Job(id) => query.filter(incidents::job_id.eq(id.0)),
        }
    };
    let opened = of()
        .order((incidents::opened_at.desc(), incidents::id.desc()))
        .limit(most)
        .select(IncidentRow::as_select())
        .load(conn)?;
    let closed = of()
        .filter(incidents::closed_at.is_not_null())
        .order((incidents::closed_at.desc(), incidents::opened_at.desc()))
        .limit(most)
        .select(IncidentRow::as_select())
        .load(conn)?;
    Ok((opened, closed))
}
