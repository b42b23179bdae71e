//! Logs: text for people, JSON on request, always to standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::cli::{GlobalOptions, LogFormat};

/// Starts logging.
///
/// # Errors
/// When the filter cannot be read, or logging was started before.
pub fn start(options: &GlobalOptions) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&options.log)?;
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match options.log_format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).try_init(),
    }
    .map_err(|error| anyhow::anyhow!(error))
}
