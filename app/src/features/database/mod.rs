//! The database: how it is, what can be done for it, and how long runs are kept.

use duplistatus::{
    dto::database::{CleanupRequest, DatabaseStatus, Retention},
    units::{size_parts, thousands},
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::params::ParamsMap;

use self::{
    api::{ClearRetention, DatabasePage as Data, RuleChange, SetRetention, cleanup_request, show_database},
    cleanup::CleanupSection,
    confirm_rule::ConfirmRule,
    details::Details,
    maintenance::MaintenanceSection,
    result::OperationResult,
    retention::RetentionSection,
    tables::TablesSection,
};
use crate::{
    context::page_query::use_page_query,
    format::{
        number::bytes,
        time::{age, calendar_time, relative},
    },
    locale::{Locale, use_locale},
    tr,
    ui::{
        form::plain_form::{Failed, form_error, has_form_error},
        loaded::Loaded,
        notice::{Notice, Tone},
        operation_progress::FollowedOperation,
        page_title::PageTitle,
        password_notice::PasswordNotice,
        ticker::use_now,
        tiles::{Tile, Tiles},
    },
};

pub mod api;
mod cleanup;
mod confirm_rule;
mod details;
mod maintenance;
mod result;
pub mod retention;
mod tables;
#[cfg(all(test, feature = "ssr"))]
mod tests;

/// The page.
#[component]
pub fn DatabasePage() -> impl IntoView {
    let locale = use_locale();
    let query = use_page_query();
    let is_saved = query.get_untracked().get("done").as_deref() == Some("retention") && !has_form_error();
    // Grows when work has ended: then everything may be different.
    let (ended, set_ended) = signal(0_u32);
    let on_end = Callback::new(move |()| set_ended.update(|count| *count = count.wrapping_add(1)));
    let page = Resource::new(
        move || (ended.get(), asked(&query.get())),
        |(_, (tables, preview, rule))| show_database(tables, preview, rule),
    );
    view! {
        <PageTitle text=tr!(locale, database.title) />
        <PasswordNotice />
        {is_saved
            .then(|| {
                view! {
                    <Notice tone=Tone::Ok>
                        <p role="status">{tr!(locale, database.retention.saved)}</p>
                    </Notice>
                }
            })}
        <Loaded data=page show=move |page| view! { <DatabaseView page=page on_end=on_end /> } />
    }
}

/// What the address asks for: the sizes of tables, and what a clean-up or another rule would delete.
fn asked(query: &ParamsMap) -> (bool, Option<CleanupRequest>, Option<RuleChange>) {
    let word = |name: &str| query.get(name).unwrap_or_default();
    let request = || {
        cleanup_request(&word("days"), &word("keep_last"), &word("server"), &word("job"))
            // A number that is none is refused with the range that there is.
            .unwrap_or(CleanupRequest { days: Some(-1), ..CleanupRequest::default() })
    };
    let preview = query.get("preview").map(|_| request());
    let rule = query.get("rule").map(|word| {
        let CleanupRequest { days, keep_last, server, job, .. } = request();
        let keep_last = keep_last.unwrap_or_default();
        RuleChange { server, job, rule: (word != "clear").then_some(Retention { days, keep_last }) }
    });
    (query.get("tables").is_some(), preview, rule)
}

/// The page's content.
#[component]
pub fn DatabaseView(
    /// The answer.
    page: Data,
    /// What to do when the work has ended that is being done.
    on_end: Callback<()>,
) -> impl IntoView {
    let locale = use_locale();
    let Data { overview, tables, preview, question } = page;
    let now = overview.now;
    let error = form_error(SetRetention::PATH).or_else(|| form_error(ClearRetention::PATH));
    let clock = use_now(now);
    let when = |at: Option<duplistatus::dto::Moment>| -> (Signal<String>, Signal<String>) {
        match at {
            None => (tr!(locale, common.never).into(), String::new().into()),
            Some(at) => (
                Signal::derive(move || relative(locale, age(at, clock.get()))),
                Signal::derive(move || calendar_time(locale, at, clock.get())),
            ),
        }
    };
    let (backup, backup_sub) = when(overview.last_backup);
    let (cleanup, cleanup_sub) = when(overview.last_cleanup);
    let days = overview.oldest_run.zip(overview.newest_run).map_or_else(String::new, |(oldest, newest)| {
        tr!(locale, database.tiles.days, from = oldest.day().to_string(), to = newest.day().to_string())
    });
    let is_busy = overview.work.now.is_some();
    let path = overview.status.path.clone();
    let unused = unused(locale, &overview.status);
    let (file, file_unit) = size_parts(bytes(overview.status.file_size));
    let wal = duplistatus::units::size(bytes(overview.status.wal_size));
    let (free, free_unit) = match overview.status.disk_free {
        Some(free) => size_parts(bytes(free)),
        None => (tr!(locale, common.unknown), ""),
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, database.title)}</h1>
                <p class="muted lead database-path">
                    {tr!(locale, database.what)} " " <code>{path}</code>
                </p>
            </div>
        </header>
        {error.map(|error| view! { <Failed error=error /> })}
        {overview.work.now.map(|work| view! { <FollowedOperation work=work now=now on_end=on_end /> })}
        {overview.work.last.map(|ended| view! { <OperationResult ended=ended now=now /> })}
        <Tiles>
            <Tile
                label=tr!(locale, database.tiles.file)
                value=file
                unit=file_unit
                sub=tr!(locale, database.tiles.wal, size = wal)
            />
            <Tile
                label=tr!(locale, database.tiles.disk)
                value=free
                unit=free_unit
                sub=unused
            />
            <Tile label=tr!(locale, database.tiles.runs) value=thousands(overview.runs) sub=days />
            <Tile label=tr!(locale, database.tiles.backup) value=backup sub=backup_sub />
            <Tile label=tr!(locale, database.tiles.cleanup) value=cleanup sub=cleanup_sub />
        </Tiles>
        <MaintenanceSection is_busy=is_busy />
        {question.map(|(change, found)| view! { <ConfirmRule change=change found=found /> })}
        <RetentionSection site=overview.site rules=overview.rules task=overview.task now=now />
        <CleanupSection preview=preview is_busy=is_busy />
        <TablesSection tables=tables />
        <Details status=overview.status />
    }
}

/// What a vacuum would give back.
fn unused(locale: Locale, status: &DatabaseStatus) -> String {
    let bytes = status.free_pages.saturating_mul(status.page_size);
    tr!(locale, database.tiles.unused, size = duplistatus::units::size(bytes))
}
