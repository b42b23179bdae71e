//! Logging: text or JSON to standard error, and the newest lines in memory for the log page.

use std::{fmt, io::IsTerminal as _, sync::Arc};

use duplistatus::{
    clock::Clock,
    dto::log::LogLevel,
    log_buffer::{LogBuffer, LogEntry},
};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter, Layer,
    layer::{Context, SubscriberExt as _},
    util::SubscriberInitExt as _,
};

use crate::cli::{GlobalOptions, LogFormat};

/// Starts logging, and returns the buffer of the newest lines.
///
/// # Errors
/// If the filter is invalid, or logging was started before.
pub fn start(options: &GlobalOptions) -> anyhow::Result<Arc<LogBuffer>> {
    let filter = EnvFilter::try_new(&options.log)?;
    let clock = Clock::system();
    let buffer = Arc::new(LogBuffer::new(&options.log, &clock));
    let text = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let written = match options.log_format {
        LogFormat::Json => text.json().flatten_event(true).boxed(),
        LogFormat::Text => text.with_ansi(std::io::stderr().is_terminal()).boxed(),
    };
    let captured = Capture { buffer: Arc::clone(&buffer), clock };
    tracing_subscriber::registry().with(filter).with(written).with(captured).try_init()?;
    Ok(buffer)
}

/// Stores log lines in memory.
#[derive(Debug)]
pub struct Capture {
    /// The buffer.
    pub buffer: Arc<LogBuffer>,
    /// The clock.
    pub clock: Clock,
}

impl<S: Subscriber> Layer<S> for Capture {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut parts = EventFields::default();
        event.record(&mut parts);
        if parts.is_of_the_log_page() {
            return;
        }
        let metadata = event.metadata();
        let EventFields { message, target, fields } = parts;
        self.buffer.push(LogEntry {
            at: self.clock.now(),
            level: level(*metadata.level()),
            target: target.unwrap_or_else(|| metadata.target().to_owned()),
            message,
            fields,
        });
    }
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    }
}

/// The fields of an event.
#[derive(Debug, Default)]
struct EventFields {
    message: String,
    target: Option<String>,
    fields: Vec<(String, String)>,
}

impl EventFields {
    fn add(&mut self, field: &Field, value: String) {
        match field.name() {
            "message" => self.message = value,
            // Libraries that use the `log` crate send their target as a field.
            "log.target" => self.target = Some(value),
            name if name.starts_with("log.") => {}
            name => self.fields.push((name.to_owned(), value)),
        }
    }

    /// Returns whether the event is a request of the log page. A page that follows the log would otherwise fill it
    /// with its own requests, endlessly.
    fn is_of_the_log_page(&self) -> bool {
        let value = |name: &str| self.fields.iter().find(|(known, _)| known == name).map(|(_, v)| v.as_str());
        let route = value("route").unwrap_or_default();
        value("status") == Some("200")
            && (route.ends_with("/api/fn/log") || route.ends_with("/api/fn/log_newest"))
    }
}

impl Visit for EventFields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.to_owned());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.add(field, value.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(filter: &str, work: impl FnOnce()) -> Vec<String> {
        let buffer = Arc::new(LogBuffer::default());
        let capture = Capture { buffer: Arc::clone(&buffer), clock: Clock::system() };
        let subscriber = tracing_subscriber::registry().with(EnvFilter::new(filter)).with(capture);
        tracing::subscriber::with_default(subscriber, work);
        let show = |kept: &Arc<duplistatus::log_buffer::LogRecord>| {
            let LogEntry { level, target, message, fields, .. } = &kept.entry;
            format!("{level} {target} {message} {fields:?}")
        };
        buffer.lines().iter().map(show).collect()
    }

    #[test]
    fn events_are_kept_with_their_fields() {
        let lines = captured("debug", || {
            let secret = "k7f2abc";
            tracing::warn!(
                status = 503_u16,
                route = "/api/upload/{key}",
                quoted = "a \"b\"",
                "request {}",
                1
            );
            tracing::error!(target: "other", error = %"broken", "/api/upload/{secret} failed");
            tracing::trace!("not this one");
        });
        assert_eq!(
            lines,
            [
                "warn server::logging::tests request 1 [(\"status\", \"503\"), (\"route\", \
                 \"/api/upload/{key}\"), (\"quoted\", \"a \\\"b\\\"\")]",
                "error other /api/upload/*** failed [(\"error\", \"broken\")]",
            ]
        );
    }

    #[test]
    fn the_page_of_the_log_does_not_see_its_own_questions() {
        let lines = captured("debug", || {
            for (route, status) in [("/x/api/fn/log_newest", 200), ("/api/fn/log", 200), ("/api/fn/log", 401)]
            {
                tracing::debug!(route, status, "request");
            }
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
    }
}
