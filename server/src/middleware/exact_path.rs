//! Redirects upload addresses that are nearly right to the exact one: a slash too many or too few, capitals, a missing base path.
//! Always with 308: after 301, 302 and 303 Duplicati sends a GET without a body, and considers the report sent.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::state::AppState;

/// Length of our ingest keys, which have no capitals.
const KEY: usize = 52;

/// Redirects paths that are nearly an upload address; lets everything else pass.
pub async fn redirect(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let asked = request.uri().path();
    let Some(exact) = exact(asked, state.base.as_str()).filter(|exact| exact != asked) else {
        return next.run(request).await;
    };
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    match HeaderValue::from_str(&format!("{exact}{query}")) {
        Ok(address) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, address)]).into_response(),
        Err(_) => next.run(request).await,
    }
}

/// Returns the upload address that a path stands for; `None` for any other path.
fn exact(path: &str, base: &str) -> Option<String> {
    let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
    for part in base.split('/').filter(|part| !part.is_empty()) {
        // The whole base path may be missing.
        parts.next_if(|asked| asked.eq_ignore_ascii_case(part));
    }
    let mut word = |known: &[&'static str]| {
        let asked = parts.next()?;
        known.iter().copied().find(|word| asked.eq_ignore_ascii_case(word))
    };
    let (api, door) = (word(&["api"])?, word(&["upload", "status"])?);
    let key = parts.next();
    if parts.next().is_some() {
        return None;
    }
    Some(match key {
        None => format!("{base}/{api}/{door}"),
        Some(key) if key.len() == KEY => format!("{base}/{api}/{door}/{}", key.to_ascii_lowercase()),
        Some(key) => format!("{base}/{api}/{door}/{key}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_means() {
        for (path, base, expected) in [
            ("/api/upload/abc", "", Some("/api/upload/abc")),
            ("/api/upload", "", Some("/api/upload")),
            ("/api/upload/", "", Some("/api/upload")),
            ("/api/status//abc", "", Some("/api/status/abc")),
            ("/api/status/abc/", "", Some("/api/status/abc")),
            ("//api/status/abc", "", Some("/api/status/abc")),
            ("/API/Upload/aBc", "", Some("/api/upload/aBc")),
            ("/api/upload/abc", "/backup", Some("/backup/api/upload/abc")),
            ("/Backup/api/upload/abc", "/backup", Some("/backup/api/upload/abc")),
            ("/a/b/api/upload/abc/", "/a/b", Some("/a/b/api/upload/abc")),
            ("/api/upload/abc/def", "", None),
            ("/api/v1/summary/", "", None),
            ("/elsewhere/api/upload/abc", "", None),
            ("/", "", None),
        ] {
            assert_eq!(exact(path, base).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_key_of_ours_has_no_capitals() {
        let key = "k7f2abcdefghijkmnpqrstuvwxyz23456789abcdefghijkmnpqr";
        let typed = format!("/api/upload/{}", key.to_ascii_uppercase());
        assert_eq!(exact(&typed, "").as_deref(), Some(&*format!("/api/upload/{key}")));
    }

    #[test]
    fn nothing_leads_elsewhere_and_what_it_leads_to_is_exact() {
        for path in ["//evil.example/api/upload/x", "/api/upload//evil.example", "/\\evil/api/upload/x"] {
            if let Some(exact) = exact(path, "") {
                assert!(exact.starts_with("/api/"), "{exact}");
                assert_eq!(super::exact(&exact, ""), Some(exact.clone()));
            }
        }
    }
}
