//! The names that can stand in braces, and what each of them is.

use duplistatus::dto::template::TemplateTopic;
use leptos::prelude::*;

use crate::{
    locale::{Locale, use_locale},
    tr,
};

/// The list.
#[component]
pub fn Variables(
    /// What the text is of.
    topic: TemplateTopic,
) -> impl IntoView {
    let locale = use_locale();
    let rows = topic.variables().iter().map(|&name| {
        view! {
            <div>
                <dt>
                    <code>{format!("{{{name}}}")}</code>
                </dt>
                <dd>{meaning(locale, topic, name)}</dd>
            </div>
        }
    });
    view! {
        <details class="card template-variables" open=true>
            <summary>{tr!(locale, templates.variables)}</summary>
            <dl>{rows.collect_view()}</dl>
        </details>
    }
}

/// What stands in its place.
fn meaning(locale: Locale, topic: TemplateTopic, name: &str) -> String {
    match (topic, name) {
        (TemplateTopic::List, "event") => return tr!(locale, templates.variable.list_event),
        (TemplateTopic::List, "details") => return tr!(locale, templates.variable.list_details),
        (TemplateTopic::List, "server_name") => return tr!(locale, templates.variable.list_server),
        (TemplateTopic::Digest, "details") => return tr!(locale, templates.variable.digest_details),
        _ => {}
    }
    match name {
        "summary" => tr!(locale, templates.variable.summary),
        "count" => tr!(locale, templates.variable.count),
        "digest_name" => tr!(locale, templates.variable.digest_name),
        "frequency" => tr!(locale, templates.variable.frequency),
        "group_name" => tr!(locale, templates.variable.group_name),
        "now" => tr!(locale, templates.variable.now),
        "period" => tr!(locale, templates.variable.period),
        "period_start" => tr!(locale, templates.variable.period_start),
        "period_end" => tr!(locale, templates.variable.period_end),
        "job_count" => tr!(locale, templates.variable.job_count),
        "attention_count" => tr!(locale, templates.variable.attention_count),
        "event" => tr!(locale, templates.variable.event),
        "server_name" => tr!(locale, templates.variable.server_name),
        "backup_name" => tr!(locale, templates.variable.backup_name),
        "details" => tr!(locale, templates.variable.details),
        "since" => tr!(locale, templates.variable.since),
        "error" => tr!(locale, templates.variable.error),
        "last_success" => tr!(locale, templates.variable.last_success),
        "link" => tr!(locale, templates.variable.link),
        "status" => tr!(locale, templates.variable.status),
        "backup_date" => tr!(locale, templates.variable.backup_date),
        "duration" => tr!(locale, templates.variable.duration),
        "file_count" => tr!(locale, templates.variable.file_count),
        "file_size" => tr!(locale, templates.variable.file_size),
        "uploaded_size" => tr!(locale, templates.variable.uploaded_size),
        "storage_size" => tr!(locale, templates.variable.storage_size),
        "available_versions" => tr!(locale, templates.variable.available_versions),
        "messages_count" => tr!(locale, templates.variable.messages_count),
        "warnings_count" => tr!(locale, templates.variable.warnings_count),
        "errors_count" => tr!(locale, templates.variable.errors_count),
        "log_text" => tr!(locale, templates.variable.log_text),
        "last_backup_date" => tr!(locale, templates.variable.last_backup_date),
        "last_elapsed" => tr!(locale, templates.variable.last_elapsed),
        "expected_date" => tr!(locale, templates.variable.expected_date),
        "expected_elapsed" => tr!(locale, templates.variable.expected_elapsed),
        "backup_interval" => tr!(locale, templates.variable.backup_interval),
        "overdue_tolerance" => tr!(locale, templates.variable.overdue_tolerance),
        "server_id" => tr!(locale, templates.variable.server_id),
        "server_alias" => tr!(locale, templates.variable.server_alias),
        "server_note" => tr!(locale, templates.variable.server_note),
        "server_url" => tr!(locale, templates.variable.server_url),
        _ => tr!(locale, templates.variable.legacy),
    }
}
