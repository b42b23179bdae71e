//! Shows in words whether the page is live.

use duplistatus::dto::Moment;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    context::{
        base_path::use_base_path,
        url::{href, with_query},
    },
    error::ApiError,
    live::{LiveState, use_live},
    locale::{Locale, use_locale},
    tr,
    ui::{
        error_notice::error_words,
        icon::{Icon, Shape},
    },
};

/// The indicator in the top bar, on pages that follow changes.
#[component]
pub fn LiveIndicator() -> impl IntoView {
    let locale = use_locale();
    let live = use_live();
    // A page whose data cannot be fetched is not live either.
    let state = move || {
        live.is_followed().then(|| match live.state.get() {
            LiveState::Connected if live.failure.get().is_some() => LiveState::Lost,
            state => state,
        })
    };
    let words = move || match state() {
        None => String::new(),
        Some(LiveState::Waiting) => tr!(locale, live.waiting),
        Some(LiveState::Connected) => tr!(locale, live.on),
        Some(LiveState::Lost | LiveState::Silent) => tr!(locale, live.lost),
    };
    let word = move || match state() {
        None => "off",
        Some(LiveState::Waiting) => "waiting",
        Some(LiveState::Connected) => "on",
        Some(LiveState::Lost | LiveState::Silent) => "lost",
    };
    view! {
        // Without JavaScript the page is never live, and the style sheet hides this.
        <span class="live" data-state=word>
            {words}
        </span>
    }
}

/// What the banner says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stale {
    /// The session has ended, so nothing more can be fetched.
    SignedOut,
    /// The stream is lost.
    Lost,
    /// The data cannot be fetched, with the reason.
    Failing(ApiError),
    /// Nothing arrives over the stream.
    Silent,
}

impl Stale {
    /// Returns the worst that applies.
    pub(super) fn of(state: LiveState, failure: Option<ApiError>) -> Option<Self> {
        match (state, failure) {
            (_, Some(ApiError::Unauthenticated)) => Some(Self::SignedOut),
            (LiveState::Lost, None | Some(ApiError::Unreachable)) => Some(Self::Lost),
            (_, Some(error)) => Some(Self::Failing(error)),
            (LiveState::Silent, None) => Some(Self::Silent),
            (LiveState::Waiting | LiveState::Connected, None) => None,
        }
    }

    /// Returns the text. `as_of` is the time of the shown data; until `fresh_until` nothing had
    /// changed.
    pub(super) fn words(&self, locale: Locale, as_of: Option<Moment>, fresh_until: Option<Moment>) -> String {
        let data =
            as_of.map_or_else(String::new, |at| format!(" {}", tr!(locale, live.as_of, clock = at.clock())));
        match self {
            Self::SignedOut => format!("{}{data}", tr!(locale, live.signed_out)),
            Self::Lost => match fresh_until {
                Some(moment) => tr!(locale, live.banner, clock = moment.clock()),
                None => tr!(locale, live.banner_unknown),
            },
            Self::Failing(error) => {
                let (why, _) = error_words(locale, error);
                format!("{}{data}", tr!(locale, live.failing, why = why))
            }
            Self::Silent => format!("{}{data}", tr!(locale, live.silent)),
        }
    }
}

/// The banner above a page whose data may be outdated.
#[component]
pub fn LiveBanner() -> impl IntoView {
    let locale = use_locale();
    let live = use_live();
    let base = use_base_path();
    let location = use_location();
    let stale = Memo::new(move |_| {
        live.is_followed().then(|| Stale::of(live.state.get(), live.failure.get())).flatten()
    });
    let sign_in = move || {
        let path = location.pathname.get();
        let path = path.strip_prefix(base.as_str()).unwrap_or(&path).to_owned();
        let query = location.search.get();
        let here = if query.is_empty() { path } else { format!("{path}?{query}") };
        href(&with_query("/login", [("next", here)]))
    };
    view! {
        <div role="status">
            {move || {
                stale
                    .get()
                    .map(|stale| {
                        let words = stale.words(locale, live.data_of(), live.fresh_until());
                        let link = (stale == Stale::SignedOut)
                            .then(|| {
                                view! {
                                    <a class="btn" href=sign_in() rel="external">
                                        {tr!(locale, errors.sign_in)}
                                    </a>
                                }.into_any()
                            });
                        view! {
                            <div class="live-banner">
                                <p>
                                    <Icon shape=Shape::Warning />
                                    {words}
                                </p>
                                {link}
                            </div>
                        }.into_any()
                    })
            }}
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use duplistatus::time::Timestamp;

    use super::*;

    fn at(seconds: i64) -> Option<Moment> {
        Some(Moment { at: Timestamp::from_unix(seconds), offset: 0 })
    }

    #[test]
    fn an_old_page_says_why_and_since_when() {
        let words = |state, failure| {
            Stale::of(state, failure).map(|stale| stale.words(Locale::en, at(36_000), at(39_600)))
        };
        insta::assert_debug_snapshot!([
            words(LiveState::Connected, None),
            words(LiveState::Waiting, None),
            words(LiveState::Silent, None),
            words(LiveState::Lost, None),
            words(LiveState::Lost, Some(ApiError::Unreachable)),
            words(LiveState::Connected, Some(ApiError::Busy)),
            words(LiveState::Lost, Some(ApiError::Unauthenticated)),
        ], @r#"
        [
            None,
            None,
            Some(
                "No live updates are arriving, possibly because a proxy holds them back. This page refreshes every 30 seconds instead. Data as of 10:00.",
            ),
            Some(
                "Live updates interrupted. Data as of 11:00. Reconnecting…",
            ),
            Some(
                "Live updates interrupted. Data as of 11:00. Reconnecting…",
            ),
            Some(
                "This page could not be refreshed (The database is busy). Retrying… Data as of 10:00.",
            ),
            Some(
                "Your session has ended. Sign in again to see changes. Data as of 10:00.",
            ),
        ]
        "#);
    }
}
