//! The dashboard: am I safe?

use self::{api::show_dashboard, query::from_params, search::use_slash, view::DashboardView};
use crate::{
    context::{page_query::use_page_query, viewer::use_viewer},
    features::onboarding::state::{StartState, show_onboarding},
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{favicon::use_alert_icon, link::Link, loaded::Loaded, page_title::PageTitle},
};
use duplistatus::{access::Permission, units::thousands};
use leptos::prelude::*;

pub mod api;
mod hero;
mod labels;
mod problems;
mod query;
mod search;
mod table;
mod tools;
mod totals;
mod view;

#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page: its data comes from one resource, whose key is the URL's query.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let locale = use_locale();
    use_slash();
    let attention = use_alert_icon();
    let parameters = use_page_query();
    let query = Memo::new(move |_| parameters.with(from_params));
    let shown = Memo::new(move |_| parameters.with(|map| map.get("shown").unwrap_or_default()));
    let start = StartState::new(shown.into());
    let data = use_followed(move || query.get(), show_dashboard);
    view! {
        <Loaded
            data=data
            show=move |data| {
                attention(data.attention());
                // Who never reported is no alarm, and has to be looked at all the same.
                let count = data.attention() + data.never_reported;
                let title = match count {
                    0 => tr!(locale, app_name),
                    count => format!("({}) {}", thousands(count), tr!(locale, app_name)),
                };
                let content = if data.servers_total == 0 {
                    show_onboarding(start.clone(), data.now, data.waiting)
                } else {
                    let now = data.now;
                    let may_connect = use_viewer().may(Permission::ManageIngestKeys);
                    // The address that was created on this page stays with the first report.
                    let has_key = may_connect && !shown.get_untracked().is_empty();
                    let kept = has_key.then(|| {
                        view! { <div class="start">{show_onboarding(start.clone(), now, None)}</div> }.into_any()
                    });
                    view! {
                        <DashboardView data=data query=query.get_untracked() />
                        {kept}
                        {may_connect
                            .then(|| {
                                view! {
                                    <p>
                                        <Link to="/settings/keys" class="text-link">
                                            {tr!(locale, dashboard.connect)}
                                        </Link>
                                    </p>
                                }
                            })}
                    }
                        .into_any()
                };
                view! {
                    <PageTitle text=title />
                    {content}
                }
            }
        />
    }
}
