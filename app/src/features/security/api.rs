//! What is weak now, and the settings that open and close things.
//!
//! The sentences are put together here, on the server: the page needs all of them or none, and the browser would load
//! the code of each.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use leptos::prelude::*;

use super::data::SecurityPage;
use crate::{api::wire::Wire, error::ApiError};

/// What is weak now.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "security", input = Wire, output = Wire)]
pub async fn show_security() -> Result<SecurityPage, ApiError> {
    use duplistatus::service::{
        security::{RequestEnvironment, overview},
        settings::Settings,
    };

    use super::{
        data::{PublicAddress, SettingsNow},
        public_address_words,
        words::finding,
    };
    let (services, actor) = crate::api::context()?;
    let around = use_context::<RequestEnvironment>().unwrap_or_default();
    let locale = crate::locale::use_locale();
    let overview = overview(&services, &actor, &around).await?;
    let now = overview.now;
    let words = |check| finding(locale, check, now);
    let checked = duplistatus::service::security::public_address::last(&services, &actor)?;
    let checked = checked.map(|check| public_address_words::found(locale, &check, now));
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
    let (services, actor) = crate::api::context()?;
    let around = use_context().unwrap_or_default();
    duplistatus::service::security::public_address::ask(&services, &actor, &around).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/settings/security"));
    Ok(())
}

/// Changes the settings. Answers with the page. `sure` says that audit log entries may be deleted that are older than it
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
    let (services, actor) = crate::api::context()?;
    actor.may(duplistatus::access::Permission::ManageSettings)?;
    if !sure && audit_days < services.settings().audit_days {
        let going = audit::expiring(&services, audit_days).await?;
        if going > 0 {
            let hint = format!(
                "{going} audit log entries are older and would be deleted: tick the box below it to agree"
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
    leptos_axum::redirect(
        &crate::context::base_path::use_base_path().url("/settings/security?done=settings"),
    );
    Ok(())
}
