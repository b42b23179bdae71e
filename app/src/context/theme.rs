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

/// The theme of this rendering: provided by the server, in the browser what the server wrote into the document.
pub fn use_theme() -> Theme {
    #[cfg(feature = "hydrate")]
    let from_page = document()
        .document_element()
        .and_then(|html| html.get_attribute("data-theme"))
        .map(|word| Theme::from_word(&word));
    #[cfg(not(feature = "hydrate"))]
    let from_page = None;
    use_context().or(from_page).unwrap_or_default()
}

/// Value of `Set-Cookie` that remembers the colours in this browser for a year.
pub fn theme_cookie(theme: Theme, cookie_path: &str) -> String {
    format!("{THEME_COOKIE}={}; Path={cookie_path}; Max-Age=31536000; SameSite=Lax", theme.as_str())
}

/// Changes the colours of the open page and remembers them; nothing on the server, which does it by a form.
pub fn set_theme(theme: Theme, cookie_path: &str) {
    #[cfg(feature = "hydrate")]
    {
        if let Some(html) = document().document_element() {
            // A page that cannot be painted anew is painted so at its next loading.
            let _ = html.set_attribute("data-theme", theme.as_str());
        }
        let cookie = theme_cookie(theme, cookie_path);
        let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (theme, cookie_path);
}
