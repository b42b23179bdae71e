//! What is to be exported, in the words of a URL or of the command line.

use std::collections::BTreeMap;

use crate::{status::Status, time::Day};

/// How runs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportFormat {
    /// For programs.
    #[default]
    Json,
    /// For spreadsheets.
    Csv,
}

impl ExportFormat {
    /// The word for it, which is also how names of such files end.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// The format of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Json, Self::Csv].into_iter().find(|format| word.eq_ignore_ascii_case(format.as_str()))
    }
}

/// Which runs are wanted, and what of them. Without anything said it is all of them, with their logs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportQuery {
    /// How they are written.
    pub format: ExportFormat,
    /// First day, by the site's calendar.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
    /// Name of a server.
    pub server: Option<String>,
    /// Name of a job, on any server when none is said.
    pub job: Option<String>,
    /// Results.
    pub statuses: Vec<Status>,
    /// Whether logs are left out.
    pub without_log: bool,
}

/// What is wrong with a word, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongWord {
    /// Which one.
    pub field: &'static str,
    /// What to write.
    pub hint: String,
}

/// The words that there are.
pub const EXPORT_PARAMETERS: [&str; 7] = ["format", "from", "to", "server", "job", "status", "log"];

impl ExportQuery {
    /// From the words of a URL. Nothing is passed over: who exports less or more than was asked for does not see it.
    ///
    /// # Errors
    /// The first word that is not understood.
    pub fn from_words(words: &BTreeMap<String, String>) -> Result<Self, WrongWord> {
        let wrong = |field, hint: String| WrongWord { field, hint };
        if let Some(unknown) = words.keys().find(|name| !EXPORT_PARAMETERS.contains(&name.as_str())) {
            let unknown: String = unknown.chars().take(40).collect();
            return Err(wrong(
                "query",
                format!("“{unknown}” is not known: use {}", EXPORT_PARAMETERS.join(", ")),
            ));
        }
        let text = |name: &str| words.get(name).map(|word| word.trim()).filter(|word| !word.is_empty());
        let day = |field| text(field).map(|word| read_day(field, word)).transpose();
        let format = match text("format") {
            Some(word) => {
                ExportFormat::from_word(word).ok_or_else(|| wrong("format", "use json or csv".into()))?
            }
            None => ExportFormat::default(),
        };
        let without_log = match text("log") {
            None | Some("yes" | "1" | "true") => false,
            Some("no" | "0" | "false") => true,
            Some(_) => return Err(wrong("log", "use yes or no".into())),
        };
        let statuses = text("status").unwrap_or_default().split(',').filter(|word| !word.trim().is_empty());
        Ok(Self {
            format,
            from: day("from")?,
            to: day("to")?,
            server: text("server").map(str::to_owned),
            job: text("job").map(str::to_owned),
            statuses: statuses.map(read_status).collect::<Result<_, _>>()?,
            without_log,
        })
    }
}

/// A day as it is written here.
///
/// # Errors
/// When it is none.
pub fn read_day(field: &'static str, word: &str) -> Result<Day, WrongWord> {
    word.trim().parse().map_err(|_| {
        let word: String = word.chars().take(40).collect();
        WrongWord { field, hint: format!("“{word}” is not a date: write it as 2026-11-23") }
    })
}

/// A result.
///
/// # Errors
/// When it is none.
pub fn read_status(word: &str) -> Result<Status, WrongWord> {
    word.parse().map_err(|_| {
        let word: String = word.chars().take(40).collect();
        let hint = format!("“{word}” is not a status: use success, warning, error, fatal or unknown");
        WrongWord { field: "status", hint }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[(&str, &str)]) -> Result<ExportQuery, WrongWord> {
        let words = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned()));
        ExportQuery::from_words(&words.collect())
    }

    #[test]
    fn words_are_read_strictly() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(read(&[]), Ok(ExportQuery::default()));
        let words =
            [("format", "CSV"), ("from", "2026-01-02"), ("server", " nas "), ("status", "error, Fatal")];
        let query = read(&[&words[..], &[("log", "no"), ("to", "")]].concat()).map_err(|wrong| wrong.hint)?;
        let expected = ExportQuery {
            format: ExportFormat::Csv,
            from: Some("2026-01-02".parse()?),
            server: Some("nas".into()),
            statuses: vec![Status::Error, Status::Fatal],
            without_log: true,
            ..ExportQuery::default()
        };
        assert_eq!(query, expected);
        for (name, word) in [
            ("format", "xml"),
            ("from", "2026-02-30"),
            ("to", "yesterday"),
            ("status", "success,splendid"),
            ("log", "maybe"),
        ] {
            assert_eq!(read(&[(name, word)]).map_err(|wrong| wrong.field), Err(name), "{word}");
        }
        assert_eq!(read(&[("servr", "nas")]).map_err(|wrong| wrong.field), Err("query"));
        Ok(())
    }
}
