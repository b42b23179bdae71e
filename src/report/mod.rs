//! Reads what Duplicati servers send: reports as JSON, as text or in a form, and live status.
//!
//! Invariant: [`parse`] is pure, never panics and needs memory in proportion to the body. What it returns is bounded,
//! printable and free of recognizable credentials. The body decides its format, not the declared content type.

mod build;
mod cause;
mod counters;
mod culture_date;
mod details;
mod document;
mod dotnet_exception;
mod encoding;
mod ending;
mod error;
mod exception;
#[cfg(feature = "ssr")]
mod exchange;
mod form;
mod gather;
mod header;
mod identity;
mod json;
mod limits;
mod line;
mod live;
mod log;
mod mask;
mod operation;
mod own_secrets;
mod remote_sync;
mod reporting_lines;
mod scan;
mod sender;
mod status;
mod storage;
#[cfg(feature = "ssr")]
mod stored;
mod text;
mod time;
mod types;
mod unreadable;
mod value;
mod versions;

#[cfg(test)]
mod reading_tests;
#[cfg(test)]
mod tests;

#[cfg(feature = "ssr")]
pub(crate) use cause::of_stored as cause;
pub use counters::Counters;
pub(crate) use ending::is_cancelled;
pub use ending::{LogOf, LogSigns};
pub use error::{ReportError, ReportErrorKind};
pub use identity::Identity;
pub use limits::{
    Limits, MAX_EXCEPTION_BYTES, MAX_IDENTITY_CHARS, MAX_LINE_BYTES, MAX_LOG_BYTES, MAX_LOG_LINES,
    MAX_UNIDENTIFIED_BYTES, MAX_WORD_BYTES,
};
pub use line::{Level, LogLine};
pub use live::{LiveState, LiveStatus};
pub use log::Log;
pub use mask::{mask_secrets, mask_secrets_in_json};
pub use operation::Operation;
pub use own_secrets::{hide as hide_own_secrets, hide_key};
#[cfg(feature = "ssr")]
pub(crate) use reporting_lines::warnings as warnings_about_reporting;
pub use reporting_lines::{is_about as is_about_reporting, is_about_us as is_about_our_address};
pub use sender::{key_in, sender};
pub use status::{Status, UnknownStatus};
pub use storage::Storage;
pub use types::Report;
pub use unreadable::Unreadable;

#[cfg(feature = "ssr")]
pub(crate) use exchange::{read as read_log, written as written_log};
#[cfg(feature = "ssr")]
pub(crate) use identity::clean as clean_name;
#[cfg(feature = "ssr")]
pub(crate) use limits::{prose as bounded_prose, word};
#[cfg(feature = "ssr")]
pub(crate) use remote_sync::RemoteSyncs;
#[cfg(feature = "ssr")]
pub(crate) use stored::{ReadLists, StoredLists, stored_versions};
#[cfg(feature = "ssr")]
pub(crate) use time::{parse_duration, parse_instant};

use value::Object;

/// The content of one request.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// The report of a finished run.
    Report(Box<Report>),
    /// The current state of a running run.
    Live(Box<LiveStatus>),
    /// Text that does not identify a run, such as that of a custom template.
    Unidentified(Unidentified),
}

/// Text that is not a report of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unidentified {
    /// Why it cannot be read.
    pub why: Unreadable,
    /// The text, at most 4 KiB, masked.
    pub text: String,
}

/// Parses one request body within the default [`Limits`]. `content_type` is the header's value and is not trusted.
///
/// # Errors
/// [`ReportError`] if the body is empty, exceeds a limit, claims to be JSON but is not, or is JSON but not a report.
pub fn parse(content_type: Option<&str>, body: &[u8]) -> Result<Message, ReportError> {
    parse_within(content_type, body, &Limits::default())
}

/// Parses one request body within `limits` of size, nesting and number of keys and values.
///
/// # Errors
/// Same as [`parse`].
pub fn parse_within(
    content_type: Option<&str>,
    body: &[u8],
    limits: &Limits,
) -> Result<Message, ReportError> {
    if body.len() > limits.max_bytes {
        let hint = format!("At most {} bytes are read. Lower --send-http-max-log-lines.", limits.max_bytes);
        return Err(ReportError::new(ReportErrorKind::TooLarge, hint));
    }
    let decoded = encoding::decode(body);
    let text = decoded.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{FEFF}');
    if text.is_empty() {
        return Err(ReportError::empty());
    }
    let nothing = Object::new();
    match Format::of(content_type, text) {
        Format::Json => document::parse(text, &nothing, limits),
        Format::Text => parse_text(text, &nothing),
        Format::Form => {
            let form = form::parse(text);
            let message = form.message.trim_start_matches('\u{FEFF}');
            if message.trim().is_empty() {
                Err(ReportError::empty().in_field("message"))
            } else if json::looks_like_json(message) {
                document::parse(message, &form.parameters, limits)
            } else {
                parse_text(message, &form.parameters)
            }
        }
    }
}

/// Returns the readable text of a body: decoded, extracted from its form, masked, at most `max_bytes`. The second
/// value says whether it was cut. Other parameters of a form are left out, because they can contain anything.
#[must_use]
pub fn readable(content_type: Option<&str>, body: &[u8], max_bytes: usize) -> (String, bool) {
    let decoded = encoding::decode(body);
    let text = decoded.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{FEFF}');
    let format = Format::of(content_type, text);
    let text = if format == Format::Form { form::parse(text).message } else { text.to_owned() };
    let masked = if format == Format::Json || json::looks_like_json(&text) {
        mask_secrets_in_json(&text)
    } else {
        mask_secrets(&text)
    };
    let end = masked.floor_char_boundary(max_bytes);
    (masked.get(..end).unwrap_or_default().to_owned(), end < masked.len())
}

fn parse_text(text: &str, parameters: &Object) -> Result<Message, ReportError> {
    let whole = unreadable::with_line_ends(text)?;
    let why = match Unreadable::of(&whole) {
        Some(why) => why,
        None => match text::parse(&whole) {
            Some(parts) => {
                let report = text::with_parameters(parts, parameters).into_report();
                return Ok(Message::Report(Box::new(report)));
            }
            None if text::names_a_job(&whole) => Unreadable::NoResult,
            None => Unreadable::NamesNothing,
        },
    };
    let text = limits::prose(text, MAX_UNIDENTIFIED_BYTES).ok_or_else(ReportError::empty)?;
    Ok(Message::Unidentified(Unidentified { why, text }))
}

/// The format of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Form,
    Text,
}

impl Format {
    /// Detects the format from the body; the declared type decides only if the body is ambiguous.
    fn of(content_type: Option<&str>, text: &str) -> Self {
        let declared = content_type.unwrap_or_default().to_ascii_lowercase();
        if json::looks_like_json(text) {
            Self::Json
        } else if form::looks_like_form(text) {
            Self::Form
        } else if declared.contains("json") || is_encoded_json(text) {
            Self::Json
        } else if declared.contains("x-www-form-urlencoded") {
            Self::Form
        } else {
            Self::Text
        }
    }
}

/// Returns whether a text is a JSON string that contains a JSON object.
fn is_encoded_json(text: &str) -> bool {
    text.strip_prefix('"').is_some_and(|inner| inner.trim_start().starts_with('{'))
}
