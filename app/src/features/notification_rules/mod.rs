//! Who is told of what: rules, and the quiet hours and reminders of channels.

use duplistatus::{
    access::Permission,
    dto::notification_rules::{RulePreview, RulesPage as Data},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    api::{DeleteRule, SaveHours, SaveRule, list_rules},
    form::RuleFields,
    hours::Hours,
    item::RuleItem,
};
use crate::{
    context::{page_query::use_page_query, viewer::use_viewer},
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::{Failed, form_error},
        link::Link,
        loaded::Loaded,
        notice::EmptyState,
        page_title::PageTitle,
    },
};

pub mod api;
mod form;
mod hours;
mod item;
mod query;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub mod words;

/// The page. It does not follow what is stored: what is being typed stays.
#[component]
pub fn RulesPage() -> impl IntoView {
    let search = use_page_query();
    let rules = Resource::new(move || query::read(&search.read()), list_rules);
    let failed = [SaveRule::PATH, DeleteRule::PATH, SaveHours::PATH].into_iter().find_map(form_error);
    view! {
        <PageTitle text=tr!(use_locale(), notification_rules.title) />
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(use_locale(), notification_rules.title)}</h1>
                <p class="muted lead">{tr!(use_locale(), notification_rules.what)}</p>
            </div>
        </header>
        {failed.map(|error| view! { <Failed error=error /> })}
        <Loaded data=rules show=move |page| view! { <RulesView page=page /> } />
    }
}

/// The page's content.
#[component]
pub fn RulesView(
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let may_change = use_viewer().may(Permission::ManageSettings);
    let Data { now, rules, channels, form, changes, preview, choices } = page;
    let is_without_channels = channels.is_empty();
    let list = if is_without_channels {
        view! {
            <div class="card">
                <EmptyState title=tr!(locale, notification_rules.empty)>
                    <p>{tr!(locale, notification_rules.no_channels)}</p>
                    <p>
                        <Link to="/settings/notifications" class="text-link">
                            {tr!(locale, notification_rules.no_channels_link)}
                        </Link>
                    </p>
                </EmptyState>
            </div>
        }
        .into_any()
    } else if rules.is_empty() {
        view! {
            <div class="card">
                <EmptyState title=tr!(locale, notification_rules.empty)>
                    <p>{tr!(locale, notification_rules.empty_what)}</p>
                </EmptyState>
            </div>
        }
        .into_any()
    } else {
        let items =
            rules.into_iter().map(|row| view! { <RuleItem row=row may_change=may_change /> }.into_any());
        view! {
            <ul class="notification-rules" role="list">
                {items.collect_view()}
            </ul>
        }
        .into_any()
    };
    let offered: Vec<_> = channels.iter().map(|row| (row.id, row.name.clone())).collect();
    let preview: Option<RulePreview> = preview;
    let add = (may_change && !is_without_channels).then(|| {
        view! { <RuleFields form=form changes=changes preview=preview channels=offered choices=choices /> }
    });
    view! {
        <section class="rule-part" aria-labelledby="rules-title">
            <h2 id="rules-title">{tr!(locale, notification_rules.list)}</h2>
            {list}
        </section>
        {add}
        {(!is_without_channels).then(|| view! { <Hours channels=channels may_change=may_change now=now /> })}
    }
}
