//! The theme: light, dark or the system's. It is stored in a cookie, so that the server includes it in the
//! first HTML.

use leptos::prelude::*;

/// Name of the cookie.
pub const THEME_COOKIE: &str = "duplistatus-theme";

/// The theme chosen by a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// The system's theme.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Returns the value of `data-theme` and of the cookie.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The inverse of [`Self::as_str`]; any other word is the system's theme.
    pub fn from_word(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// Returns the theme: from the server's context, in the browser from the document.
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

/// Returns the `Set-Cookie` value that stores the theme for a year.
pub fn theme_cookie(theme: Theme, cookie_path: &str) -> String {
    format!("{THEME_COOKIE}={}; Path={cookie_path}; Max-Age=31536000; SameSite=Lax", theme.as_str())
}

/// Changes and stores the theme of the open page. Does nothing on the server, which handles it as a form.
pub fn set_theme(theme: Theme, cookie_path: &str) {
    #[cfg(feature = "hydrate")]
    {
        if let Some(html) = document().document_element() {
            // If this fails, the theme changes when the page is loaded again.
            let _ = html.set_attribute("data-theme", theme.as_str());
        }
        let cookie = theme_cookie(theme, cookie_path);
        let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (theme, cookie_path);
}
