//! Why a request failed, in terms a user can act on. Errors name scheme and host but never the whole URL, which may
//! contain a secret.

use std::{error::Error, io, time::Duration};

use super::{address::RefusedAddress, redirect::RefusedRedirect, resolver::UnknownName};

/// A failed request.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// The text is not a URL.
    #[error("this is not a URL; it looks like https://example.org/path")]
    InvalidUrl,
    /// The scheme is neither HTTP nor HTTPS.
    #[error("'{0}:' is not supported; use https: or http:")]
    Scheme(String),
    /// A secret with characters that no header can have.
    #[error("the value of the header {0} has characters that cannot be sent: enter it again")]
    InvalidHeader(String),
    /// The host resolves to an address that is always blocked.
    #[error("{site} resolves to {address}, and requests to this address are blocked")]
    ForbiddenAddress {
        /// Scheme and host.
        site: String,
        /// The resolved address.
        address: std::net::IpAddr,
    },
    /// The host resolves to an address of a private network, and these are not allowed.
    #[error(
        "{site} resolves to {address} in a private network; such requests can be allowed under Settings → Security"
    )]
    PrivateAddress {
        /// Scheme and host.
        site: String,
        /// The resolved address.
        address: std::net::IpAddr,
    },
    /// The host name has no address.
    #[error("the name of {site} cannot be resolved")]
    UnknownHost {
        /// Scheme and host.
        site: String,
        /// The error of the resolver.
        #[source]
        source: reqwest::Error,
    },
    /// The certificate is not valid for this host, or its issuer is not trusted.
    #[error("the certificate of {site} is not trusted: {reason}")]
    Certificate {
        /// Scheme and host.
        site: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No connection could be opened.
    #[error("no connection to {site}: {reason}")]
    NoConnection {
        /// Scheme and host.
        site: String,
        /// The innermost cause.
        reason: String,
        /// The whole error.
        #[source]
        source: reqwest::Error,
    },
    /// The response did not arrive in time.
    #[error("{site} did not respond within {} seconds", limit.as_secs_f32())]
    Timeout {
        /// Scheme and host.
        site: String,
        /// The time limit.
        limit: Duration,
    },
    /// The server redirects to another site.
    #[error("{site} redirects to {to}; use that address if it is correct")]
    RedirectElsewhere {
        /// Scheme and host.
        site: String,
        /// Scheme and host of the other site.
        to: String,
    },
    /// The server redirects too many times.
    #[error("{0} redirects too many times")]
    TooManyRedirects(String),
    /// The response is longer than the limit.
    #[error("the response of {site} is longer than {limit} bytes")]
    TooLarge {
        /// Scheme and host.
        site: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The response ended early or is invalid.
    #[error("{site} sent an invalid response: {reason}")]
    Broken {
        /// Scheme and host.
        site: String,
        /// The innermost cause.
        reason: String,
        /// The whole error.
        #[source]
        source: reqwest::Error,
    },
    /// The client could not be created.
    #[error("cannot send requests: {0} (are the system's certificates installed?)")]
    NoClient(String),
}

impl OutgoingError {
    pub(super) fn refused(site: String, refused: RefusedAddress) -> Self {
        match refused {
            RefusedAddress::Never(address) => Self::ForbiddenAddress { site, address },
            RefusedAddress::Private(address) => Self::PrivateAddress { site, address },
        }
    }

    /// Classifies an error of reqwest.
    pub(super) fn of(site: String, limit: Duration, source: reqwest::Error) -> Self {
        let source = source.without_url();
        let causes = causes(&source);
        let reason = innermost(&source);
        if let Some(refused) = find::<RefusedAddress>(&causes) {
            return Self::refused(site, *refused);
        }
        match find::<RefusedRedirect>(&causes) {
            Some(RefusedRedirect::Elsewhere(to)) => {
                return Self::RedirectElsewhere { site, to: to.clone() };
            }
            Some(RefusedRedirect::TooMany) => return Self::TooManyRedirects(site),
            None => {}
        }
        if let Some(rustls::Error::InvalidCertificate(error)) = find(&causes) {
            return Self::Certificate { site, reason: error.to_string() };
        }
        if find::<UnknownName>(&causes).is_some() {
            return Self::UnknownHost { site, source };
        }
        if source.is_timeout() {
            return Self::Timeout { site, limit };
        }
        if source.is_connect() {
            return Self::NoConnection { site, reason, source };
        }
        Self::Broken { site, reason, source }
    }
}

/// Returns the message of the innermost cause.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// Returns an error and all its causes. [`io::Error`] has a cause that `source` does not return.
pub(super) fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
    .collect()
}

pub(super) fn find<'e, T: Error + 'static>(causes: &[&'e (dyn Error + 'static)]) -> Option<&'e T> {
    causes.iter().find_map(|cause| cause.downcast_ref())
}
