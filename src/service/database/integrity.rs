//! Stores the result of the integrity check, which decides whether the database may be written.

use crate::{
    db::{engine::schema_check, tables::settings},
    dto::{
        database::Integrity,
        health::{LastIntegrity, ReadOnly},
    },
    error::Error,
    service::{Actor, Services},
};

/// Prefixes of SQLite's findings about the content of rows, which do not affect other rows.
const OF_CONTENT: [&str; 4] =
    ["NULL value in ", "CHECK constraint failed in ", "NUMERIC value in ", "TEXT value in "];
/// Maximum characters of a stored finding.
const KEPT: usize = 200;

/// Checks the whole file, as [`super::integrity`] does, and stores the result. If pages or indexes are damaged, the database
/// becomes read-only.
///
/// # Errors
/// [`Error::Forbidden`] without the permission. If the file cannot be read, it is damaged and becomes read-only.
pub async fn check_integrity(services: &Services, actor: &Actor) -> Result<Integrity, Error> {
    match super::integrity(services, actor).await {
        Ok(found) => {
            let damage = damage(&found);
            note(services, found.problems(), damage).await;
            if let Some(what) = damage {
                services.db.stop_writing(what);
            }
            Ok(found)
        }
        Err(error) => {
            if let Some(read_only_cause) = services.db.read_only_cause() {
                tracing::error!(what = read_only_cause.what, "the database could not be checked");
            }
            Err(error)
        }
    }
}

/// Returns the first finding about pages or indexes.
fn damage(found: &Integrity) -> Option<&str> {
    let is_of_content = |line: &&String| OF_CONTENT.iter().any(|start| line.starts_with(start));
    found.file.iter().find(|line| !is_of_content(line)).map(String::as_str)
}

/// Stores the result. If a damaged file rejects even this write, the next start detects the damage again.
async fn note(services: &Services, problems: i64, damage: Option<&str>) {
    let now = services.clock.now();
    let last = LastIntegrity {
        at: now,
        problems,
        damaged: damage.is_some(),
        first: damage.unwrap_or_default().chars().take(KEPT).collect(),
    };
    let noted = match serde_json::to_string(&last) {
        Ok(text) => {
            let work = services
                .db
                .write_unseen(move |tx| settings::set(tx.conn, settings::LAST_INTEGRITY, &text, now));
            work.await.map_err(Error::from)
        }
        Err(error) => Err(Error::internal(error)),
    };
    if let Err(error) = noted {
        tracing::warn!(%error, "the result of the database check could not be recorded");
    }
}

/// Returns the result of the last check; `None` if there was none.
///
/// # Errors
///
/// If the file cannot be read.
async fn last_check(services: &Services) -> Result<Option<LastIntegrity>, Error> {
    let text = services.db.read(|conn| settings::get(conn, settings::LAST_INTEGRITY)).await?;
    Ok(parse(text.as_deref()))
}

/// Parses the stored result of a check.
pub(in crate::service) fn parse(text: Option<&str>) -> Option<LastIntegrity> {
    serde_json::from_str(text?).ok()
}

/// Makes the database read-only if the last check before this start found damage, until a new check finds none.
pub async fn follow_last_check(services: &Services) {
    match last_check(services).await {
        Ok(Some(last)) if last.damaged => services.db.stop_writing(last.first),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the result of the last database check is unknown"),
    }
}

/// Checks a read-only file again, if that may help: it may have been repaired, or the disk may have free space. Returns whether
/// it can be written again.
///
/// # Errors
///
/// If it cannot be read.
pub async fn recheck(services: &Services) -> Result<bool, Error> {
    let Some(read_only_cause) = services.db.read_only_cause() else { return Ok(true) };
    if !services.db.may_check(services.clock.now()) {
        return Ok(false);
    }
    if read_only_cause.why == ReadOnly::Gone {
        // Only if it is the same file: the log belongs to that one.
        if services.db.is_in_place().await? {
            services.db.resume_writing().await?;
        }
        return Ok(services.db.read_only_cause().is_none());
    }
    if read_only_cause.why == ReadOnly::Unwritable {
        services.db.resume_writing().await?;
        return Ok(services.db.read_only_cause().is_none());
    }
    let found = super::integrity(services, &Actor::System).await?;
    let lacks = services.db.read_unpooled(schema_check::compare).await?;
    if damage(&found).is_some() || lacks.iter().any(|difference| difference.is_lost_table) {
        return Ok(false);
    }
    services.db.resume_writing().await?;
    note(services, found.problems(), None).await;
    Ok(services.db.read_only_cause().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_content_is_no_damage_of_the_file() {
        let found = |lines: &[&str]| Integrity {
            file: lines.iter().map(ToString::to_string).collect(),
            ..Integrity::default()
        };
        assert_eq!(damage(&found(&[])), None);
        assert_eq!(damage(&found(&["CHECK constraint failed in jobs", "NULL value in jobs.name"])), None);
        let both = found(&["NULL value in jobs.name", "row 1 missing from index idx_jobs"]);
        assert_eq!((damage(&both), both.problems()), (Some("row 1 missing from index idx_jobs"), 2));
    }
}
