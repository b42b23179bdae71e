//! Imports a database of the Node application, table by table.

use std::{collections::HashMap, path::PathBuf};

use super::{
    ImportError, audit_log, node_runs,
    restrictions::Restrictions,
    servers, settings_and_secrets, users,
    write::{BATCH_BYTES, BATCH_RUNS, Batches, Import, channel},
};
use crate::{
    crypto::node::NodeKey,
    db::node::{Source, SourceError},
    dto::import::{ImportPhase, ImportReport, Tally},
    error::Error,
    time::Timestamp,
};

/// The newest supported version of its schema.
const NEWEST: &str = "4.3";
/// Average number of consecutive runs of the same job.
const TOGETHER: usize = 32;

/// Imports the database.
pub(super) async fn import(
    import: Import,
    path: PathBuf,
    key: Option<NodeKey>,
    mut report: ImportReport,
) -> Result<ImportReport, ImportError> {
    let (source, everything) = super::blocking(move || {
        let source = Source::open(&path)?;
        let everything = SmallTables::read(&source)?;
        Ok((source, everything))
    })
    .await?;
    let SmallTables { version, servers, users, settings, runs, restrictions } = everything;
    if version.as_deref().is_some_and(|version| version != NEWEST && newer(version)) {
        report.problem(
            "db_version",
            format!("it was written by a version newer than {NEWEST}, the latest supported one; unknown data is listed below"),
        );
    }
    report.version = version;

    import.tell(ImportPhase::Servers, 0, None);
    servers::import(&import, &servers, &mut report).await?;
    let source = self::runs(&import, source, runs, &mut report).await?;
    import.tell(ImportPhase::People, 0, None);
    users::import(&import, users, &restrictions, &mut report).await?;
    import.tell(ImportPhase::Settings, 0, None);
    let said = settings
        .iter()
        .filter_map(|row| Some((row.key.to_text()?, row.value.to_text()?)))
        .collect::<Vec<_>>();
    settings_and_secrets::import(&import, &servers, settings, key.as_ref(), &mut report).await?;
    restrictions.name(&said, &mut report);
    let source = audit_log::import(&import, source, &mut report).await?;
    if source.has_changed() {
        report.note("the file was changed while it was read: stop the Node application and import it again");
    }
    Ok(report)
}

/// Tables that are small enough to be read at once.
struct SmallTables {
    version: Option<String>,
    servers: Vec<crate::db::node::ServerRow>,
    users: Vec<crate::db::node::UserRow>,
    settings: Vec<crate::db::node::SettingRow>,
    runs: Vec<i64>,
    restrictions: Restrictions,
}

impl SmallTables {
    fn read(source: &Source) -> Result<Self, SourceError> {
        let servers = source.servers()?;
        Ok(Self {
            version: source.version()?,
            restrictions: Restrictions::read(source, servers.len())?,
            servers,
            users: source.users()?,
            settings: source.settings()?,
            runs: in_order(source)?,
        })
    }
}

fn newer(version: &str) -> bool {
    let numbers = |text: &str| -> Option<Vec<u32>> {
        text.trim().split('.').map(|number| number.parse().ok()).collect()
    };
    numbers(version).zip(numbers(NEWEST)).is_none_or(|(version, newest)| version > newest)
}

/// Returns the rows of all runs, by period, and by job within each period. A piece then affects few jobs, whose summaries
/// are computed once for all its runs, and few pages of the tables sorted by time. Importing job by job would rewrite all
/// those pages with every piece.
fn in_order(source: &Source) -> Result<Vec<i64>, SourceError> {
    let mut jobs: HashMap<(Option<String>, Option<String>), u32> = HashMap::new();
    let mut keys: Vec<(u32, i64, i64)> = Vec::new();
    source.run_keys(|key| {
        let next = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        let job = *jobs.entry((key.server.to_text(), key.job.to_text())).or_insert(next);
        keys.push((job, super::fields::instant(&key.begin).unwrap_or(i64::MIN), key.rowid));
    })?;
    keys.sort_unstable_by_key(|(_, begin, rowid)| (*begin, *rowid));
    let stretch = jobs.len().max(1).saturating_mul(TOGETHER);
    keys.chunks_mut(stretch).for_each(<[_]>::sort_unstable);
    Ok(keys.into_iter().map(|(_, _, rowid)| rowid).collect())
}

async fn runs(
    import: &Import,
    source: Source,
    rows: Vec<i64>,
    report: &mut ImportReport,
) -> Result<Source, ImportError> {
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let (batches, waiting) = channel();
    let now = import.services.clock.now();
    let mut findings = report.clone();
    let reader = tokio::task::spawn_blocking(move || {
        read_runs(&source, &rows, now, &batches, &mut findings).map(|()| (source, findings))
    });
    let stored = import.store(waiting, Some(total)).await;
    // When the writer has stopped, the reader stops as well.
    let (source, findings) = reader.await.map_err(Error::internal)??;
    let stored = stored?;
    let left_out = total - stored.runs.found;
    *report = findings;
    report.runs = Tally { found: total, left_out, ..stored.runs };
    report.servers.added += stored.servers.added;
    Ok(source)
}

fn read_runs(
    source: &Source,
    rows: &[i64],
    now: Timestamp,
    batches: &Batches,
    findings: &mut ImportReport,
) -> Result<(), SourceError> {
    let mut runs = source.runs()?;
    let (mut batch, mut bytes) = (Vec::with_capacity(BATCH_RUNS), 0);
    for rowid in rows {
        let row = runs.read(*rowid)?;
        let Some(incoming) = node_runs::read(&row, now, findings) else { continue };
        bytes += incoming.record.messages.as_ref().map_or(0, String::len);
        batch.push(incoming);
        if batch.len() >= BATCH_RUNS || bytes >= BATCH_BYTES {
            bytes = 0;
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_RUNS));
            if batches.blocking_send(full).is_err() {
                return Ok(());
            }
        }
    }
    // Ignored: the receiver is gone if the writer has stopped.
    let _ = batches.blocking_send(batch);
    Ok(())
}
