//! New recovery codes, once.

use leptos::prelude::*;

use super::one_time::NewCodes;
use crate::{
    locale::use_locale,
    tr,
    ui::{
        copy::CopyButton,
        one_time_secret::{OneTime, OneTimeSecret},
    },
};

/// The codes with the advice to keep them; nothing when none were created.
#[component]
pub fn RecoveryCodes(
    /// The codes.
    codes: OneTime<NewCodes>,
) -> impl IntoView {
    let locale = use_locale();
    let gone = (tr!(locale, account.codes.gone), tr!(locale, account.codes.gone_what));
    codes.show(gone.0, gone.1, |NewCodes { codes, site }| {
        let all = codes.join(" ");
        // A file without a request: they are shown once, and the server has forgotten them.
        let file = format!("data:text/plain;charset=utf-8,{}%0A", codes.join("%0A"));
        let items = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
        let title = tr!(locale, account.codes.title);
        view! {
            <OneTimeSecret id="codes-title" title=title what=tr!(locale, account.codes.what) inside=true>
                <p class="on-paper">{tr!(locale, account.codes.paper, site = site)}</p>
                <ol class="codes" role="list">{items}</ol>
                <CopyButton text=all label=tr!(locale, account.codes.all) />
                <div class="code-actions">
                    <a class="btn" download="duplistatus-recovery-codes.txt" href=file rel="external">
                        {tr!(locale, account.codes.download)}
                    </a>
                    <PrintButton />
                </div>
                <noscript>
                    <p class="muted small on-screen">{tr!(locale, account.codes.print_hint)}</p>
                </noscript>
            </OneTimeSecret>
        }
    })
}

/// Prints the codes, once the page is alive.
#[component]
fn PrintButton() -> impl IntoView {
    let locale = use_locale();
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let print = move |_| {
        // A browser that has nothing to print with says so itself.
        #[cfg(feature = "hydrate")]
        let _told = window().print();
    };
    view! {
        <button type="button" class="btn" data-ready=move || alive.get() on:click=print>
            {tr!(locale, account.codes.print)}
        </button>
    }
}
