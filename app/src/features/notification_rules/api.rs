//! Rules that say who is told of what, and the quiet hours of channels.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::notification_rules::{HoursForm, RuleForm, RulesPage, RulesQuery},
    ids::ChannelId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// The rules, what is set for each channel, and what a form would have done.
///
/// # Errors
/// [`ApiError::NotFound`] without the permission to see settings.
#[server(prefix = "/api/fn", endpoint = "notification_rules", input = Wire, output = Wire)]
pub async fn list_rules(query: RulesQuery) -> Result<RulesPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::notifications::rules::page(&services, &actor, query).await?)
}

/// Creates a rule, or changes the one of `rule`.
///
/// # Errors
/// [`ApiError::Invalid`] when a field cannot be used.
#[server(prefix = "/api/fn", endpoint = "save_rule")]
pub async fn save_rule(form: RuleForm, #[server(default)] rule: Option<i64>) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let id = duplistatus::service::notifications::rules::save(&services, &actor, rule, form).await?;
    show(&format!("#rule-{id}"));
    Ok(())
}

/// Deletes a rule. `name` is what the question called its place.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such rule; [`ApiError::Invalid`] when it is for another place by now.
#[server(prefix = "/api/fn", endpoint = "delete_rule")]
pub async fn delete_rule(rule: i64, name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::rules::delete(&services, &actor, rule, &name).await?;
    show("");
    Ok(())
}

/// Sets the quiet hours of a channel, and how often it is reminded. `urgent` is a box of the form.
///
/// # Errors
/// [`ApiError::Invalid`] when a field cannot be used.
#[server(prefix = "/api/fn", endpoint = "save_hours")]
pub async fn save_hours(
    channel: ChannelId,
    form: HoursForm,
    #[server(default)] urgent: bool,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let form = HoursForm { urgent, ..form };
    duplistatus::service::notifications::rules::set_hours(&services, &actor, channel, form).await?;
    show(&format!("#hours-{channel}"));
    Ok(())
}

/// Leads back to the page.
#[cfg(feature = "ssr")]
fn show(rest: &str) {
    let path = format!("/settings/notifications/rules{rest}");
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&path));
}
