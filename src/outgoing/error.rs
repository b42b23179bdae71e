//! Why a request was not made or not answered: facts on which a person can act. They name scheme and host and never
//! the whole URL, which can hold a secret.

use std::{error::Error, io, time::Duration};

use super::{address::RefusedAddress, redirect::RefusedRedirect, resolver::UnknownName};

/// A request that did not work.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// A text that is no URL.
    #[error("this is not a URL; it looks like https://example.org/path")]
    InvalidUrl,
    /// Something else than HTTP.
    #[error("'{0}:' is not supported; use https: or http:")]
    Scheme(String),
    /// A secret with characters that no header can have.
    #[error("the value of the header {0} has characters that cannot be sent: enter it again")]
    InvalidHeader(&'static str),
    /// An address to which no request is ever sent.
    #[error("{site} resolves to {address}, and requests to this address are blocked")]
    ForbiddenAddress {
        /// Scheme and host.
        site: String,
        /// Where it leads.
        address: std::net::IpAddr,
    },
    /// An address of a private network, while these are refused.
    #[error(
        "{site} resolves to {address} in a private network; such requests can be allowed under Settings → Security"
    )]
    PrivateAddress {
        /// Scheme and host.
        site: String,
        /// Where it leads.
        address: std::net::IpAddr,
    },
    /// The name has no address.
    #[error("the name of {site} cannot be resolved")]
    UnknownHost {
        /// Scheme and host.
        site: String,
        /// What the system said.
        #[source]
        source: reqwest::Error,
    },
    /// The certificate is not good for this name, or was signed by nobody who is trusted here.
    #[error("the certificate of {site} is not trusted: {reason}")]
    Certificate {
        /// Scheme and host.
        site: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody answers there.
    #[error("no connection to {site}: {reason}")]
    NoConnection {
        /// Scheme and host.
        site: String,
        /// The innermost cause.
        reason: String,
        /// All of it.
        #[source]
        source: reqwest::Error,
    },
    /// No answer in time.
    #[error("{site} did not respond within {} seconds", limit.as_secs_f32())]
    Timeout {
        /// Scheme and host.
        site: String,
        /// How long was waited.
        limit: Duration,
    },
    /// A redirect to another site.
    #[error("{site} redirects to {to}; use that address if it is correct")]
    RedirectElsewhere {
        /// Scheme and host.
        site: String,
        /// Scheme and host of the other site.
        to: String,
    },
    /// Redirects without an end.
    #[error("{0} redirects too many times")]
    TooManyRedirects(String),
    /// More than is read.
    #[error("the response of {site} is longer than {limit} bytes")]
    TooLarge {
        /// Scheme and host.
        site: String,
        /// What is read at most.
        limit: usize,
    },
    /// An answer that ended too early or cannot be understood.
    #[error("{site} sent an invalid response: {reason}")]
    Broken {
        /// Scheme and host.
        site: String,
        /// The innermost cause.
        reason: String,
        /// All of it.
        #[source]
        source: reqwest::Error,
    },
    /// No request can be made at all.
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

    /// Finds out what happened.
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

/// What it all began with.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The error and what is behind it. An [`io::Error`] keeps its cause where `source` does not look.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
    .collect()
}

fn find<'e, T: Error + 'static>(causes: &[&'e (dyn Error + 'static)]) -> Option<&'e T> {
    causes.iter().find_map(|cause| cause.downcast_ref())
}
