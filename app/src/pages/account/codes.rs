//! New recovery codes, once.

use leptos::prelude::*;

use super::Shown;
use crate::{
    locale::use_locale,
    tr,
    ui::{
        copy::CopyButton,
        notice::{Notice, Tone},
    },
};

/// The codes with the advice to keep them; nothing when none were made.
#[component]
pub fn RecoveryCodes(
    /// The codes.
    codes: Shown<Vec<String>>,
) -> impl IntoView {
    let locale = use_locale();
    match codes {
        Shown::Nothing => ().into_any(),
        Shown::Gone => view! {
            <Notice tone=Tone::Warn title=tr!(locale, account.codes.gone)>
                <p>{tr!(locale, account.codes.gone_what)}</p>
            </Notice>
        }
        .into_any(),
        Shown::Now(codes) => {
            let all = codes.join(" ");
            // A file without a request: they are shown once, and the server has forgotten them.
            let file = format!("data:text/plain;charset=utf-8,{}%0A", codes.join("%0A"));
            let items = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
            view! {
                <div class="shown-once">
                    <h3>{tr!(locale, account.codes.title)}</h3>
                    <p>{tr!(locale, account.codes.what)}</p>
                    <ol class="codes" role="list">{items}</ol>
                    <CopyButton text=all label=tr!(locale, account.codes.all) />
                    <p>
                        <a class="btn" download="duplistatus-recovery-codes.txt" href=file rel="external">
                            {tr!(locale, account.codes.download)}
                        </a>
                    </p>
                    <p class="muted small">{tr!(locale, account.codes.print)}</p>
                </div>
            }
            .into_any()
        }
    }
}
