//! Recovers a lost run from its raw report.

use super::{
    identify::{Sender, unmasked},
    job::Wanted,
    place::{Place, unbounded},
    record::{Start, run_record},
};
use crate::{
    db::{
        Connection, StoreError,
        tables::{raw_reports::RawRow, runs::RunRecord},
    },
    ids::RunId,
    time::Timestamp,
};

/// The result of recovering a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum Again {
    /// It was created again.
    Made,
    /// An incomplete run was completed.
    Completed,
    /// The raw report is not sufficient.
    No,
}

/// Recovers a run from its raw report, or completes one recovered from an index.
///
/// # Errors
///
/// Database errors.
pub(in crate::service) fn run(conn: &mut Connection, id: RunId, raw: &RawRow) -> Result<Again, StoreError> {
    let Some(report) = raw.backup_report() else { return Ok(Again::No) };
    let received: Timestamp = raw.received_at.parse().unwrap_or_default();
    match RunRecord::find(conn, id) {
        Ok(known) => {
            let at = known.start_time.parse().unwrap_or(received);
            let start = Start { at, ..Start::of(report.begin, report.duration, received) };
            let (job, name) = (known.job_ref(), known.backup_name.clone());
            completed(known, run_record(&report, job, &name, start, received)).replace(conn, id)?;
            Ok(Again::Completed)
        }
        Err(_) => {
            let start = Start::of(report.begin, report.duration, received);
            let (identity, wanted) = (unmasked(&report.identity), Wanted::of(&report, start.at));
            let Place { job, name } =
                unbounded(conn, &identity, &Sender::named("restored"), &wanted, received)?;
            let made = run_record(&report, job, &name, start, received).insert_as(conn, id)?;
            Ok(if made { Again::Made } else { Again::No })
        }
    }
}

/// Values from the index take precedence, because copies of the run may have been merged into it
/// after this report.
fn completed(known: RunRecord, again: RunRecord) -> RunRecord {
    RunRecord {
        server_id: known.server_id,
        backup_name: known.backup_name,
        status: known.status,
        start_time: known.start_time,
        duration: known.duration,
        files_count: known.files_count,
        files_size: known.files_size,
        storage_size: known.storage_size,
        uploaded_size: known.uploaded_size,
        job_id: known.job_id,
        versions: known.versions,
        warnings_count: known.warnings_count,
        errors_count: known.errors_count,
        interrupted: known.interrupted || again.interrupted,
        partial: known.partial || again.partial,
        claimed_start: known.claimed_start.or(again.claimed_start),
        delivery: known.delivery,
        ..again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates a run whose values identify it: each contains `sign` or `number`.
    fn run(sign: &str, number: i64) -> RunRecord {
        let text = || sign.to_owned();
        RunRecord {
            server_id: number,
            backup_name: text(),
            status: text(),
            start_time: text(),
            end_time: Some(text()),
            duration: Some(number),
            files_count: Some(number),
            files_size: Some(number),
            storage_size: Some(number),
            uploaded_size: Some(number),
            job_id: number,
            versions: Some(number),
            warnings_count: Some(number),
            errors_count: Some(number),
            headline: Some(text()),
            messages: Some(text()),
            duplicati_version: Some(text()),
            ..RunRecord::default()
        }
    }

    #[test]
    fn what_an_index_knows_of_a_run_counts_and_its_report_says_the_rest() {
        let expected = RunRecord {
            end_time: Some("report".into()),
            headline: Some("report".into()),
            messages: Some("report".into()),
            duplicati_version: Some("report".into()),
            ..run("index", 1)
        };
        assert_eq!(completed(run("index", 1), run("report", 2)), expected);
    }

    #[test]
    fn a_run_that_either_calls_interrupted_or_partial_is() {
        let of = |interrupted, partial| RunRecord { interrupted, partial, ..RunRecord::default() };
        for (known, again) in [(of(true, true), of(false, false)), (of(false, false), of(true, true))] {
            let made = completed(known, again);
            assert!(made.interrupted && made.partial);
        }
        let made = completed(of(false, false), of(false, false));
        assert!(!made.interrupted && !made.partial);
    }

    #[test]
    fn the_identity_of_a_run_stays_and_its_claim_is_completed() {
        let of = |claim: Option<&str>, delivery| RunRecord {
            claimed_start: claim.map(Into::into),
            delivery,
            ..RunRecord::default()
        };
        let made = completed(of(None, None), of(Some("report"), Some(2)));
        assert_eq!((made.claimed_start.as_deref(), made.delivery), (Some("report"), None));
        let made = completed(of(Some("index"), Some(1)), of(Some("report"), Some(2)));
        assert_eq!((made.claimed_start.as_deref(), made.delivery), (Some("index"), Some(1)));
    }

    #[test]
    fn only_the_report_of_a_backup_makes_a_run() {
        let parsed = |text: &str| {
            RawRow {
                received_at: String::new(),
                content_type: Some("text/plain".into()),
                size: 1,
                cut: false,
                body: zstd::bulk::compress(text.as_bytes(), 1).unwrap_or_default(),
            }
            .backup_report()
        };
        assert!(parsed(r#"{"Data":{"ParsedResult":"Success"}}"#).is_some());
        assert!(parsed(r#"{"Data":{"ParsedResult":"Success","MainOperation":"Restore"}}"#).is_none());
        assert!(parsed("hello").is_none());
    }
}
