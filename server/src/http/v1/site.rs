//! The whole site: totals, health, and settings.

use std::collections::BTreeMap;

use app::{features::health::words, locale::use_locale};
use axum::{Extension, Json, extract::State, response::IntoResponse as _};
use duplistatus::{
    dto::{dashboard::DashboardQuery, health::State as Health},
    service::{health, overview::dashboard, settings},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    params::{Answer, Context},
    words::{Time, time},
};
use crate::{client::Client, http::page::page_context, state::AppState};

/// Totals of the site. Sizes are bytes, of the last complete runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    /// Number of servers.
    servers: i64,
    /// Number of jobs.
    jobs: i64,
    /// Number of jobs by verdict.
    verdicts: BTreeMap<&'static str, i64>,
    /// Number of jobs that run at this moment.
    running: i64,
    /// Number of servers without a job, and of jobs without a report.
    never_reported: i64,
    /// Number of runs.
    runs: i64,
    /// Number of runs in the last 30 days.
    runs_30_days: i64,
    /// Bytes of the sources.
    source_size: i64,
    /// Bytes at the destinations.
    storage_size: i64,
    /// Bytes that all runs uploaded.
    uploaded_size: i64,
    /// Number of versions that can be restored.
    versions: i64,
    /// When the last report arrived.
    last_report: Option<Time>,
    /// When the next run is expected.
    next_expected: Option<Time>,
}

/// Whether the program works.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthReport {
    /// The worst state: `failing`, `warning`, `note` or `ok`.
    state: &'static str,
    /// All checks, worst first.
    checks: Vec<HealthCheck>,
}

/// A check of the program.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthCheck {
    /// Its name, which is stable.
    name: String,
    /// `failing`, `warning`, `note` or `ok`.
    state: &'static str,
    /// What was found, as text.
    figure: String,
    /// What to do, as text; empty if nothing.
    advice: String,
}

/// The settings of the site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    /// The settings.
    data: Vec<Setting>,
}

/// A setting.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setting {
    /// Its name.
    key: String,
    /// Its value, as text.
    value: String,
    /// The value that it has at first, as text.
    default: String,
    /// What values it takes.
    expects: String,
    /// What it is for.
    description: String,
}

/// Returns the totals of the site.
#[utoipa::path(get, path = "/api/v1/summary", tag = "site", responses((status = 200, body = Summary)))]
pub async fn summary(Context(services, actor): Context) -> Answer {
    let shown = dashboard::show(&services, &actor, DashboardQuery::default()).await?;
    let totals = &shown.totals;
    let summary = Summary {
        servers: shown.servers_total,
        jobs: shown.verdicts.iter().map(|(_, jobs)| jobs).sum(),
        verdicts: shown.verdicts.iter().map(|(verdict, jobs)| (verdict.as_str(), *jobs)).collect(),
        running: shown.running,
        never_reported: shown.never_reported,
        runs: totals.runs,
        runs_30_days: totals.runs_30_days,
        source_size: totals.source_size,
        storage_size: totals.storage_size,
        uploaded_size: totals.uploaded_size,
        versions: totals.versions,
        last_report: time(shown.last_report),
        next_expected: time(shown.next_expected),
    };
    Ok(Json(summary).into_response())
}

/// Returns every check of the program, worst first.
#[utoipa::path(get, path = "/api/v1/health", tag = "site", responses((status = 200, body = HealthReport)))]
pub async fn health(
    State(state): State<AppState>,
    Context(services, actor): Context,
    Extension(client): Extension<Client>,
) -> Answer {
    let around = page_context(&state, Some(&client));
    let found = health::list(&services, &actor, &around).await?;
    let checks = found.iter().map(|one| words::check(use_locale(), one)).map(|check| HealthCheck {
        name: check.name,
        state: check.state.as_str(),
        figure: check.figure,
        advice: check.advice,
    });
    let state = found.first().map_or(Health::Ok, |worst| worst.state).as_str();
    Ok(Json(HealthReport { state, checks: checks.collect() }).into_response())
}

/// Returns the settings.
#[utoipa::path(get, path = "/api/v1/settings", tag = "site", responses((status = 200, body = Settings)))]
pub async fn settings(Context(services, actor): Context) -> Answer {
    let rows = settings::list(&services, &actor).await?.into_iter().map(|row| Setting {
        key: row.key,
        value: row.value.to_string(),
        default: row.default.to_string(),
        expects: row.expects,
        description: row.what,
    });
    Ok(Json(Settings { data: rows.collect() }).into_response())
}
