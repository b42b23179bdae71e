//! For what something is set: the rows of rules, pauses and maintenance windows have a column for each kind, of which one is filled at most.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, schema::servers},
    ids::{GroupId, JobId, JobRef, ServerId},
};

/// For what something is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything.
    Site,
    /// A group, with all of its servers.
    Group(GroupId),
    /// A server, with all of its jobs.
    Server(ServerId),
    /// A job.
    Job(JobId),
}

/// The columns of a scope.
pub(super) struct Columns {
    pub group: Option<i64>,
    pub server: Option<i64>,
    pub job: Option<i64>,
}

impl Scope {
    pub(super) const fn columns(self) -> Columns {
        let none = Columns { group: None, server: None, job: None };
        match self {
            Self::Site => none,
            Self::Group(group) => Columns { group: Some(group.0), ..none },
            Self::Server(server) => Columns { server: Some(server.0), ..none },
            Self::Job(job) => Columns { job: Some(job.0), ..none },
        }
    }

    /// The scope of a row.
    pub(super) fn of(group: Option<i64>, server: Option<i64>, job: Option<i64>) -> Self {
        match (job, server, group) {
            (Some(job), ..) => Self::Job(JobId(job)),
            (None, Some(server), _) => Self::Server(ServerId(server)),
            (None, None, Some(group)) => Self::Group(GroupId(group)),
            (None, None, None) => Self::Site,
        }
    }

    /// Everything for which something can be set that counts for a job, the narrowest first.
    ///
    /// # Errors
    /// Database errors.
    pub fn chain(conn: &mut Connection, job: JobRef) -> Result<Vec<Self>, StoreError> {
        let group: Option<Option<i64>> =
            servers::table.find(job.server.0).select(servers::group_id).first(conn).optional()?;
        let group = group.flatten().map(|group| Self::Group(GroupId(group)));
        let narrow = [Self::Job(job.id), Self::Server(job.server)];
        Ok(narrow.into_iter().chain(group).chain([Self::Site]).collect())
    }
}

/// The rows of a table that are for exactly a scope. Each kind has an index of its own, which is found only if what is NULL is said so.
macro_rules! rows_of {
    ($table:ident, $scope:expr) => {{
        let all = $table::table.into_boxed();
        match $scope {
            Scope::Site => all
                .filter($table::server_id.is_null())
                .filter($table::job_id.is_null())
                .filter($table::group_id.is_null()),
            Scope::Group(group) => all.filter($table::group_id.eq(group.0)),
            Scope::Server(server) => all.filter($table::server_id.eq(server.0)),
            Scope::Job(job) => all.filter($table::job_id.eq(job.0)),
        }
    }};
}
pub(super) use rows_of;
