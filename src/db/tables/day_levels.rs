//! Sizes and counts of jobs at the end of a day.

use diesel::{
    connection::DefaultLoadingMode,
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};

use super::{days::DayText, totals::Totals};
use crate::{
    db::{Connection, StoreError, schema::job_days},
    time::Day,
};

/// The sizes after a job's last runs of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = job_days)]
pub struct LevelDay {
    /// The day on the site's calendar.
    #[diesel(deserialize_as = DayText)]
    pub day: Day,
    /// The job.
    pub job_id: i64,
    /// Bytes of source data.
    pub files_size: Option<i64>,
    /// Bytes at the destination.
    pub storage_size: Option<i64>,
}

/// Tells the sizes of all jobs from a day on, one by one, oldest first; days of which no run says any are absent.
///
/// # Errors
/// Database errors.
pub fn each_level_since(
    conn: &mut Connection,
    first: Day,
    mut each: impl FnMut(LevelDay),
) -> Result<(), StoreError> {
    let says = job_days::files_size.is_not_null().or(job_days::storage_size.is_not_null());
    let rows = job_days::table
        .filter(job_days::day.ge(first.to_string()).and(says))
        .order((job_days::day, job_days::job_id))
        .select(LevelDay::as_select())
        .load_iter::<LevelDay, DefaultLoadingMode>(conn)?;
    for row in rows {
        each(row?);
    }
    Ok(())
}

/// Returns the last known figures of jobs before a day, so that a job that runs monthly is included in sums over several jobs.
///
/// # Errors
///
/// Database errors.
pub fn levels_before(
    conn: &mut Connection,
    jobs: &[i64],
    day: Day,
) -> Result<Vec<(i64, Totals)>, StoreError> {
    #[derive(QueryableByName)]
    struct Levels {
        #[diesel(sql_type = Nullable<BigInt>)]
        files_count: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        files_size: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        storage_size: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        versions: Option<i64>,
    }
    // Searches backwards day by day. Mostly that takes one step, at most as many as there are days between two runs.
    let fields = ["files_count", "files_size", "storage_size", "versions"].map(|field| {
        format!(
            "(SELECT known.{field} FROM site_days AS day
              CROSS JOIN job_days AS known ON known.day = day.day AND known.job_id = ?1
              WHERE day.day < ?2 AND known.{field} IS NOT NULL ORDER BY day.day DESC LIMIT 1) AS {field}"
        )
    });
    let sql = format!("SELECT {}", fields.join(", "));
    let mut all = Vec::with_capacity(jobs.len());
    for job in jobs {
        let levels: Levels = diesel::sql_query(&sql)
            .bind::<BigInt, _>(job)
            .bind::<Text, _>(day.to_string())
            .get_result(conn)?;
        let Levels { files_count, files_size, storage_size, versions } = levels;
        all.push((*job, Totals { files_count, files_size, storage_size, versions, ..Totals::default() }));
    }
    Ok(all)
}
