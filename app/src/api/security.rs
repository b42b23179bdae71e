//! What is weak now, and the settings that open and close things.
//!
//! The sentences are put together here, on the server: the page needs all of them or none, and the browser would load
//! the code of each.

use duplistatus::dto::{Moment, security::State};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::wire::Wire;
use crate::error::ApiError;

/// The page in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityPage {
    /// When it was asked for.
    pub now: Moment,
    /// What was looked at, worst first.
    pub findings: Vec<Finding>,
    /// Under which URL the program is reached.
    pub address: PublicAddress,
    /// Settings of the whole program.
    pub settings: SettingsNow,
}

/// Under which URL the program is reached, and what came of asking there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAddress {
    /// The URL, base path included.
    pub url: String,
    /// Whether the operator said so, and not the request.
    pub fixed: bool,
    /// The last check, and in words when it was made.
    pub checked: Option<(Finding, String)>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it means.
    pub state: State,
    /// The fact with its figures.
    pub title: String,
    /// Why it matters and what to do; nothing where all is well.
    pub text: String,
    /// Path of the page where it is mended, and the words of the link.
    pub mend: Option<(String, String)>,
}

/// Settings of the whole program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsNow {
    /// Whether programs in the local network may read the API without a key.
    pub local_read_api: bool,
    /// How long the audit trail is kept: days.
    pub audit_days: i64,
    /// Whether the program may send requests to addresses in private networks.
    pub private_networks: bool,
}

/// What is weak now.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "security", input = Wire, output = Wire)]
pub async fn show_security() -> Result<SecurityPage, ApiError> {
    use duplistatus::service::{
        security::{Surroundings, overview},
        settings::Settings,
    };

    use crate::pages::security::{reach_words, words::finding};
    let (services, actor) = super::context()?;
    let around = use_context::<Surroundings>().unwrap_or_default();
    let locale = crate::locale::use_locale();
    let overview = overview(&services, &actor, &around).await?;
    let now = overview.now;
    let words = |check| finding(locale, check, now);
    let checked = duplistatus::service::security::public_address::last(&services, &actor)?;
    let checked = checked.map(|check| reach_words::found(locale, &check, now));
    let Settings { local_read_api, audit_days, private_networks, .. } = services.settings();
    Ok(SecurityPage {
        now,
        findings: overview.checks.into_iter().map(words).collect(),
        address: PublicAddress { url: around.url, fixed: around.url_is_fixed, checked },
        settings: SettingsNow { local_read_api, audit_days, private_networks },
    })
}

/// Asks for the program at its public URL. Answers with the page, which says what came back.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "check_public_url")]
pub async fn check_public_url() -> Result<(), ApiError> {
    let (services, actor) = super::context()?;
    let around = use_context().unwrap_or_default();
    duplistatus::service::security::public_address::ask(&services, &actor, &around).await?;
    leptos_axum::redirect(&crate::base_path::use_base_path().url("/settings/security"));
    Ok(())
}

/// Changes the settings. Answers with the page. `sure` says that entries of the audit trail may be deleted that are older than it
/// is to be kept then.
///
/// # Errors
/// [`ApiError::Invalid`] when a value is out of its range, or entries would be deleted and nobody agreed.
#[server(prefix = "/api/fn", endpoint = "change_settings")]
pub async fn change_settings(
    audit_days: i64,
    #[server(default)] local_read_api: bool,
    #[server(default)] private_networks: bool,
    #[server(default)] sure: bool,
) -> Result<(), ApiError> {
    use duplistatus::service::{audit, settings::adjust};
    let (services, actor) = super::context()?;
    actor.may(duplistatus::access::Permission::ManageSettings)?;
    if !sure && audit_days < services.settings().audit_days {
        let going = audit::expiring(&services, audit_days).await?;
        if going > 0 {
            let hint = format!(
                "{going} entries of the audit trail are older and would be deleted: tick the box below it to agree"
            );
            return Err(ApiError::Invalid { field: "audit_days".into(), hint });
        }
    }
    adjust(&services, &actor, move |settings| {
        settings.local_read_api = local_read_api;
        settings.audit_days = audit_days;
        settings.private_networks = private_networks;
    })
    .await?;
    leptos_axum::redirect(&crate::base_path::use_base_path().url("/settings/security?done=settings"));
    Ok(())
}
