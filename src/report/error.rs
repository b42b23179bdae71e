//! Why a body was rejected. Invariant: message and hint never quote the body, which may contain secrets.

use thiserror::Error;

/// A body that cannot be read as a report, with a hint for the person who set up the sender.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}{}", field_suffix(.field.as_deref()))]
pub struct ReportError {
    /// The kind of error, which the HTTP handler maps to a response.
    pub kind: ReportErrorKind,
    /// The JSON key that the error is about, if any.
    pub field: Option<String>,
    /// How to correct it, in one or two sentences.
    pub hint: String,
}

/// The reasons for a rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum ReportErrorKind {
    /// The body has nothing but white space.
    #[error("the body is empty")]
    Empty,
    /// The body has more bytes than [`super::Limits::max_bytes`].
    #[error("the body is too large")]
    TooLarge,
    /// The body is declared as JSON, or starts like it, but is not valid JSON.
    #[error("the body is not valid JSON")]
    NotJson,
    /// Valid JSON whose top level is not an object.
    #[error("the top level of the JSON is not an object")]
    NotAnObject,
    /// The JSON is nested more deeply than [`super::Limits::max_depth`].
    #[error("the JSON is nested too deeply")]
    TooDeep,
    /// More object keys than [`super::Limits::max_keys`].
    #[error("the JSON has too many keys")]
    TooManyKeys,
    /// More separate values than [`super::Limits::max_values`].
    #[error("the JSON has too many values")]
    TooManyValues,
    /// A JSON object that is neither a report nor a live status.
    #[error("the JSON is not a Duplicati report")]
    NotAReport,
    /// `Data` has no part of a result.
    #[error("the report contains no result")]
    NoResult,
    /// A text that lost its line breaks on the way.
    #[error("the line breaks of the text are missing")]
    NoLineEnds,
    /// A text that a mail program encoded.
    #[error("the body is encoded as quoted-printable")]
    QuotedPrintable,
}

fn field_suffix(field: Option<&str>) -> String {
    field.map(|name| format!(" (in {name})")).unwrap_or_default()
}

impl ReportError {
    pub(crate) fn new(kind: ReportErrorKind, hint: impl Into<String>) -> Self {
        Self { kind, field: None, hint: hint.into() }
    }

    /// Returns the same error for one key.
    pub(crate) fn in_field(self, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..self }
    }

    pub(crate) fn empty() -> Self {
        Self::new(
            ReportErrorKind::Empty,
            "The request was empty. Remove a custom send-http-message that produces no text, or use --send-http-json-urls.",
        )
    }

    pub(crate) fn not_json(cause: &serde_json::Error) -> Self {
        Self::new(
            ReportErrorKind::NotJson,
            format!(
                "Reading stopped at line {}, column {}. Send the report unchanged, for instance with --send-http-json-urls; \
                 a relay must not change it.",
                cause.line(),
                cause.column()
            ),
        )
    }

    pub(crate) fn no_result() -> Self {
        Self::new(
            ReportErrorKind::NoResult,
            "Data contains none of the keys of a result, such as MainOperation, ParsedResult or BeginTime. Configure the relay to \
             forward Duplicati's report unchanged.",
        )
        .in_field("Data")
    }

    pub(crate) fn no_line_ends() -> Self {
        Self::new(
            ReportErrorKind::NoLineEnds,
            "The whole report is on one line, so the values cannot be separated. Send it unchanged, or use \
             --send-http-json-urls.",
        )
    }

    pub(crate) fn quoted_printable() -> Self {
        Self::new(
            ReportErrorKind::QuotedPrintable,
            "A relay encoded it like an email (=0D=0A, =3D). Send it decoded, or use --send-http-json-urls.",
        )
    }

    pub(crate) fn not_an_object() -> Self {
        Self::new(
            ReportErrorKind::NotAnObject,
            "A report is one JSON object. Send one report per request, not a list.",
        )
    }

    pub(crate) fn not_a_report() -> Self {
        Self::new(
            ReportErrorKind::NotAReport,
            "It has none of the keys Data, Extra, LogLines, Exception, MainOperation or ParsedResult. \
             Set --send-http-json-urls in Duplicati to this address, or configure the relay to forward its report unchanged.",
        )
    }
}
