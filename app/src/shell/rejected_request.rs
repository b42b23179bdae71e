//! Refusals that have to do with the way on which a request came, in words: to a foreign host, from a foreign page,
//! without TLS. They name what came, and the options that change it.

use crate::{locale::Locale, tr};

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The host is not one of ours.
    Host {
        /// What was asked for.
        host: String,
    },
    /// Another page sent it, or a proxy changed the host.
    Origin {
        /// The page's scheme and host.
        origin: String,
        /// What was asked for.
        host: String,
    },
    /// People sign in over TLS only, and this page came without.
    Plain {
        /// The page's scheme and host.
        origin: String,
        /// Where to sign in.
        url: String,
    },
}

impl Refused {
    /// What it is, and why and what to do.
    pub fn words(&self, locale: Locale) -> (String, Vec<String>) {
        match self {
            Self::Host { host } => {
                // Without its port, as the option wants it.
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
