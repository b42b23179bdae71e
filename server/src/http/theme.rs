//! `POST /api/theme`: remembers the colours that a person chose, for browsers without JavaScript.

use app::ui::theme::{THEME_COOKIE, Theme};
use axum::{
    Form,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use crate::state::AppState;

/// The form.
#[derive(Debug, Deserialize)]
pub struct Choice {
    /// A word of [`Theme`].
    theme: String,
    /// Path and query, inside the application, of the page that the form was on.
    #[serde(default)]
    page: String,
}

/// Sets the cookie and goes back to the page that the form was on.
pub async fn choose(State(state): State<AppState>, Form(choice): Form<Choice>) -> Response {
    let theme = Theme::from_word(&choice.theme).as_str();
    let cookie =
        format!("{THEME_COOKIE}={theme}; Path={}; Max-Age=31536000; SameSite=Lax", state.base.cookie_path());
    let page = state.base.url(own_page(&choice.page));
    (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, page)]).into_response()
}

/// A path of this site; anything else, such as `//elsewhere.example`, is the dashboard.
fn own_page(page: &str) -> &str {
    let is_own = page.starts_with('/')
        && !page.starts_with("//")
        && page.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_own { page } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_stays_here() {
        assert_eq!(own_page("/servers/1?job=2"), "/servers/1?job=2");
        for elsewhere in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x"]
        {
            assert_eq!(own_page(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
