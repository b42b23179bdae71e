//! What states are judged by: a row for each job, read and written by its reports.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::{
            lossy_text::{LossyText, OptionalLossyText},
            prepared::update,
        },
        schema::job_facts,
    },
    ids::JobId,
    noticing::{facts::Facts, incident::Dismissed, settings::StoredSettings},
};

/// What is known of a job, and what is set for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// What its reports say.
    pub facts: Facts,
    /// What is set, for it, its server or the site.
    pub settings: StoredSettings,
    /// The incident that a person closed while something was wrong.
    pub dismissed: Option<Dismissed>,
}

/// The row.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = job_facts, treat_none_as_null = true, primary_key(job_id))]
struct Row {
    job_id: i64,
    facts: String,
    settings: Option<String>,
    dismissed: Option<String>,
}

impl Record {
    /// Stores it.
    ///
    /// # Errors
    /// Database errors.
    pub fn save(&self, conn: &mut Connection, job: JobId) -> Result<(), StoreError> {
        let is_set = self.settings != StoredSettings::default();
        let row = Row {
            job_id: job.0,
            facts: json(&self.facts)?,
            settings: is_set.then(|| json(&self.settings)).transpose()?,
            dismissed: self.dismissed.as_ref().map(json).transpose()?,
        };
        let known = update(job_facts::table, job_facts::job_id.eq(job.0), &row).execute(conn)?;
        if known == 0 {
            diesel::insert_into(job_facts::table).values(&row).execute(conn)?;
        }
        Ok(())
    }
}

/// What is known of a job. Text that cannot be read is none: the next report begins anew, and a rebuild reads the history.
///
/// # Errors
/// Database errors.
pub fn find(conn: &mut Connection, job: JobId) -> Result<Option<Record>, StoreError> {
    let row: Option<(LossyText, OptionalLossyText, OptionalLossyText)> = job_facts::table
        .find(job.0)
        .select((job_facts::facts, job_facts::settings, job_facts::dismissed))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(facts, settings, dismissed)| {
        let (settings, dismissed): (Option<String>, Option<String>) = (settings.into(), dismissed.into());
        Some(Record {
            facts: serde_json::from_str(facts.as_str()).ok()?,
            settings: settings.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            dismissed: dismissed.and_then(|text| serde_json::from_str(&text).ok()),
        })
    }))
}

/// Values of our own are always written.
pub(super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::of_text(error.to_string()))
}
