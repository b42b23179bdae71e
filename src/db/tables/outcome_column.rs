//! The column `backups.outcome`, computed from the other columns of the row by the one rule.
#![expect(clippy::too_many_arguments, reason = "as many columns of a row tell what became of it")]

use diesel::{
    connection::SimpleConnection as _,
    sql_types::{BigInt, Binary, Bool, Nullable, Text},
};

use crate::{
    db::{Connection, StoreError},
    outcome::ReportedEnd,
    report::LogOf,
};

diesel::define_sql_function! {
    /// [`ReportedEnd::outcome`] of a row. Texts come as bytes: in a damaged file they may be none.
    fn run_outcome(
        status: Nullable<Binary>, interrupted: Bool, partial: Bool, dry_run: Bool, files: Nullable<BigInt>,
        uploaded: Nullable<BigInt>, versions: Nullable<BigInt>, stored: Nullable<BigInt>, exception: Nullable<Binary>,
        messages: Nullable<Binary>
    ) -> Text;
}

/// What became of a run, from the other columns of its row: the one rule, asked by SQL, for rows that were changed by other means
/// than [`RunRecord`], or were damaged. A connection knows it after [`register`].
pub(in crate::db) const FROM_ROW: &str =
    "run_outcome(status, coalesce(interrupted, FALSE), coalesce(partial, FALSE), coalesce(dry_run, FALSE), files_count, uploaded_size, versions, storage_size,
    exception, iif(status = 'success' AND NOT interrupted, NULL, messages))";

/// Makes [`FROM_ROW`] known to a connection.
///
/// # Errors
/// When the database refuses.
pub(in crate::db) fn register(conn: &mut Connection) -> Result<(), StoreError> {
    type Bytes = Option<Vec<u8>>;
    let text = |bytes: &Bytes| bytes.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let outcome = move |status: Bytes,
                        interrupted,
                        partial,
                        dry_run,
                        files,
                        uploaded,
                        versions,
                        stored,
                        exception: Bytes,
                        messages: Bytes| {
        let (exception, messages) = (text(&exception), text(&messages));
        let told = ReportedEnd {
            status: text(&status).and_then(|word| word.parse().ok()).unwrap_or_default(),
            interrupted,
            partial,
            dry_run,
            files,
            uploaded,
            versions,
            stored,
            exception: exception.as_deref(),
            log: LogOf::Stored(messages.as_deref()),
        };
        told.outcome().as_str().to_owned()
    };
    Ok(run_outcome_utils::register_impl(conn, outcome)?)
}

/// Writes anew what became of runs, where it is not what their rows say.
///
/// # Errors
/// When the database refuses.
pub(in crate::db) fn settle(conn: &mut Connection) -> Result<(), StoreError> {
    register(conn)?;
    Ok(conn
        .batch_execute(&format!("UPDATE backups SET outcome = {FROM_ROW} WHERE outcome IS NOT {FROM_ROW}"))?)
}
