//! Follows redirects within a site only: a user who entered a URL did not enter the other site.

use reqwest::{Url, redirect::Policy};

/// Maximum number of redirects per request.
const MOST: usize = 3;

/// A redirect that is not followed.
#[derive(Debug, thiserror::Error)]
pub(super) enum RefusedRedirect {
    #[error("a redirect to {0}")]
    Elsewhere(String),
    #[error("too many redirects")]
    TooMany,
}

/// Follows at most three redirects to the same scheme, host and port.
pub(super) fn same_site() -> Policy {
    Policy::custom(|attempt| {
        let is_same =
            attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
        if !is_same {
            let to = site(attempt.url());
            return attempt.error(RefusedRedirect::Elsewhere(to));
        }
        if attempt.previous().len() > MOST {
            return attempt.error(RefusedRedirect::TooMany);
        }
        attempt.follow()
    })
}

/// Returns scheme, host and port, the part of a URL that may be shown and logged.
pub(super) fn site(url: &Url) -> String {
    url.origin().ascii_serialization()
}
