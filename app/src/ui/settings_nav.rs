//! The way between the pages of the settings: a list beside the page, and on a phone a menu above it.

use duplistatus::access::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::link::Link;
use crate::{
    base_path::use_base_path,
    locale::{Locale, use_locale},
    tr,
    visitor::{Visitor, use_visitor},
};

/// One page of the settings.
struct Page {
    path: &'static str,
    label: String,
}

/// Pages that belong together.
struct Group {
    label: String,
    pages: Vec<Page>,
}

/// The pages that a visitor may see, in groups. Groups without pages are left out.
fn groups(locale: Locale, visitor: &Visitor) -> Vec<Group> {
    let group = |label: String, pages: Vec<(&'static str, Permission, String)>| Group {
        label,
        pages: pages
            .into_iter()
            .filter(|(_, permission, _)| visitor.may(*permission))
            .map(|(path, _, label)| Page { path, label })
            .collect(),
    };
    let all = [
        group(
            tr!(locale, settings.groups.sources),
            vec![
                ("/settings/keys", Permission::ViewIngestKeys, tr!(locale, settings.keys)),
                ("/rejected", Permission::ViewRejected, tr!(locale, frame.rejected)),
                ("/settings/import", Permission::ViewDatabase, tr!(locale, settings.import)),
            ],
        ),
        group(
            tr!(locale, settings.groups.access),
            vec![
                ("/settings/users", Permission::ViewUsers, tr!(locale, settings.users)),
                ("/settings/security", Permission::ViewSettings, tr!(locale, settings.security)),
                ("/settings/audit", Permission::ViewAudit, tr!(locale, settings.audit)),
            ],
        ),
        group(
            tr!(locale, settings.groups.system),
            vec![
                ("/settings/health", Permission::ViewDatabase, tr!(locale, settings.health)),
                ("/settings/database", Permission::ViewDatabase, tr!(locale, settings.database)),
                ("/settings/backups", Permission::ViewDatabase, tr!(locale, settings.backups)),
                ("/settings/tasks", Permission::ViewDatabase, tr!(locale, settings.tasks)),
                ("/settings/logs", Permission::ViewLogs, tr!(locale, settings.logs)),
            ],
        ),
    ];
    all.into_iter().filter(|group| !group.pages.is_empty()).collect()
}

/// Links to the pages of the settings that the visitor may see.
#[component]
pub fn SettingsNav() -> impl IntoView {
    let locale = use_locale();
    let visitor = use_visitor();
    let base = use_base_path();
    let here = use_location().pathname.get_untracked();
    let here = here.strip_prefix(base.as_str()).unwrap_or(&here).to_owned();
    let groups = groups(locale, &visitor);
    let pages = || groups.iter().flat_map(|group| &group.pages);
    let current = pages().find(|page| page.path == here).map(|page| page.label.clone()).unwrap_or_default();
    // One page alone needs no way to others.
    (pages().count() > 1).then(|| {
        view! {
            <nav class="settings-nav" aria-label=tr!(locale, settings.nav)>
                <PageList groups=&groups here=&here />
            </nav>
            <details class="settings-menu">
                <summary class="btn">{tr!(locale, settings.menu, page = current)}</summary>
                <nav aria-label=tr!(locale, settings.nav)>
                    <PageList groups=&groups here=&here />
                </nav>
            </details>
        }
    })
}

/// The pages under the headings of their groups.
#[component]
fn PageList<'a>(
    /// The groups.
    groups: &'a [Group],
    /// The path of the page that is shown, without the base path.
    here: &'a str,
) -> impl IntoView + use<> {
    groups
        .iter()
        .map(|group| {
            let links = group
                .pages
                .iter()
                .map(|page| {
                    let (path, label, current) = (page.path, page.label.clone(), page.path == here);
                    view! {
                        <li>
                            <Link to=path current=current>
                                {label}
                            </Link>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <p class="settings-group">{group.label.clone()}</p>
                <ul role="list">{links}</ul>
            }
        })
        .collect_view()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use duplistatus::access::Role;

    use super::*;

    fn paths(role: Role) -> Vec<&'static str> {
        let visitor = Visitor { role: Some(role), ..Visitor::default() };
        let groups = groups(Locale::en, &visitor);
        groups.iter().flat_map(|group| &group.pages).map(|page| page.path).collect()
    }

    #[test]
    fn each_role_is_offered_what_it_may_see() {
        assert!(paths(Role::Viewer).is_empty());
        assert_eq!(paths(Role::Operator), ["/settings/keys", "/rejected"]);
        assert_eq!(paths(Role::Administrator).len(), 11);
    }
}
