//! Responses to requests rejected because of their origin: for an unknown host, from another site, without TLS.
//!
//! They name what was sent and the options that change it: as a page for users, as JSON for programs, and in the log, at
//! most once a minute.

use std::{
    fmt::Write as _,
    sync::Mutex,
    time::{Duration, Instant},
};

use app::{locale::use_locale, shell::rejected_request::Refused};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::answer::rejection;
use crate::site::site_files;

/// Minimum time between two log messages of the same kind.
const SAID_AGAIN: Duration = Duration::from_secs(60);

/// The responses to a rejected request.
pub trait RejectionResponse {
    /// Returns the response; a page if a browser displays it.
    fn answer(&self, base: &str, for_people: bool) -> Response;

    /// Logs the rejection, unless one was logged recently.
    fn log(&self, log_throttle: &LogThrottle);
}

fn status(refused: &Refused) -> StatusCode {
    match refused {
        Refused::Host { .. } => StatusCode::MISDIRECTED_REQUEST,
        Refused::Origin { .. } | Refused::Plain { .. } => StatusCode::FORBIDDEN,
    }
}

fn code(refused: &Refused) -> &'static str {
    match refused {
        Refused::Host { .. } => "unknown_host",
        Refused::Origin { .. } => "foreign_origin",
        Refused::Plain { .. } => "https_required",
    }
}

impl RejectionResponse for Refused {
    fn answer(&self, base: &str, for_people: bool) -> Response {
        let (title, texts) = self.words(use_locale());
        if !for_people {
            return rejection(status(self), code(self), title, texts.join(" "));
        }
        let mut body = String::new();
        for text in texts {
            // Writing to a `String` cannot fail.
            let _ = write!(body, "<p>{}</p>", escaped(&text));
        }
        let page = format!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} · duplistatus</title>\
             <link rel=\"stylesheet\" href=\"{base}{css}\"></head><body><main class=\"page\">\
             <section class=\"card sign-in\"><h1>{title}</h1>{body}</section></main></body></html>\n",
            title = escaped(&title),
            css = site_files().css,
        );
        (status(self), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
    }

    fn log(&self, log_throttle: &LogThrottle) {
        let Some(unsaid) = log_throttle.now(code(self)) else { return };
        let (title, texts) = self.words(use_locale());
        tracing::warn!(unsaid, "{title}: {}", texts.join(" "));
    }
}

/// Escapes a text for HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The recently logged rejections, so that strangers cannot fill the log.
#[derive(Debug, Default)]
pub struct LogThrottle(Mutex<Vec<(&'static str, Instant, u64)>>);

impl LogThrottle {
    /// Returns `None` if it was logged recently; otherwise how often it was suppressed since.
    fn now(&self, what: &'static str) -> Option<u64> {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = Instant::now();
        let Some((_, last, unsaid)) = all.iter_mut().find(|(known, _, _)| *known == what) else {
            all.push((what, now, 0));
            return Some(0);
        };
        if now.duration_since(*last) < SAID_AGAIN {
            *unsaid += 1;
            return None;
        }
        *last = now;
        Some(std::mem::take(unsaid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_says_it_once_a_minute() {
        let log_throttle = LogThrottle::default();
        assert_eq!(log_throttle.now("unknown_host"), Some(0));
        assert_eq!(log_throttle.now("unknown_host"), None);
        assert_eq!(log_throttle.now("foreign_origin"), Some(0));
    }

    #[test]
    fn what_a_request_says_is_text_on_the_page() {
        assert_eq!(escaped("<script>\"&"), "&lt;script&gt;&quot;&amp;");
    }
}
