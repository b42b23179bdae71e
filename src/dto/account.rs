//! A person's own account.

use serde::{Deserialize, Serialize};

use super::{Moment, user::ApiKeyRow};
use crate::{
    access::{Role, Scope},
    ids::SessionId,
};

/// Everything about one's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPage {
    /// When it was asked for.
    pub now: Moment,
    /// Name that signs in.
    pub name: String,
    /// Profile and preferences.
    pub profile: Profile,
    /// Role.
    pub role: Role,
    /// When the password was last changed; never for people without one.
    pub password_changed: Option<Moment>,
    /// Whether the password was chosen by somebody else and has to be changed first.
    pub must_change_password: bool,
    /// State of the second factor.
    pub second_factor: SecondFactor,
    /// Where the person is signed in, last used first.
    pub sessions: Vec<SessionRow>,
    /// The person's API keys, newest first.
    pub api_keys: Vec<ApiKeyRow>,
    /// Scopes that keys of this person can have.
    pub scopes: Vec<Scope>,
    /// Names of all time zones.
    pub time_zones: Vec<String>,
    /// Name of the site's time zone.
    pub site_time_zone: String,
}

/// What a person says and likes; an empty text is "not said" or "as the site has it".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Name to read.
    pub display_name: String,
    /// E-mail address.
    pub email: String,
    /// Language, as in `en`.
    pub language: String,
    /// Colours: `system`, `light` or `dark`.
    pub theme: String,
    /// IANA name of the time zone that times are shown in.
    pub time_zone: String,
    /// How dates are written.
    pub date_format: DateFormat,
}

/// How dates are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateFormat {
    /// In words: `today 02:04`, `3 Nov 02:14`.
    #[default]
    Words,
    /// In figures: `2026-11-03 02:14`.
    Iso,
}

impl DateFormat {
    /// The word in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Iso => "iso",
        }
    }

    /// The inverse of [`Self::as_str`]; anything else is in words.
    pub fn from_word(word: &str) -> Self {
        if word == "iso" { Self::Iso } else { Self::Words }
    }
}

/// State of a person's second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondFactor {
    /// There is none.
    Off,
    /// It is being set up: the secret has to be put into an app, and a code from there proves it.
    Pending(Enrolment),
    /// It is on.
    On {
        /// Since when.
        since: Moment,
        /// Recovery codes that still work.
        recovery_codes_left: i64,
    },
    /// It is on, but the key that its secret was sealed with is lost: codes of the app cannot be checked.
    Unreadable {
        /// Recovery codes that still work.
        recovery_codes_left: i64,
    },
}

/// What an app needs to make codes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The secret, in base32, to type.
    pub secret: String,
    /// The same as an `otpauth://` address.
    pub uri: String,
    /// Modules in a row of the QR code, its quiet zone included.
    pub qr_size: u32,
    /// Dark modules of the QR code, as a path.
    pub qr_path: String,
}

// Not derived: what is logged must not hold the secret.
impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolment").finish_non_exhaustive()
    }
}

/// Where a person is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Row id.
    pub id: SessionId,
    /// Whether it is the one of this request.
    pub current: bool,
    /// What the browser calls itself; hostile text.
    pub device: String,
    /// Address it was last used from.
    pub address: String,
    /// When it began.
    pub created: Moment,
    /// When it was last used.
    pub last_seen: Moment,
    /// When it ends at the latest.
    pub expires: Moment,
}
