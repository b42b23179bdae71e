//! The banner about problems of the database: nothing can be stored, or soon may not be.

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

/// The banner above the page; empty without a problem.
#[component]
pub fn DatabaseBanner() -> impl IntoView {
    let locale = use_locale();
    let viewer = use_viewer();
    let manages = viewer.may(Permission::ViewDatabase);
    viewer.trouble.map(|trouble| {
        let (tone, title, what) = match trouble {
            SystemProblem::ReadOnly(ReadOnly::Damaged) => {
                (Tone::Fail, tr!(locale, frame.trouble.damaged), tr!(locale, frame.trouble.what))
            }
            SystemProblem::ReadOnly(ReadOnly::Unwritable) => {
                (Tone::Fail, tr!(locale, frame.trouble.unwritable), tr!(locale, frame.trouble.what))
            }
            SystemProblem::ReadOnly(ReadOnly::Gone) => {
                (Tone::Fail, tr!(locale, frame.trouble.gone), tr!(locale, frame.trouble.what))
            }
            SystemProblem::ReadOnly(ReadOnly::Full) => {
                (Tone::Fail, tr!(locale, frame.trouble.full), tr!(locale, frame.trouble.full_what))
            }
            SystemProblem::ReadOnly(ReadOnly::Locked) => {
                (Tone::Fail, tr!(locale, frame.trouble.locked), tr!(locale, frame.trouble.locked_what))
            }
            SystemProblem::LowSpace => {
                (Tone::Warn, tr!(locale, frame.trouble.low_space), tr!(locale, frame.trouble.low_space_what))
            }
        };
        let advice = match trouble {
            SystemProblem::ReadOnly(ReadOnly::Damaged) => Some(tr!(locale, frame.trouble.damaged_advice)),
            SystemProblem::ReadOnly(ReadOnly::Unwritable) => {
                Some(tr!(locale, frame.trouble.unwritable_advice))
            }
            SystemProblem::ReadOnly(ReadOnly::Gone) => Some(tr!(locale, frame.trouble.gone_advice)),
            SystemProblem::ReadOnly(ReadOnly::Full) => Some(tr!(locale, frame.trouble.full_advice)),
            SystemProblem::ReadOnly(ReadOnly::Locked) => Some(tr!(locale, frame.trouble.locked_advice)),
            SystemProblem::LowSpace => None,
        };
        view! {
            <aside class="database-banner" aria-label=tr!(locale, frame.trouble.label)>
                <Notice tone=tone title=title>
                    <p>{what}</p>
                    {advice.filter(|_| manages).map(|advice| view! { <p>{advice}</p> }.into_any())}
                    {manages
                        .then(|| {
                            view! {
                                <p>
                                    <Link to="/settings/health" class="text-link">
                                        {tr!(locale, frame.trouble.more)}
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
