//! Badges as images, and their addresses.

use app::{locale::use_locale, ui::badge::verdict_word};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};
use duplistatus::{
    dto::sharing::Subject,
    error::Error,
    ids::{JobId, ServerId},
    service::{Actor, programs::badges, session::Caller},
    verdict::Verdict,
};
use serde_json::json;

use super::{
    answer::service_problem,
    query::{QueryParameters, invalid},
};
use crate::state::AppState;

/// Width of a character, in units of the image: texts are stretched to what they are given.
const CHARACTER: usize = 7;
/// Space before and after a text.
const SPACE: usize = 6;
/// Maximum characters of a name.
const NAME: usize = 60;

/// `GET /badge/{token}`: the state as SVG.
pub async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(token): Path<String>,
) -> Response {
    let token = token.strip_suffix(".svg").unwrap_or(&token);
    let badge = match badges::show(&state.services, &caller, token).await {
        Ok(badge) => badge,
        Err(error) => return service_problem(&error),
    };
    let name = if badge.name.is_empty() { "backups" } else { &badge.name };
    let word = verdict_word(use_locale(), badge.verdict);
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "max-age=60"),
        // Pages of other sites show it.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, svg(name, &word, colour(badge.verdict))).into_response()
}

/// Returns the address of a badge.
#[utoipa::path(get, path = "/api/v1/badge", tag = "site",
    responses((status = 200, description = "`path`, and `url` if there is a public address", body = Object)))]
pub async fn address(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    match token(&state, &actor, &words).await {
        Ok(token) => {
            let path = state.base.url(&format!("/badge/{token}.svg"));
            let origin = state.public_url.as_ref().map(ToString::to_string);
            let url = origin.map(|origin| format!("{origin}{path}"));
            Json(json!({ "path": path, "url": url })).into_response()
        }
        Err(error) => service_problem(&error),
    }
}

async fn token(state: &AppState, actor: &Actor, words: &QueryParameters) -> Result<String, Error> {
    let id = |name: &'static str| {
        let word = words.get(name).map(str::parse::<i64>);
        word.transpose().map_err(|_| invalid(name, "use the number of the server or job"))
    };
    let subject = match (words.get("group"), id("server")?, id("job")?) {
        (None, None, None) => Subject::Site,
        (Some(name), None, None) => badges::group(&state.services, actor, name).await?,
        (None, Some(server), None) => Subject::Server(ServerId(server)),
        (None, None, Some(job)) => Subject::Job(JobId(job)),
        _ => return Err(invalid("query", "give one of group, server and job, or none")),
    };
    badges::token(&state.services, actor, subject).await
}

/// Dark enough for white text.
const fn colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Stuck | Verdict::Failed => "#b3261e",
        Verdict::Late => "#a8430a",
        Verdict::Check => "#7a5a00",
        Verdict::Stale => "#6b4a8c",
        Verdict::New | Verdict::Paused => "#4f5b66",
        Verdict::Ok => "#1f7a3a",
    }
}

/// Writes a badge: a name, and a word on a colour. It is also read aloud, by its title.
fn svg(name: &str, word: &str, colour: &str) -> String {
    let shortened: String = name.chars().filter(|c| !c.is_control()).take(NAME).collect();
    let width = |text: &str| text.chars().count() * CHARACTER;
    let (left, right) = (width(&shortened) + 2 * SPACE, width(word) + 2 * SPACE);
    let (total, middle, name, word) = (left + right, left + SPACE, escaped(&shortened), escaped(word));
    let (of_name, of_word) = (left - 2 * SPACE, right - 2 * SPACE);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{total}\" height=\"20\" viewBox=\"0 0 {total} 20\" role=\"img\" \
         aria-label=\"{name}: {word}\"><title>{name}: {word}</title><clipPath id=\"r\"><rect width=\"{total}\" height=\"20\" rx=\"3\"/></clipPath>\
         <g clip-path=\"url(#r)\"><rect width=\"{left}\" height=\"20\" fill=\"#30363d\"/><rect x=\"{left}\" width=\"{right}\" height=\"20\" \
         fill=\"{colour}\"/></g><g fill=\"#fff\" font-family=\"Verdana,Geneva,DejaVu Sans,sans-serif\" font-size=\"11\">\
         <text x=\"{SPACE}\" y=\"14\" textLength=\"{of_name}\" lengthAdjust=\"spacingAndGlyphs\">{name}</text>\
         <text x=\"{middle}\" y=\"14\" textLength=\"{of_word}\" lengthAdjust=\"spacingAndGlyphs\">{word}</text></g></svg>\n"
    )
}

/// Escapes a text for XML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // No text of XML contains these.
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_text() {
        let image = svg("<script>alert(\"1\")</script>&'\u{0}\u{ffff}", "OK", "#000");
        assert!(
            !image.contains("<script") && !image.contains("\"1\"") && !image.contains('\u{0}'),
            "{image}"
        );
        assert!(
            image.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\u{fffd}"),
            "{image}"
        );
        assert_eq!(image.matches("<text ").count(), 2);
    }

    #[test]
    fn a_long_name_is_cut_and_the_width_follows_the_text() {
        let image = svg(&"ä".repeat(500), "OK", "#000");
        assert!(image.contains(&format!("width=\"{}\"", 60 * 7 + 12 + 2 * 7 + 12)), "{image}");
        assert!(svg("nas", "OK", "#000").contains("width=\"59\""));
    }

    #[test]
    fn white_text_is_readable_on_every_colour() {
        let channel = |hex: &str| {
            let part = f64::from(u8::from_str_radix(hex, 16).unwrap()) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        for verdict in Verdict::ALL {
            let colour = colour(verdict);
            let [red, green, blue] = [1, 3, 5].map(|at| channel(&colour[at..at + 2]));
            let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
            assert!(1.05 / (luminance + 0.05) >= 4.5, "{verdict:?}: {colour}");
        }
    }
}
