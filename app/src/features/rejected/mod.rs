//! Reports that were refused: why, and what to do.

use self::{
    api::{DismissAllRejected, DismissRejected, list_rejected},
    dismiss::DismissAll,
    row::RejectedItem,
};
use crate::{
    context::{page_query::use_page_query, url::with_query, viewer::use_viewer},
    live::use_followed,
    locale::use_locale,
    tr,
    ui::{
        form::plain_form::Failed, keyed::keyed, loaded::Loaded, notice::EmptyState, page_title::PageTitle,
        pager::Pager,
    },
};
use duplistatus::{access::Permission, dto::rejected::RejectedPage as Data};
use leptos::prelude::*;

pub mod api;
mod dismiss;
pub(crate) mod row;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page.
#[component]
pub fn RejectedReportsPage() -> impl IntoView {
    let search = use_page_query();
    let number = move || search.read().get("page").and_then(|page| page.parse().ok()).unwrap_or(1_i64);
    let dismiss = ServerAction::<DismissRejected>::new();
    let dismiss_all = ServerAction::<DismissAllRejected>::new();
    let rejected = use_followed(
        move || (number(), dismiss.version().get(), dismiss_all.version().get()),
        |(number, ..)| list_rejected(number),
    );
    let failed = move || {
        let first = dismiss.value().get().and_then(Result::err);
        let error = first.or_else(|| dismiss_all.value().get().and_then(Result::err));
        error.map(|error| view! { <Failed error=error /> })
    };
    view! {
        <PageTitle text=tr!(use_locale(), rejected.title) />
        {failed}
        <Loaded data=rejected show=move |page| view! { <RejectedView page=page dismiss=dismiss dismiss_all=dismiss_all /> } />
    }
}

/// The page's content.
#[component]
pub fn RejectedView(
    /// The answer.
    page: Data,
    /// Deletes an entry.
    dismiss: ServerAction<DismissRejected>,
    /// Deletes all entries.
    dismiss_all: ServerAction<DismissAllRejected>,
) -> impl IntoView {
    let locale = use_locale();
    let may_dismiss = use_viewer().may(Permission::DismissRejected);
    let Data { now, rows, paging } = page;
    let list = if rows.is_empty() {
        view! {
            <div class="card">
                <EmptyState title=tr!(locale, rejected.empty)>
                    <p>{tr!(locale, rejected.empty_what)}</p>
                </EmptyState>
            </div>
        }
        .into_any()
    } else {
        let items = keyed(
            rows,
            |row| row.id,
            move |row| {
                view! { <RejectedItem row=row now=now dismiss=may_dismiss.then_some(dismiss) /> }
            },
        );
        view! { <ul class="rejected">{items}</ul> }.into_any()
    };
    let all = (may_dismiss && paging.total > 1)
        .then(|| view! { <DismissAll entries=paging.total until=now.at dismiss=dismiss_all /> });
    let to = |page: i64| {
        with_query("/rejected", [("page", if page > 1 { page.to_string() } else { String::new() })])
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, rejected.title)}</h1>
                <p class="muted lead">{tr!(locale, rejected.what)}</p>
            </div>
            {all}
        </header>
        {list}
        <Pager paging=paging to=to />
    }
}
