//! Texts of messages.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::template::{TemplateForm, TemplateQuery, TemplatesPage};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// The text of a topic and kind of channel, and what it becomes.
///
/// # Errors
/// [`ApiError::NotFound`] without the permission to see settings, and when there is no such kind.
#[server(prefix = "/api/fn", endpoint = "templates", input = Wire, output = Wire)]
pub async fn show_template(query: TemplateQuery) -> Result<TemplatesPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::notifications::templates::show(&services, &actor, query).await?)
}

/// Saves a text.
///
/// # Errors
/// [`ApiError::Invalid`] when it has unknown variables, or is too long.
#[server(prefix = "/api/fn", endpoint = "save_template")]
pub async fn save_template(form: TemplateForm) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let (topic, kind) = (form.topic.clone(), form.kind.clone());
    duplistatus::service::notifications::templates::save(&services, &actor, form).await?;
    show(&topic, &kind, "");
    Ok(())
}

/// Shows what a text becomes, without saving it.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such topic or kind.
#[server(prefix = "/api/fn", endpoint = "preview_template")]
pub async fn preview_template(form: TemplateForm) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let (topic, kind) = (form.topic.clone(), form.kind.clone());
    let draft = duplistatus::service::notifications::templates::try_out(&services, &actor, form)?;
    show(&topic, &kind, &draft);
    Ok(())
}

/// Forgets a text: it is again as the program has it.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none.
#[server(prefix = "/api/fn", endpoint = "reset_template")]
pub async fn reset_template(topic: String, #[server(default)] kind: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::templates::reset(&services, &actor, &topic, &kind).await?;
    show(&topic, &kind, "");
    Ok(())
}

/// Uses the texts that were imported.
///
/// # Errors
/// [`ApiError::Invalid`] when there is none that can be used.
#[server(prefix = "/api/fn", endpoint = "import_templates")]
pub async fn import_templates() -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::templates::take_over(&services, &actor).await?;
    show("", "", "");
    Ok(())
}

/// Leads back to the page.
#[cfg(feature = "ssr")]
fn show(topic: &str, kind: &str, draft: &str) {
    let words = [("topic", topic), ("kind", kind), ("draft", draft)];
    let words = words.into_iter().filter(|(_, word)| !word.is_empty());
    let path = crate::context::url::with_query(
        "/settings/templates",
        words.map(|(name, word)| (name, word.to_owned())),
    );
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&path));
}
