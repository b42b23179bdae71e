//! The database, as administrators see and look after it.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::{
    database::{CleanupReport, CleanupRequest, DatabaseOverview, Retention, RulePreview, TableSize},
    work::WorkKind,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{api::wire::Wire, error::ApiError};

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabasePage {
    /// What is always shown.
    pub overview: DatabaseOverview,
    /// Tables and indexes, where they were asked for.
    pub tables: Option<Vec<TableSize>>,
    /// What a clean-up would delete, where that was asked for.
    pub preview: Option<(CleanupRequest, Result<CleanupReport, ApiError>)>,
    /// What the next clean-up would delete by another rule, where that was asked for.
    pub question: Option<(RuleChange, Result<RulePreview, ApiError>)>,
}

/// Another rule of how long runs are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleChange {
    /// Of the server with this name; none is the site.
    pub server: Option<String>,
    /// Of the job with this name on that server; none is the server.
    pub job: Option<String>,
    /// The rule; none takes the one away that there is.
    pub rule: Option<Retention>,
}

impl RuleChange {
    /// The address of the page that asks about it.
    #[cfg(feature = "ssr")]
    fn question(self) -> String {
        let Self { server, job, rule } = self;
        let (server, job) = (server.unwrap_or_default(), job.unwrap_or_default());
        let words = match rule {
            Some(Retention { days, keep_last }) => vec![
                ("rule", "set".to_owned()),
                ("days", days.map(|days| days.to_string()).unwrap_or_default()),
                ("keep_last", keep_last.to_string()),
            ],
            None => vec![("rule", "clear".to_owned())],
        };
        let words = words.into_iter().chain([("server", server), ("job", job)]);
        crate::context::url::with_query("/settings/database", words) + "#rule-question"
    }
}

/// How the database is; with the sizes of its tables, and with what a clean-up or another rule would delete, where they are asked
/// for.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "database", input = Wire, output = Wire)]
pub async fn show_database(
    tables: bool,
    preview: Option<CleanupRequest>,
    rule: Option<RuleChange>,
) -> Result<DatabasePage, ApiError> {
    use duplistatus::service::database;
    let (services, actor) = crate::api::context()?;
    let overview = database::overview(&services, &actor).await?;
    let tables = if tables { Some(database::tables(&services, &actor).await?) } else { None };
    let preview = match preview {
        Some(request) => {
            let request = CleanupRequest { dry_run: true, ..request };
            let found = database::cleanup(&services, &actor, request.clone()).await;
            Some((request, found.map_err(ApiError::from)))
        }
        None => None,
    };
    let question = match rule {
        Some(change) => {
            let place = (change.server.clone(), change.job.clone());
            let found = database::preview_rule(&services, &actor, place, change.rule).await;
            Some((change, found.map_err(ApiError::from)))
        }
        None => None,
    };
    Ok(DatabasePage { overview, tables, preview, question })
}

/// Begins to look after the file. Answers with the page, which says what comes of it.
///
/// # Errors
/// [`ApiError::Invalid`] while other work is being done, or when nobody said that reports may wait.
#[server(prefix = "/api/fn", endpoint = "look_after_database")]
pub async fn look_after_database(kind: WorkKind, #[server(default)] sure: bool) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    if kind == WorkKind::Vacuum && !sure {
        let hint = "confirm that reports have to wait".to_owned();
        return Err(ApiError::Invalid { field: "sure".into(), hint });
    }
    duplistatus::service::database::begin_upkeep(&services, &actor, kind)?;
    back("");
    Ok(())
}

/// Begins to delete old runs. Answers with the page, which says what comes of it. `at_most` is what somebody agreed to lose, as
/// the preview said: runs and other operations.
///
/// # Errors
/// [`ApiError::Invalid`] when nobody agreed, more would go by now, a number is out of its range, or while other work is being
/// done; [`ApiError::NotFound`] when there is no such server or job.
#[server(prefix = "/api/fn", endpoint = "clean_up_database")]
pub async fn clean_up_database(
    #[server(default)] days: String,
    #[server(default)] keep_last: String,
    #[server(default)] server: String,
    #[server(default)] job: String,
    #[server(default)] at_most: String,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let request = cleanup_request(&days, &keep_last, &server, &job).map_err(no_number)?;
    let Some(at_most) = crate::api::agreed_to(&at_most)? else {
        let hint = "preview first, and send the number of runs and other operations that would be deleted";
        return Err(ApiError::Invalid { field: "at_most".into(), hint: hint.into() });
    };
    let request = CleanupRequest { at_most: Some(at_most), ..request };
    duplistatus::service::database::begin_cleanup(&services, &actor, request).await?;
    back("");
    Ok(())
}

