//! Backups of the database: what is kept, one more, and the way back.

use duplistatus::{
    dto::database::{BackupsPage as Data, TaskResult},
    units::{size_parts, span},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use self::{
    api::{BeginBackup, DeleteBackup, show_backups},
    files::BackupFiles,
    preview::{Chosen, RestoreChosen},
    restore::{RestoreForm, Restored},
};
use crate::{
    context::page_query::use_page_query,
    format::time::{age, calendar_time, relative},
    locale::{Locale, use_locale},
    tr,
    ui::{
        form::plain_form::{PlainForm, form_error},
        icon::{Icon, Shape},
        loaded::Loaded,
        notice::{Notice, Tone},
        page_title::PageTitle,
        password_notice::PasswordNotice,
        poll::use_poll,
        ticker::use_now,
        tiles::{Tile, Tiles},
    },
};

pub mod api;
mod files;
mod preview;
mod restore;
#[cfg(all(test, feature = "ssr"))]
mod tests;

pub use self::{
    preview::{PREVIEW_ID, RestorePreviewView},
    restore::revoked_words,
};

/// The page.
#[component]
pub fn BackupsPage() -> impl IntoView {
    let locale = use_locale();
    let is_deleted = use_page_query().get_untracked().get("done").as_deref() == Some("deleted")
        && form_error(DeleteBackup::PATH).is_none();
    let (is_running, set_running) = signal(false);
    let query = use_page_query().get_untracked();
    let chosen = Chosen::from_words(|name| query.get(name));
    let poll = use_poll(is_running);
    let page = Resource::new(move || poll.get(), |_| show_backups());
    view! {
        <PageTitle text=tr!(locale, backups.title) />
        <PasswordNotice />
        {is_deleted
            .then(|| {
                view! {
                    <Notice tone=Tone::Ok>
                        <p role="status">{tr!(locale, backups.deleted)}</p>
                    </Notice>
                }
            })}
        {chosen.map(|chosen| view! { <RestoreChosen chosen=chosen /> })}
        <Loaded
            data=page
            show=move |page| {
                set_running.set(page.task.running_since.is_some());
                view! { <BackupsView page=page /> }
            }
        />
    }
}

/// The page's content.
#[component]
pub fn BackupsView(
    /// The answer.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, folder, keep, last, files, task, size, written, free, restored } = page;
    let kept = files.first().and_then(|file| file.made);
    // A command can write one into a file elsewhere.
    let newest = last.into_iter().chain(kept).max_by_key(|moment| moment.at);
    let is_elsewhere = files.is_empty() && newest.is_some();
    let clock = use_now(now);
    let (last, last_sub): (Signal<String>, Signal<String>) = match newest {
        Some(at) => (
            Signal::derive(move || relative(locale, age(at, clock.get()))),
            Signal::derive(move || match is_elsewhere {
                true => {
                    format!("{}, {}", calendar_time(locale, at, clock.get()), tr!(locale, backups.elsewhere))
                }
                false => calendar_time(locale, at, clock.get()),
            }),
        ),
        None => (tr!(locale, common.never).into(), tr!(locale, backups.none_sub).into()),
    };
    let next = task.next_run.map_or_else(
        || (tr!(locale, common.never), tr!(locale, backups.off)),
        |at| {
            (calendar_time(locale, at, now), tr!(locale, backups.schedule, schedule = task.schedule.clone()))
        },
    );
    let (database, unit) = size_parts(size);
    let free = free.map(duplistatus::units::size);
    let running = task.running_since;
    let failed = task.last_result.filter(|result| *result != TaskResult::Ok && running.is_none()).map(|_| {
        view! {
            <Notice tone=Tone::Fail title=tr!(locale, backups.failed)>
                <p>{task.last_message.clone()}</p>
            </Notice>
        }
    });
    let make = match running {
        Some(since) => view! {
            <div class="backup-running">
                <p role="status">
                    <Icon shape=Shape::Running />
                    {move || tr!(locale, backups.running, span = span(age(since, clock.get())))}
                    <noscript>
                        " " <a class="text-link" href="">{tr!(locale, backups.reload)}</a>
                    </noscript>
                </p>
                {written.map(|written| view! { <HowFar written=written size=size /> })}
            </div>
        }
        .into_any(),
        None => view! {
            <PlainForm path=BeginBackup::PATH>
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, backups.make)}
                </button>
            </PlainForm>
        }
        .into_any(),
    };
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <h1>{tr!(locale, backups.title)}</h1>
                <p class="muted lead">{tr!(locale, backups.what, keep = keep)}</p>
            </div>
            <div class="page-head-actions">{make}</div>
        </header>
        {failed}
        {restored.map(|(report, at)| view! { <Restored report=report at=at now=now /> })}
        <Tiles>
            <Tile label=tr!(locale, backups.last) value=last sub=last_sub />
            <Tile label=tr!(locale, backups.next) value=next.0 sub=next.1 />
            <Tile
                label=tr!(locale, backups.database)
                value=database
                unit=unit
                sub=free_words(locale, free)
            />
        </Tiles>
        <BackupFiles files=files folder=folder now=now />
        <RestoreForm />
    }
}

/// How much of a backup is written.
#[component]
fn HowFar(
    /// Bytes that are written.
    written: i64,
    /// Bytes of the whole.
    size: i64,
) -> impl IntoView {
    let locale = use_locale();
    let words = if written < size {
        let (done, total) = (duplistatus::units::size(written), duplistatus::units::size(size));
        tr!(locale, backups.written, done = done, total = total)
    } else {
        tr!(locale, backups.checking)
    };
    view! {
        <progress max=size value=written.min(size) aria-label=tr!(locale, backups.progress)></progress>
        <p class="muted small">{words}</p>
    }
}

fn free_words(locale: Locale, free: Option<String>) -> String {
    free.map(|free| tr!(locale, backups.free, size = free)).unwrap_or_default()
}
