//! Types for values of the command line that need more than a standard type.

use std::{error::Error, fmt, str::FromStr, sync::Arc};

use axum::http::Uri;

/// The URL prefix of the whole application: empty, or `/a/b` without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BasePrefix(String);

impl BasePrefix {
    /// Returns the prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that cannot be a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasePrefixError;

impl fmt::Display for BasePrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("use a path like /duplistatus: letters, digits, '-', '_', '.' and '~' between slashes")
    }
}

impl Error for BasePrefixError {}

impl FromStr for BasePrefix {
    type Err = BasePrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.trim().trim_matches('/').split('/').collect();
        if parts == [""] {
            return Ok(Self::default());
        }
        let is_plain = |part: &&str| {
            !part.is_empty()
                && !part.chars().all(|c| c == '.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
        };
        if parts.iter().all(is_plain) {
            Ok(Self(format!("/{}", parts.join("/"))))
        } else {
            Err(BasePrefixError)
        }
    }
}

/// Scheme and host at which users and Duplicati reach the program: `https://example.org`, in the form of an `Origin`
/// header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Arc<str>);

impl PublicUrl {
    /// Returns the origin without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether a `Host` header is that of this URL.
    pub fn is_host(&self, host: &str) -> bool {
        self.0.split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(host))
    }

    /// Returns whether the scheme is https.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be a public URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicUrlError {
    /// No scheme or host, or another scheme.
    NotHttp,
    /// More than scheme, host and port.
    HasPath,
}

impl fmt::Display for PublicUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHttp => "use a URL like https://backup.example.org (international names as xn--…)",
            Self::HasPath => "use only scheme, host and port; set the path with --base-path",
        })
    }
}

impl Error for PublicUrlError {}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url: Uri = text.trim().parse().map_err(|_| PublicUrlError::NotHttp)?;
        let scheme = url.scheme_str().unwrap_or_default();
        let (Some(authority), "http" | "https") = (url.authority(), scheme) else {
            return Err(PublicUrlError::NotHttp);
        };
        let host = authority.host().to_ascii_lowercase();
        if host.is_empty() || authority.as_str().contains('@') {
            return Err(PublicUrlError::NotHttp);
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || text.contains('#') {
            return Err(PublicUrlError::HasPath);
        }
        // Browsers omit the default port.
        let port = match (scheme, authority.port_u16()) {
            (_, None) | ("http", Some(80)) | ("https", Some(443)) => String::new(),
            (_, Some(port)) => format!(":{port}"),
        };
        Ok(Self(format!("{scheme}://{host}{port}").into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_urls_are_written_as_browsers_write_them() {
        for (given, expected) in [
            ("https://backup.example", "https://backup.example"),
            ("HTTPS://Backup.Example:443/", "https://backup.example"),
            ("http://nas:9666", "http://nas:9666"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(
                given.parse::<PublicUrl>().map(|url| url.to_string()),
                Ok(expected.to_owned()),
                "{given}"
            );
        }
        for wrong in
            ["", "backup.example", "ftp://backup.example", "https://", "https://a@b", "https://ä.example"]
        {
            assert_eq!(wrong.parse::<PublicUrl>(), Err(PublicUrlError::NotHttp), "{wrong}");
        }
        for wrong in
            ["https://backup.example/duplistatus", "https://backup.example/?a", "https://backup.example/#a"]
        {
            assert_eq!(wrong.parse::<PublicUrl>(), Err(PublicUrlError::HasPath), "{wrong}");
        }
    }

    #[test]
    fn prefixes_have_one_form() {
        for (given, expected) in [("", ""), ("/", ""), ("duplistatus", "/duplistatus"), ("/a/b/", "/a/b")] {
            assert_eq!(given.parse::<BasePrefix>().map(|p| p.0), Ok(expected.to_owned()), "{given}");
        }
        for wrong in ["/a//b", "/..", "/a b", "/<x>", "/ä", "/{x}", "https://x"] {
            assert!(wrong.parse::<BasePrefix>().is_err(), "{wrong}");
        }
    }
}