/// Says how long runs are kept: of the site, or of a server, or of a job. No days is for ever. Answers with the page, which asks
/// first when the next clean-up would delete more by it. `at_most` is what somebody agreed to lose then.
///
/// # Errors
/// [`ApiError::Invalid`] when a number is out of its range, or nobody agreed; [`ApiError::NotFound`] when there is no such server
/// or job.
#[server(prefix = "/api/fn", endpoint = "set_retention")]
pub async fn set_retention(
    #[server(default)] days: String,
    #[server(default)] keep_last: String,
    #[server(default)] server: String,
    #[server(default)] job: String,
    #[server(default)] at_most: String,
) -> Result<(), ApiError> {
    use duplistatus::{
        dto::database::RetentionRule,
        service::{database, settings},
    };
    let (services, actor) = crate::api::context()?;
    let CleanupRequest { days, server, job, keep_last, .. } =
        cleanup_request(&days, &keep_last, &server, &job).map_err(no_number)?;
    let keep_last = keep_last.unwrap_or_else(|| settings::Settings::default().retention_keep_last);
    let rule = Some(Retention { days, keep_last });
    if server.is_some() || job.is_none() {
        let change = RuleChange { server: server.clone(), job: job.clone(), rule };
        if asks_first(&services, &actor, change, &at_most).await? {
            return Ok(());
        }
    }
    match (server, job) {
        (Some(server), job) => {
            let rule = RetentionRule { server, job, retention: Retention { days, keep_last } };
            database::set_rule(&services, &actor, rule).await?;
        }
        (None, Some(_)) => {
            let hint = "also give the name of its server".to_owned();
            return Err(ApiError::Invalid { field: "job".into(), hint });
        }
        (None, None) => {
            let change = move |settings: &mut settings::Settings| {
                settings.retention_days = days;
                settings.retention_keep_last = keep_last;
            };
            settings::adjust(&services, &actor, change).await?;
        }
    }
    back("?done=retention");
    Ok(())
}

/// Takes the rule of a server or a job away. Answers with the page, which asks first when the next clean-up would delete more then.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such server or job; [`ApiError::Invalid`] when nobody agreed.
#[server(prefix = "/api/fn", endpoint = "clear_retention")]
pub async fn clear_retention(
    server: String,
    #[server(default)] job: String,
    #[server(default)] at_most: String,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let job = Some(job).filter(|job| !job.is_empty());
    let change = RuleChange { server: Some(server.clone()), job: job.clone(), rule: None };
    if asks_first(&services, &actor, change, &at_most).await? {
        return Ok(());
    }
    duplistatus::service::database::clear_rule(&services, &actor, server, job).await?;
    back("?done=retention");
    Ok(())
}

/// Whether a page asks first, because the next clean-up would delete more by another rule than somebody agreed to: the browser is led
/// to the question then.
///
/// # Errors
/// The same as an error, for programs.
#[cfg(feature = "ssr")]
async fn asks_first(
    services: &duplistatus::service::Services,
    actor: &duplistatus::service::Actor,
    change: RuleChange,
    at_most: &str,
) -> Result<bool, ApiError> {
    use duplistatus::error::Error;
    let place = (change.server.clone(), change.job.clone());
    let at_most = crate::api::agreed_to(at_most)?;
    match duplistatus::service::database::agreed_to_rule(services, actor, place, change.rule, at_most).await {
        Err(Error::Invalid { field: "at_most", .. }) if crate::api::form_post::is_from_page() => {
            leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&change.question()));
            Ok(true)
        }
        other => Ok(other.map(|()| false)?),
    }
}

/// What the fields of a form ask for; a field that is left empty asks for nothing.
///
/// # Errors
/// The name of the field that holds no number.
pub fn cleanup_request(
    days: &str,
    keep_last: &str,
    server: &str,
    job: &str,
) -> Result<CleanupRequest, &'static str> {
    let number = |name: &'static str, text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| name),
    };
    // Names are as they are: somebody may have one that ends in a space.
    let name = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ok(CleanupRequest {
        days: number("days", days)?,
        keep_last: number("keep_last", keep_last)?,
        server: name(server),
        job: name(job),
        dry_run: false,
        at_most: None,
    })
}

/// A field that holds no number.
#[cfg(feature = "ssr")]
fn no_number(field: &str) -> ApiError {
    ApiError::Invalid { field: field.to_owned(), hint: "write a number, or nothing".into() }
}

#[cfg(feature = "ssr")]
fn back(query: &str) {
    let page = crate::context::base_path::use_base_path().url("/settings/database");
    leptos_axum::redirect(&format!("{page}{query}"));
}
