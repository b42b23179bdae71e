//! The jobs that need attention, worst first.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::LossyText,
        schema::jobs,
        tables::jobs::{self as job_rows, JobRecord},
    },
    verdict::Verdict,
};

/// Jobs that are looked at in one go.
const STEP: i64 = 100;
/// How often: so many silent jobs of one server stand in front of others at most.
const STEPS: i64 = 20;
/// Names of further jobs of a server that are told.
const NAMES: i64 = 8;

/// A job that needs attention, with the other jobs of the same server that are silent in the same way.
#[derive(Debug, Clone)]
pub struct ProblemJobs {
    /// The job.
    pub job: JobRecord,
    /// The names of some of the others.
    pub others: Vec<String>,
    /// How many others there are.
    pub others_count: i64,
}

/// The first problems, worst first; among equals the one that has waited longest for a good run.
///
/// # Errors
/// Database errors.
pub fn problems(conn: &mut Connection, most: usize) -> Result<Vec<ProblemJobs>, StoreError> {
    let silent = [Verdict::Late.rank(), Verdict::Stale.rank()];
    let mut chosen: Vec<(i64, i64, i64)> = Vec::new();
    let mut known: HashSet<(i64, i64)> = HashSet::new();
    'steps: for step in 0..STEPS {
        let rows: Vec<(i64, i64, Option<i64>)> = jobs::table
            // As the index says it: a number that is bound would not be known to be that one.
            .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("rank < 5"))
            .order((jobs::rank, jobs::last_success_at, jobs::id))
            .limit(STEP)
            .offset(step * STEP)
            .select((jobs::id, jobs::server_id, jobs::rank))
            .load(conn)?;
        let is_last = i64::try_from(rows.len()).unwrap_or(0) < STEP;
        for (id, server, rank) in rows {
            let rank = rank.unwrap_or_default();
            // A silent server is one problem.
            if silent.contains(&rank) && !known.insert((server, rank)) {
                continue;
            }
            if chosen.len() == most {
                break 'steps;
            }
            chosen.push((id, server, rank));
        }
        if is_last {
            break;
        }
    }
    let ids: Vec<i64> = chosen.iter().map(|(id, ..)| *id).collect();
    let mut records: HashMap<i64, JobRecord> =
        job_rows::of_ids(conn, &ids)?.into_iter().map(|record| (record.id, record)).collect();
    let mut all = Vec::with_capacity(chosen.len());
    for (id, server, rank) in chosen {
        let Some(job) = records.remove(&id) else { continue };
        let (mut others, mut others_count) = (Vec::new(), 0);
        if silent.contains(&rank) {
            let same = jobs::table
                .filter(jobs::server_id.eq(server))
                .filter(jobs::rank.eq(rank))
                .filter(jobs::id.ne(id));
            others_count = same.count().get_result(conn)?;
            if others_count > 0 {
                others = same
                    .order((jobs::last_success_at, jobs::id))
                    .limit(NAMES)
                    .select(jobs::name)
                    .load::<LossyText>(conn)?
                    .into_iter()
                    .map(Into::into)
                    .collect();
            }
        }
        all.push(ProblemJobs { job, others, others_count });
    }
    Ok(all)
}
