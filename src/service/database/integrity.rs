//! What a check of the whole file has found is remembered, and decides whether the file is written.

use crate::{
    db::{engine::schema_check, tables::settings},
    dto::{
        database::Integrity,
        health::{LastIntegrity, ReadOnly},
    },
    error::Error,
    service::{Actor, Services},
};

/// How SQLite begins what it says of the content of rows, which is shown as damaged and spoils nothing else.
const OF_CONTENT: [&str; 4] =
    ["NULL value in ", "CHECK constraint failed in ", "NUMERIC value in ", "TEXT value in "];
/// Characters of a finding that are kept.
const KEPT: usize = 200;

/// Checks the whole file, as [`super::integrity`] does, and notes what came of it. When pages or indexes are damaged nothing
/// more is written.
///
/// # Errors
/// When the actor may not, or the file cannot be read: it is damaged then, and nothing more is written.
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

/// The first finding that is about pages or indexes.
fn damage(found: &Integrity) -> Option<&str> {
    let is_of_content = |line: &&String| OF_CONTENT.iter().any(|start| line.starts_with(start));
    found.file.iter().find(|line| !is_of_content(line)).map(String::as_str)
}

/// A damaged file may refuse even this: then the next start finds it out anew.
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

/// What the last check found; none when there was none.
///
/// # Errors
/// When the file cannot be read.
async fn last_check(services: &Services) -> Result<Option<LastIntegrity>, Error> {
    let text = services.db.read(|conn| settings::get(conn, settings::LAST_INTEGRITY)).await?;
    Ok(parse(text.as_deref()))
}

/// What was stored of a check.
pub(in crate::service) fn parse(text: Option<&str>) -> Option<LastIntegrity> {
    serde_json::from_str(text?).ok()
}

/// Goes on read-only when the last check before this start had found damage, until another look says that it is mended.
pub async fn follow_last_check(services: &Services) {
    match last_check(services).await {
        Ok(Some(last)) if last.damaged => services.db.stop_writing(last.first),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the result of the last database check is unknown"),
    }
}

/// Looks again at a file that nothing is written to, when it is worth it: somebody may have mended it, or made room. Whether it
/// is written again.
///
/// # Errors
/// When it cannot be read.
pub async fn look_again(services: &Services) -> Result<bool, Error> {
    let Some(read_only_cause) = services.db.read_only_cause() else { return Ok(true) };
    if !services.db.is_worth_a_check(services.clock.now()) {
        return Ok(false);
    }
    if read_only_cause.why == ReadOnly::Gone {
        // The very same file, and no other: the log beside it belongs to that one.
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
    let lacks = services.db.read_apart(schema_check::compare).await?;
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
