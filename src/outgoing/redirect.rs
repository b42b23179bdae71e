//! Redirects are followed on the same site only: another one was neither asked for nor given to whoever set the URL.

use reqwest::{Url, redirect::Policy};

/// Redirects that are followed for one request.
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

/// Scheme, host and port: what may be shown and logged of a URL.
pub(super) fn site(url: &Url) -> String {
    url.origin().ascii_serialization()
}
