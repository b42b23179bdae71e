//! Light, dark or as the system has it: kept in a cookie, so that the server writes it into the first HTML.

use leptos::prelude::*;

/// Name of the cookie.
pub const THEME_COOKIE: &str = "duplistatus-theme";

/// The colours that a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Value of `data-theme` and of the cookie.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The inverse of [`Self::as_str`]; anything else is the system's.
    pub fn from_word(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The theme of this rendering.
pub fn use_theme() -> Theme {
    use_context().unwrap_or_default()
}
