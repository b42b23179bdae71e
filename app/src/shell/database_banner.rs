//! The banners about problems of the program: nothing can be stored, or soon may not be; messages are not delivered.

use duplistatus::{
    access::Permission,
    dto::health::{ReadOnly, SystemProblem},
};
use leptos::prelude::*;

use crate::{
    context::viewer::use_viewer,
    locale::use_locale,
    tr,
    ui::{
        link::Link,
        notice::{Notice, Tone},
    },
};

/// Which channels do not deliver, in a sentence. Made on the server only: the browser finds it in the page.
#[cfg(feature = "ssr")]
pub fn undelivered_words(
    locale: crate::locale::Locale,
    zone: &duplistatus::zone::Zone,
    channels: &[duplistatus::notify::own::FailingChannel],
) -> Option<String> {
    /// Channels that are named.
    const NAMED: usize = 3;
    if channels.is_empty() {
        return None;
    }
    let names = channels.iter().take(NAMED).map(|channel| {
        let time = zone.moment(channel.since).zoned();
        tr!(locale, frame.problem.channel_since, name = channel.name.clone(), time = time)
    });
    let mut names = names.collect::<Vec<_>>().join(", ");
    let more = channels.len().saturating_sub(NAMED);
    if more > 0 {
        names = format!("{names}, +{more}");
    }
    Some(tr!(locale, frame.problem.undelivered, names = names))
}

/// The banner about channels that do not deliver; empty without one.
#[component]
pub fn ChannelBanner() -> impl IntoView {
    let locale = use_locale();
    use_viewer().failing.map(|text| {
        view! {
            <aside class="database-banner" aria-label=tr!(locale, channels.title)>
                <Notice tone=Tone::Fail>
                    <p>
                        {text} " "
                        <Link to="/settings/notifications" class="text-link">
                            {tr!(locale, dashboard.undelivered_link)}
                        </Link>
                    </p>
                </Notice>
            </aside>
        }
        .into_any()
    })
}

/// The banner above the page; empty without a problem.
#[component]
pub fn DatabaseBanner() -> impl IntoView {
    let locale = use_locale();
    let viewer = use_viewer();
    let manages = viewer.may(Permission::ViewDatabase);
    viewer.system_problem.map(|system_problem| {
        let (tone, title, what) = match system_problem {
            SystemProblem::ReadOnly(ReadOnly::Damaged) => {
                (Tone::Fail, tr!(locale, frame.problem.damaged), tr!(locale, frame.problem.what))
            }
            SystemProblem::ReadOnly(ReadOnly::Unwritable) => {
                (Tone::Fail, tr!(locale, frame.problem.unwritable), tr!(locale, frame.problem.what))
            }
            SystemProblem::ReadOnly(ReadOnly::Gone) => {
                (Tone::Fail, tr!(locale, frame.problem.gone), tr!(locale, frame.problem.what))
            }
            SystemProblem::ReadOnly(ReadOnly::Full) => {
                (Tone::Fail, tr!(locale, frame.problem.full), tr!(locale, frame.problem.full_what))
            }
            SystemProblem::ReadOnly(ReadOnly::Locked) => {
                (Tone::Fail, tr!(locale, frame.problem.locked), tr!(locale, frame.problem.locked_what))
            }
            SystemProblem::LowSpace => {
                (Tone::Warn, tr!(locale, frame.problem.low_space), tr!(locale, frame.problem.low_space_what))
            }
        };
        let advice = match system_problem {
            SystemProblem::ReadOnly(ReadOnly::Damaged) => Some(tr!(locale, frame.problem.damaged_advice)),
            SystemProblem::ReadOnly(ReadOnly::Unwritable) => {
                Some(tr!(locale, frame.problem.unwritable_advice))
            }
            SystemProblem::ReadOnly(ReadOnly::Gone) => Some(tr!(locale, frame.problem.gone_advice)),
            SystemProblem::ReadOnly(ReadOnly::Full) => Some(tr!(locale, frame.problem.full_advice)),
            SystemProblem::ReadOnly(ReadOnly::Locked) => Some(tr!(locale, frame.problem.locked_advice)),
            SystemProblem::LowSpace => None,
        };
        view! {
            <aside class="database-banner" aria-label=tr!(locale, frame.problem.label)>
                <Notice tone=tone title=title>
                    <p>{what}</p>
                    {advice.filter(|_| manages).map(|advice| view! { <p>{advice}</p> }.into_any())}
                    {manages
                        .then(|| {
                            view! {
                                <p>
                                    <Link to="/settings/health" class="text-link">
                                        {tr!(locale, frame.problem.more)}
                                    </Link>
                                </p>
                            }.into_any()
                        })}
                </Notice>
            </aside>
        }
        .into_any()
    })
}
