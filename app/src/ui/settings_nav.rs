//! The pages of the settings, side by side: those that the visitor may see.

use duplistatus::access::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::choice::{Choice, Segmented};
use crate::{base_path::use_base_path, locale::use_locale, tr, visitor::use_visitor};

/// Links to all settings.
#[component]
pub fn SettingsNav() -> impl IntoView {
    let locale = use_locale();
    let visitor = use_visitor();
    let base = use_base_path();
    let here = use_location().pathname.get_untracked();
    let here = here.strip_prefix(base.as_str()).unwrap_or(&here).to_owned();
    let pages = [
        ("/settings/keys", Permission::ViewIngestKeys, tr!(locale, settings.keys)),
        ("/settings/users", Permission::ViewUsers, tr!(locale, settings.users)),
        ("/settings/security", Permission::ViewSettings, tr!(locale, settings.security)),
        ("/settings/health", Permission::ViewDatabase, tr!(locale, settings.health)),
        ("/settings/database", Permission::ViewDatabase, tr!(locale, settings.database)),
        ("/settings/backups", Permission::ViewDatabase, tr!(locale, settings.backups)),
        ("/settings/tasks", Permission::ViewDatabase, tr!(locale, settings.tasks)),
        ("/settings/import", Permission::ViewDatabase, tr!(locale, settings.import)),
        ("/settings/audit", Permission::ViewAudit, tr!(locale, settings.audit)),
        ("/settings/logs", Permission::ViewLogs, tr!(locale, settings.logs)),
    ];
    let choices: Vec<Choice> = pages
        .into_iter()
        .filter(|(_, permission, _)| visitor.may(*permission))
        .map(|(to, _, label)| Choice { label, to: to.to_owned(), current: here == to })
        .collect();
    // One page alone needs no choice.
    (choices.len() > 1).then(|| {
        view! {
            <nav class="settings-nav" aria-label=tr!(locale, settings.nav)>
                <Segmented label=tr!(locale, settings.nav) choices=choices />
            </nav>
        }
    })
}
