//! The URL prefix of the whole application (`/duplistatus`, or empty).
//!
//! The router adds it to its own routes, but links to files, server functions and streams must add it themselves:
//! everything that outputs a URL uses [`BasePath::url`].

use std::sync::Arc;

use leptos::prelude::*;

/// The prefix of every URL: empty, or `/something` without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BasePath(Arc<str>);

impl BasePath {
    /// Creates it from a prefix that was validated at start.
    pub fn new(prefix: &str) -> Self {
        Self(prefix.trim_end_matches('/').into())
    }

    /// Returns the prefix for the router.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the `Path` of cookies, without a trailing slash, so that it also matches the prefix itself.
    pub fn cookie_path(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    /// Prepends the prefix to an absolute path inside the application.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

/// Returns the base path: from the server's context, in the browser from `<html data-base>`.
pub fn use_base_path() -> BasePath {
    use_context().unwrap_or_default()
}
