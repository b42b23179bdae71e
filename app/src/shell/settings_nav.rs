//! The navigation of the settings: a list beside the page, on a phone a menu above it.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    context::{
        base_path::use_base_path,
        viewer::{Viewer, use_viewer},
    },
    locale::{Locale, use_locale},
    pages::{Group, PAGES, PageRow},
    tr,
    ui::link::Link,
};

/// Returns the settings pages that a viewer may see, in groups. Empty groups are left out.
fn groups(viewer: &Viewer) -> Vec<(Group, Vec<&'static PageRow>)> {
    let pages = |group| {
        let pages = PAGES.iter().filter(|row| row.is_for(viewer));
        pages.filter(|row| row.listed.is_some_and(|(listed, _)| listed == group)).collect::<Vec<_>>()
    };
    let all = Group::SETTINGS.into_iter().map(|group| (group, pages(group)));
    all.filter(|(_, pages)| !pages.is_empty()).collect()
}

/// Returns the text of a link to a page.
fn label(locale: Locale, row: &PageRow) -> String {
    row.listed.map(|(_, label)| label(locale)).unwrap_or_default()
}

/// Links to the settings pages that the viewer may see.
#[component]
pub fn SettingsNav() -> impl IntoView {
    let locale = use_locale();
    let viewer = use_viewer();
    let base = use_base_path();
    let here = use_location().pathname.get_untracked();
    let here = here.strip_prefix(base.as_str()).unwrap_or(&here).to_owned();
    let groups = groups(&viewer);
    let pages = || groups.iter().flat_map(|(_, pages)| pages);
    let current = pages().find(|row| row.path == here).map(|row| label(locale, row)).unwrap_or_default();
    // A single page needs no navigation.
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
    groups: &'a [(Group, Vec<&'static PageRow>)],
    /// The path of the page that is shown, without the base path.
    here: &'a str,
) -> impl IntoView + use<> {
    let locale = use_locale();
    groups
        .iter()
        .map(|(group, pages)| {
            let links = pages
                .iter()
                .map(|row| {
                    let (path, label, current) = (row.path, label(locale, row), row.path == here);
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
                <p class="settings-group">{group.title(locale)}</p>
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
        let viewer = Viewer { role: Some(role), ..Viewer::default() };
        groups(&viewer).iter().flat_map(|(_, pages)| pages).map(|row| row.path).collect()
    }

    #[test]
    fn each_role_is_offered_what_it_may_see() {
        assert_eq!(paths(Role::Viewer), ["/settings/schedules"]);
        let operator = ["/settings/keys", "/rejected", "/settings/schedules", "/settings/sharing"];
        assert_eq!(paths(Role::Operator), operator);
        let all = PAGES.iter().filter(|row| row.is_setting()).count();
        assert_eq!(paths(Role::Administrator).len(), all);
    }
}
