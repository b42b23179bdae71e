//! The kinds of warnings of a job.

use std::collections::HashMap;

use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::time,
            noticing::{accepted, warned},
        },
    },
    dto::job::{Accepted, Origin, WarningView},
    ids::JobRef,
    time::Timestamp,
    zone::Zone,
};

/// Days of which kinds of warnings are counted.
const WARNED: i64 = 30;
/// Runs with warnings that are read.
const WARNED_RUNS: i64 = 200;
/// Kinds of warnings on the page.
const KINDS: usize = 50;

/// Kinds of warnings of the last days, the most frequent first, and those that are accepted.
pub(in crate::service) fn warnings(
    conn: &mut Connection,
    zone: &Zone,
    job: JobRef,
    now: Timestamp,
) -> Result<Vec<WarningView>, StoreError> {
    let mut found: HashMap<String, WarningView> = HashMap::new();
    for (run, started, kinds) in warned(conn, job, now.plus(-WARNED * 86_400), WARNED_RUNS)? {
        let last = Some((zone.moment(started), run));
        for kind in kinds {
            let new = || WarningView { kind: kind.clone(), count: 0, last, accepted: None };
            found.entry(kind.clone()).or_insert_with(new).count += 1;
        }
    }
    for row in accepted::of_job(conn, job.id)? {
        let until = time(row.until_at.as_deref());
        if until.is_some_and(|until| until <= now) {
            continue;
        }
        let origin = if row.job_id.is_some() { Origin::Job } else { Origin::Site };
        let accepted = Accepted { origin, until: until.map(|at| zone.moment(at)), by: row.created_by };
        match found.get_mut(&row.kind) {
            Some(known) => known.accepted = Some(accepted),
            // What is accepted everywhere is no business of a job that has none of it.
            None if origin == Origin::Job => {
                let view =
                    WarningView { kind: row.kind.clone(), count: 0, last: None, accepted: Some(accepted) };
                found.insert(row.kind, view);
            }
            None => {}
        }
    }
    let mut all: Vec<WarningView> = found.into_values().collect();
    all.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.kind.cmp(&other.kind)));
    all.truncate(KINDS);
    Ok(all)
}
