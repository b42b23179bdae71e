//! The column `backups.outcome`, computed from the other columns of the row.
#![expect(clippy::too_many_arguments, reason = "one parameter for each column that determines the outcome")]

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
    /// [`ReportedEnd::outcome`] of a row. Texts are passed as bytes, because in a damaged file they may be invalid.
    fn run_outcome(
        status: Nullable<Binary>, interrupted: Bool, partial: Bool, dry_run: Bool, files: Nullable<BigInt>,
        uploaded: Nullable<BigInt>, versions: Nullable<BigInt>, stored: Nullable<BigInt>, exception: Nullable<Binary>,
        messages: Nullable<Binary>
    ) -> Text;
}

/// The SQL expression of the outcome from the other columns of a row, for rows that are damaged or were not written by
/// [`RunRecord`]. A connection supports it after [`register`].
pub(in crate::db) const FROM_ROW: &str =
    "run_outcome(status, coalesce(interrupted, FALSE), coalesce(partial, FALSE), coalesce(dry_run, FALSE), files_count, uploaded_size, versions, storage_size,
    exception, iif(status = 'success' AND NOT interrupted, NULL, messages))";

/// Registers the function used by [`FROM_ROW`] on a connection.
///
/// # Errors
///
/// Database errors.
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

/// Corrects outcomes that do not match the other columns of their rows.
///
/// # Errors
///
/// Database errors.
pub(in crate::db) fn settle(conn: &mut Connection) -> Result<(), StoreError> {
    register(conn)?;
    Ok(conn
        .batch_execute(&format!("UPDATE backups SET outcome = {FROM_ROW} WHERE outcome IS NOT {FROM_ROW}"))?)
}
