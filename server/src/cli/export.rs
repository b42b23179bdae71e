//! `duplistatus db export`.

use std::path::PathBuf;

use clap::{Args, builder::PossibleValuesParser, builder::TypedValueParser as _};
use duplistatus::{
    dto::export::{ExportFormat, ExportQuery, read_day, read_status},
    status::Status,
    time::Day,
};

use super::Confirmation;

/// Which runs are written, and how.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// File to write, or `-` for standard output
    pub file: PathBuf,
    /// Format: json or csv [default: from the file extension, else json]
    #[arg(long, value_parser = format())]
    pub format: Option<ExportFormat>,
    /// Only runs that started on this day or later, in the site's time zone
    #[arg(long, value_name = "DAY", value_parser = |word: &str| read_day("from", word).map_err(|wrong| wrong.hint))]
    pub from: Option<Day>,
    /// Only runs that started on this day or earlier
    #[arg(long, value_name = "DAY", value_parser = |word: &str| read_day("to", word).map_err(|wrong| wrong.hint))]
    pub to: Option<Day>,
    /// Only runs of this server
    #[arg(long, value_name = "NAME")]
    pub server: Option<String>,
    /// Only runs of jobs with this name
    #[arg(long, value_name = "NAME")]
    pub job: Option<String>,
    /// Only runs with one of these results: success, warning, error, fatal, unknown
    #[arg(
        long,
        value_name = "STATUS",
        value_delimiter = ',',
        value_parser = |word: &str| read_status(word).map_err(|wrong| wrong.hint)
    )]
    pub status: Vec<Status>,
    /// Leave out logs
    #[arg(long)]
    pub no_log: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show it as the options' help")]
    pub confirmation: Confirmation,
}

impl ExportArguments {
    /// Returns the query of the arguments.
    pub fn query(&self) -> ExportQuery {
        let by_name = || self.file.extension().and_then(|ending| ExportFormat::from_word(ending.to_str()?));
        ExportQuery {
            format: self.format.or_else(by_name).unwrap_or_default(),
            from: self.from,
            to: self.to,
            server: self.server.clone(),
            job: self.job.clone(),
            statuses: self.status.clone(),
            without_log: self.no_log,
        }
    }
}

fn format() -> impl clap::builder::TypedValueParser<Value = ExportFormat> {
    PossibleValuesParser::new(["json", "csv"])
        .try_map(|word| ExportFormat::from_word(&word).ok_or("use json or csv"))
}
