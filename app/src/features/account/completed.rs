//! The sections of the page, and what can have been done in them: the address of the page says it after a form.

use crate::{locale::Locale, tr};

/// A section of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Name and e-mail address.
    Profile,
    /// Language, colours, times.
    Preferences,
    /// The password.
    Password,
    /// The second factor.
    SecondFactor,
    /// Where one is signed in.
    Sessions,
    /// API keys.
    ApiKeys,
}

impl Part {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 6] =
        [Self::Profile, Self::Preferences, Self::Password, Self::SecondFactor, Self::Sessions, Self::ApiKeys];

    /// Id of its element.
    pub fn id(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Preferences => "preferences",
            Self::Password => "password",
            Self::SecondFactor => "second-factor",
            Self::Sessions => "sessions",
            Self::ApiKeys => "api-keys",
        }
    }

    /// Its heading.
    pub fn title(self, locale: Locale) -> String {
        match self {
            Self::Profile => tr!(locale, account.parts.profile),
            Self::Preferences => tr!(locale, account.parts.preferences),
            Self::Password => tr!(locale, account.parts.password),
            Self::SecondFactor => tr!(locale, account.parts.second_factor),
            Self::Sessions => tr!(locale, account.parts.sessions),
            Self::ApiKeys => tr!(locale, account.parts.api_keys),
        }
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completed {
    /// The profile was saved.
    Profile,
    /// The preferences were saved.
    Preferences,
    /// The password was changed.
    Password,
    /// A second factor was begun.
    SecondFactorBegun,
    /// The second factor was switched on.
    SecondFactorOn,
    /// There are new recovery codes.
    RecoveryCodes,
    /// The second factor was switched off.
    SecondFactorOff,
    /// A session was ended.
    SessionEnded,
    /// All other sessions were ended.
    OtherSessionsEnded,
    /// An API key was made.
    KeyMade,
    /// An API key was revoked.
    KeyRevoked,
}

impl Completed {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Profile,
        Self::Preferences,
        Self::Password,
        Self::SecondFactorBegun,
        Self::SecondFactorOn,
        Self::RecoveryCodes,
        Self::SecondFactorOff,
        Self::SessionEnded,
        Self::OtherSessionsEnded,
        Self::KeyMade,
        Self::KeyRevoked,
    ];

    /// The word in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Preferences => "preferences",
            Self::Password => "password",
            Self::SecondFactorBegun => "second-factor-begun",
            Self::SecondFactorOn => "second-factor-on",
            Self::RecoveryCodes => "recovery-codes",
            Self::SecondFactorOff => "second-factor-off",
            Self::SessionEnded => "session-ended",
            Self::OtherSessionsEnded => "other-sessions-ended",
            Self::KeyMade => "key-made",
            Self::KeyRevoked => "key-revoked",
        }
    }

    /// The inverse of [`Self::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.as_str() == word)
    }

    /// Where it was done.
    pub fn part(self) -> Part {
        match self {
            Self::Profile => Part::Profile,
            Self::Preferences => Part::Preferences,
            Self::Password => Part::Password,
            Self::SecondFactorBegun | Self::SecondFactorOn | Self::RecoveryCodes | Self::SecondFactorOff => {
                Part::SecondFactor
            }
            Self::SessionEnded | Self::OtherSessionsEnded => Part::Sessions,
            Self::KeyMade | Self::KeyRevoked => Part::ApiKeys,
        }
    }

    /// A sentence that says it.
    pub fn words(self, locale: Locale) -> String {
        match self {
            Self::Profile => tr!(locale, account.done.profile),
            Self::Preferences => tr!(locale, account.done.preferences),
            Self::Password => tr!(locale, account.done.password),
            Self::SecondFactorBegun => tr!(locale, account.done.second_factor_begun),
            Self::SecondFactorOn => tr!(locale, account.done.second_factor_on),
            Self::RecoveryCodes => tr!(locale, account.done.recovery_codes),
            Self::SecondFactorOff => tr!(locale, account.done.second_factor_off),
            Self::SessionEnded => tr!(locale, account.done.session_ended),
            Self::OtherSessionsEnded => tr!(locale, account.done.other_sessions_ended),
            Self::KeyMade => tr!(locale, account.done.key_made),
            Self::KeyRevoked => tr!(locale, account.done.key_revoked),
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_and_say_different_things() {
        let mut said: Vec<String> = Vec::new();
        for done in Completed::ALL {
            assert_eq!(Completed::from_word(done.as_str()), Some(done));
            assert!(Part::ALL.contains(&done.part()));
            said.push(done.words(Locale::en));
        }
        said.sort();
        said.dedup();
        assert_eq!(said.len(), Completed::ALL.len());
        assert_eq!(Completed::from_word("<b>"), None);
    }
}
