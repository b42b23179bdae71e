//! Following: asks every two seconds whether there is something new, while the page should and the tab is visible.

use leptos::prelude::*;

use super::query::LogSelection;

/// A number that changes when there are new lines to fetch; it rests without JavaScript.
pub(super) fn use_news(choice: Memo<LogSelection>) -> ReadSignal<i64> {
    let (news, set_news) = signal(0_i64);
    #[cfg(feature = "hydrate")]
    browser::follow(choice, set_news);
    #[cfg(not(feature = "hydrate"))]
    let _ = (choice, set_news);
    news
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::{prelude::*, task::spawn_local};
    use web_sys::VisibilityState;

    use super::LogSelection;
    use crate::{error::ApiError, features::logs::api::newest_line};

    const EVERY: Duration = Duration::from_secs(2);

    pub(super) fn follow(choice: Memo<LogSelection>, news: WriteSignal<i64>) {
        let asking = StoredValue::new(false);
        let ask = move || {
            // A slow answer is not asked for twice.
            let busy = asking.try_get_value().unwrap_or(true);
            if busy || document().visibility_state() == VisibilityState::Hidden {
                return;
            }
            let Some(choice) = choice.try_get_untracked() else { return };
            asking.set_value(true);
            spawn_local(async move {
                let newest = match newest_line(choice.query).await {
                    Ok(newest) => Some(newest),
                    // The frame says that the connection is lost; what is on the page stays.
                    Err(ApiError::Unreachable | ApiError::Busy) => None,
                    // The list will be refused as well, and says why.
                    Err(_) => Some(-1),
                };
                // The page may have been left meanwhile: then nobody wants to know.
                let _left = asking.try_set_value(false);
                if let Some(newest) = newest {
                    let _left =
                        news.try_maybe_update(|known| (std::mem::replace(known, newest) != newest, ()));
                }
            });
        };
        let follows = Memo::new(move |_| choice.with(|choice| choice.follow));
        Effect::new(move |_| {
            if follows.get()
                && let Ok(interval) = set_interval_with_handle(ask, EVERY)
            {
                on_cleanup(move || interval.clear());
            }
        });
    }
}
