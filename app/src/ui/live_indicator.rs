//! Says whether the page is live, in words.

use leptos::prelude::*;

use super::icon::{Icon, Shape};
use crate::{
    live::{LiveState, use_live},
    locale::use_locale,
    tr,
};

/// The small sign in the top bar.
#[component]
pub fn LiveIndicator() -> impl IntoView {
    let locale = use_locale();
    let live = use_live();
    let words = move || match live.state.get() {
        LiveState::Waiting => tr!(locale, live.waiting),
        LiveState::Connected => tr!(locale, live.on),
        LiveState::Lost => tr!(locale, live.lost),
    };
    let word = move || match live.state.get() {
        LiveState::Waiting => "waiting",
        LiveState::Connected => "on",
        LiveState::Lost => "lost",
    };
    view! {
        // Without JavaScript the page is never live: the style sheet hides the sign.
        <span class="live" data-state=word>
            {words}
        </span>
    }
}

/// The banner over the page when live updates are lost: an old green page is worse than none.
#[component]
pub fn LiveBanner() -> impl IntoView {
    let locale = use_locale();
    let live = use_live();
    let lost = move || live.state.get() == LiveState::Lost;
    let words = move || match live.fresh_until() {
        Some(moment) => tr!(locale, live.banner, clock = moment.clock()),
        None => tr!(locale, live.banner_unknown),
    };
    view! {
        <div role="status">
            {move || {
                lost()
                    .then(|| {
                        view! {
                            <div class="live-banner">
                                <p>
                                    <Icon shape=Shape::Warning />
                                    {words()}
                                </p>
                            </div>
                        }
                    })
            }}
        </div>
    }
}
