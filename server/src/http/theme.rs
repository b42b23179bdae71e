//! `POST /api/theme`: stores the theme chosen by a user, for browsers without JavaScript.

use app::context::{
    theme::{Theme, theme_cookie},
    url::own_page,
};
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
pub struct ThemeForm {
    /// The name of a [`Theme`].
    theme: String,
    /// Path and query, inside the application, of the page with the form.
    #[serde(default)]
    page: String,
}

/// Sets the cookie and redirects to the page with the form.
pub async fn choose(State(state): State<AppState>, Form(choice): Form<ThemeForm>) -> Response {
    let cookie = theme_cookie(Theme::from_word(&choice.theme), state.base.cookie_path());
    let page = state.base.url(own_page(&choice.page));
    (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, page)]).into_response()
}
