//! Describes requests that were rejected because of their origin: for an unknown host, from another site, without
//! TLS. The texts name what was sent, and the options that change it.

use crate::{locale::Locale, tr};

/// Why a request was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The host is not allowed.
    Host {
        /// The requested host.
        host: String,
    },
    /// Another site sent it, or a proxy changed the host.
    Origin {
        /// The page's scheme and host.
        origin: String,
        /// The requested host.
        host: String,
    },
    /// Signing in requires TLS, and the page was loaded without it.
    Plain {
        /// The page's scheme and host.
        origin: String,
        /// The address at which to sign in.
        url: String,
    },
}

impl Refused {
    /// Returns the title, and the paragraphs with the reason and what to do.
    pub fn words(&self, locale: Locale) -> (String, Vec<String>) {
        match self {
            Self::Host { host } => {
                // Without its port, as in the option.
                let name = host.split(':').next().unwrap_or_default().to_owned();
                (
                    tr!(locale, refused.host.title, host = host.clone()),
                    vec![tr!(locale, refused.host.why), tr!(locale, refused.host.what, name = name)],
                )
            }
            Self::Origin { origin, host } => (
                tr!(locale, refused.origin.title),
                vec![
                    tr!(locale, refused.origin.why, origin = origin.clone(), host = host.clone()),
                    tr!(locale, refused.origin.what, origin = origin.clone()),
                ],
            ),
            Self::Plain { origin, url } => (
                tr!(locale, refused.plain.title),
                vec![
                    tr!(locale, refused.plain.why, origin = origin.clone()),
                    tr!(locale, refused.plain.what, url = url.clone()),
                ],
            ),
        }
    }
}
