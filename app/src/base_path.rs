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

/// A path of this site, as it came with a request; anything else, such as `//elsewhere.example`, is the dashboard.
pub fn own_page(page: &str) -> &str {
    let is_own = page.starts_with('/')
        && !page.starts_with("//")
        && page.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_own { page } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_stays_here() {
        assert_eq!(own_page("/servers/1?job=2"), "/servers/1?job=2");
        for elsewhere in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x"]
        {
            assert_eq!(own_page(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
