//! Shows background work.

pub mod api;

use duplistatus::{
    dto::{
        Moment,
        import::{ImportPhase, ImportProgress},
        work::{CurrentWork, WorkKind},
    },
    units::{span, thousands},
};
use leptos::prelude::*;

use self::api::{OperationProgress, follow_operation};
use super::{
    icon::{Icon, Shape},
    poll::use_poll,
};
use crate::{
    format::time::age,
    locale::{Locale, use_locale},
    tr,
};

/// A line with the work, since when it is running, and its progress.
#[component]
pub fn OperationLine(
    /// The work.
    work: CurrentWork,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let CurrentWork { kind, since, progress } = work;
    let progress = progress.map(|progress| progress_words(locale, progress));
    view! {
        <div class="operation card" data-pad=true role="status">
            <Icon shape=Shape::Running />
            <div>
                <p class="operation-kind">{kind_words(locale, kind)}</p>
                <p class="muted small">
                    {progress} {tr!(locale, work.since, span = span(age(since, now)))}
                    <noscript>
                        " " <a class="text-link" href="">{tr!(locale, work.reload)}</a>
                    </noscript>
                </p>
            </div>
        </div>
    }
}

/// Same, updated while the rest of the page stays unchanged, because a user may be filling in a form. `on_end` is called when
/// the work has ended or was replaced by other work.
#[component]
pub fn FollowedOperation(
    /// The work.
    work: CurrentWork,
    /// The time of the data.
    now: Moment,
    /// Called at the end.
    on_end: Callback<()>,
) -> impl IntoView {
    let (shown, set_shown) = signal((work, now));
    let (is_running, set_running) = signal(true);
    let poll = use_poll(is_running);
    Effect::new(move |_| {
        if poll.get() == 0 {
            return;
        }
        leptos::task::spawn_local(async move {
            // After a failure the next poll tries again.
            let Ok(OperationProgress { now, work: current }) = follow_operation().await else { return };
            match current.filter(|current| (current.kind, current.since) == (work.kind, work.since)) {
                Some(current) => {
                    let _left = set_shown.try_set((current, now));
                }
                None => {
                    // The page may have been left meanwhile.
                    if set_running.try_set(false).is_none() {
                        on_end.run(());
                    }
                }
            }
        });
    });
    move || {
        let (work, now) = shown.get();
        view! { <OperationLine work=work now=now /> }
    }
}

fn kind_words(locale: Locale, kind: WorkKind) -> String {
    match kind {
        WorkKind::Integrity => tr!(locale, work.kind.integrity),
        WorkKind::Optimize => tr!(locale, work.kind.optimize),
        WorkKind::Checkpoint => tr!(locale, work.kind.checkpoint),
        WorkKind::Vacuum => tr!(locale, work.kind.vacuum),
        WorkKind::Cleanup => tr!(locale, work.kind.cleanup),
        WorkKind::Import => tr!(locale, work.kind.import),
    }
}

fn progress_words(locale: Locale, progress: ImportProgress) -> String {
    let ImportProgress { phase, done, total } = progress;
    let phase = match phase {
        ImportPhase::Checking => return tr!(locale, work.phase.checking),
        ImportPhase::Done => return tr!(locale, work.phase.done),
        ImportPhase::Servers => tr!(locale, work.phase.servers),
        ImportPhase::Runs => tr!(locale, work.phase.runs),
        ImportPhase::People => tr!(locale, work.phase.people),
        ImportPhase::Settings => tr!(locale, work.phase.settings),
        ImportPhase::Audit => tr!(locale, work.phase.audit),
    };
    match total {
        Some(total) => {
            tr!(locale, work.of, phase = phase, done = thousands(done), total = thousands(total))
        }
        None => tr!(locale, work.so_far, phase = phase, done = thousands(done)),
    }
}

/// Formats milliseconds.
pub fn took(milliseconds: u64) -> String {
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        1000..60_000 => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => span(i64::try_from(milliseconds / 1000).unwrap_or(i64::MAX)),
    }
}
