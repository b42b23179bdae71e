//! Recomputes values of runs that a migration had filled by its own, simpler rules. Derived rows are rebuilt afterwards
//! ([`super::derived`]).

use diesel::{
    prelude::*,
    sql_types::{BigInt, Binary, Nullable, Text},
};

use crate::{
    db::{
        Connection, StoreError,
        tables::outcomes::{self, FROM_ROW},
    },
    outcome::RunOutcome,
    report::{self, Log},
};

diesel::define_sql_function! {
    /// The headline of a run with an exception, or of one that was stopped or skipped.
    fn run_headline(outcome: Text, exception: Nullable<Binary>, messages: Nullable<Binary>) -> Nullable<Text>;
}

diesel::define_sql_function! {
    /// The number of warnings about reporting in a stored log.
    fn reporting_warnings_of(messages: Nullable<Binary>) -> BigInt;
}

/// Updates the headline and the number of warnings about reporting to what the current rules give.
///
/// # Errors
///
/// Database errors.
pub(in crate::db) fn runs(conn: &mut Connection) -> Result<(), StoreError> {
    outcomes::register(conn)?;
    run_headline_utils::register_impl(conn, |outcome: String, exception, messages| {
        headline(outcome.parse().unwrap_or_default(), exception, messages)
    })?;
    reporting_warnings_of_utils::register_impl(conn, |messages: Option<Vec<u8>>| {
        report::warnings_about_reporting(&log(messages).lines)
    })?;
    // Without an exception the cause came from the log, and is already correct.
    diesel::sql_query(format!(
        "UPDATE backups SET headline = coalesce(said, headline) FROM (
             SELECT id AS run, run_headline({FROM_ROW}, exception, messages) AS said FROM backups
             WHERE exception IS NOT NULL OR interrupted OR partial
         ) AS today WHERE today.run = backups.id AND headline IS NOT coalesce(said, headline)"
    ))
    .execute(conn)?;
    diesel::sql_query(
        "UPDATE backups SET reporting_warnings = reporting_warnings_of(messages)
         WHERE instr(messages, '.Modules.') AND reporting_warnings <> reporting_warnings_of(messages)",
    )
    .execute(conn)?;
    Ok(())
}

fn headline(outcome: RunOutcome, exception: Option<Vec<u8>>, messages: Option<Vec<u8>>) -> Option<String> {
    let cancelled_headline = outcome.cancelled_headline();
    if cancelled_headline.is_none() && exception.is_none() {
        return None;
    }
    let exception = exception.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    report::cause(cancelled_headline, exception.as_deref(), &log(messages).lines)
}

fn log(messages: Option<Vec<u8>>) -> Log {
    let text = messages.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    text.and_then(|text| Log::from_json(&text).ok()).unwrap_or_default()
}

#[cfg(test)]
#[path = "reread_tests.rs"]
mod tests;
