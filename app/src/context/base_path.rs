//! The URL prefix under which the whole application lives (`/duplistatus`, or nothing).
//!
//! The router adds it to its own routes, but links to files, server functions and streams must add it themselves:
//! everything that prints a URL asks [`BasePath::url`].

use std::sync::Arc;

use leptos::prelude::*;

/// Prefix of every URL: empty, or `/something` without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BasePath(Arc<str>);

impl BasePath {
    /// Wraps a prefix that was checked at start-up.
    pub fn new(prefix: &str) -> Self {
        Self(prefix.trim_end_matches('/').into())
    }

    /// The prefix itself, as the router wants it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `Path` of cookies: without a trailing slash, so that it also matches the prefix itself.
    pub fn cookie_path(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    /// Puts the prefix in front of an absolute path inside the application.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

/// The base path of this rendering: provided by the server, read from `<html data-base>` in the browser.
pub fn use_base_path() -> BasePath {
    use_context().unwrap_or_default()
}
