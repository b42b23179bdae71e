//! The words of a URL's query, read strictly: a page shows more when it does not understand a filter, but a program must
//! not take that for what it asked for. Each error names the parameter and the values that it takes.

use std::collections::{BTreeMap, btree_map::Entry};

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
    response::Response,
};
use duplistatus::{
    dto::{
        audit::AuditQuery,
        export::{read_day, read_status},
        log::{LogLevel, LogQuery},
        runs::{RunsQuery, RunsSort},
    },
    error::Error,
    outcome::RunOutcome,
};

use super::answer::service_problem;

/// The words of a URL's query, each said once.
#[derive(Debug, Default)]
pub struct QueryParameters(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for QueryParameters {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let pairs = pairs.map_err(|_| invalid("query", "write it as name=value&name=value"));
        pairs.and_then(|Query(pairs)| Self::of(pairs, &[])).map_err(|error| service_problem(&error))
    }
}

impl QueryParameters {
    /// Of pairs of a name and a word. Those that are `joined` may be said several times.
    ///
    /// # Errors
    /// [`Error::Invalid`] when another one is said twice.
    pub fn of(pairs: Vec<(String, String)>, joined: &[&str]) -> Result<Self, Error> {
        let mut all = BTreeMap::<String, String>::new();
        for (name, word) in pairs {
            match all.entry(name) {
                Entry::Occupied(said) if joined.contains(&said.key().as_str()) => {
                    let said = said.into_mut();
                    *said = format!("{said},{word}");
                }
                Entry::Occupied(_) => {
                    return Err(invalid("query", "a parameter is given twice; give each once"));
                }
                Entry::Vacant(free) => {
                    free.insert(word);
                }
            }
        }
        Ok(Self(all))
    }

    /// All of them, by name.
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// What is said; empty is nothing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|word| word.trim()).filter(|word| !word.is_empty())
    }

    /// Yes or no; nothing is no.
    ///
    /// # Errors
    /// [`Error::Invalid`] for any other word.
    pub fn flag(&self, name: &'static str) -> Result<bool, Error> {
        match self.get(name) {
            Some("true") => Ok(true),
            None | Some("false") => Ok(false),
            Some(_) => Err(invalid(name, "use true or false")),
        }
    }

    /// Refuses what nobody confirmed with `confirm=true`.
    ///
    /// # Errors
    /// [`Error::Invalid`], which says what would happen and how to confirm it.
    pub fn confirm(&self, what: &str) -> Result<(), Error> {
        match self.flag("confirm")? {
            true => Ok(()),
            false => Err(invalid("confirm", &format!("add ?confirm=true to the URL to confirm: {what}"))),
        }
    }

    /// The page of a list, from 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no number of a page.
    pub fn page(&self) -> Result<i64, Error> {
        let Some(word) = self.get("page") else { return Ok(1) };
        let page = word.parse().ok().filter(|page| *page >= 1);
        page.ok_or_else(|| invalid("page", "use a page number from 1"))
    }

    /// The filters of the audit trail, and the page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter that is not known, or whose word is not understood.
    pub fn audit(&self) -> Result<AuditQuery, Error> {
        self.only(&["actor", "action", "result", "from", "to", "text", "page", "format"])?;
        if self.get("result").is_some_and(|word| !["ok", "failed"].contains(&word)) {
            return Err(invalid("result", "use ok or failed"));
        }
        self.days(["from", "to"])?;
        let page = self.page()?;
        Ok(AuditQuery { page, ..AuditQuery::from_words(|name| self.0.get(name).cloned()) })
    }

    /// The filters and the order of the list of runs, and the page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter that is not known, or whose word is not understood.
    pub fn runs(&self, others: &[&str]) -> Result<RunsQuery, Error> {
        let names = RunsQuery::default().words().map(|(name, _)| name);
        self.only(&[&names[..], others].concat())?;
        let listed = |name| self.get(name).unwrap_or_default().split(',').map(str::trim);
        for word in listed("status").filter(|word| !word.is_empty()) {
            read_status(word).map_err(|wrong| invalid(wrong.field, &wrong.hint))?;
        }
        if listed("outcome").any(|word| !word.is_empty() && word.parse::<RunOutcome>().is_err()) {
            let known = RunOutcome::ALL.map(RunOutcome::as_str).join(", ");
            return Err(invalid("outcome", &format!("use one or more of {known}, separated by commas")));
        }
        self.days(["from", "to"])?;
        if self.get("sort").is_some_and(|word| RunsSort::from_word(word).is_none()) {
            let known = RunsSort::ALL.map(RunsSort::as_str).join(", ");
            return Err(invalid("sort", &format!("use one of {known}")));
        }
        if self.get("dir").is_some_and(|word| !["asc", "desc"].contains(&word)) {
            return Err(invalid("dir", "use asc or desc"));
        }
        let page = self.page()?;
        Ok(RunsQuery { page, ..RunsQuery::from_words(|name| self.0.get(name).cloned()) })
    }

    /// Refuses days that are none.
    fn days(&self, names: [&'static str; 2]) -> Result<(), Error> {
        for name in names {
            let day = self.get(name).map(|word| read_day(name, word)).transpose();
            day.map_err(|wrong| invalid(wrong.field, &wrong.hint))?;
        }
        Ok(())
    }

    /// The filters of the log. The page that links to the file says which page it is.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter that is not known, or a level that does not exist.
    pub fn log(&self) -> Result<LogQuery, Error> {
        self.only(&["level", "text", "page"])?;
        if let Some(word) = self.get("level") {
            word.parse::<LogLevel>().map_err(|unknown| invalid("level", &unknown.to_string()))?;
        }
        let page = self.page()?;
        Ok(LogQuery { page, ..LogQuery::from_words(|name| self.0.get(name).cloned()) })
    }

    /// Refuses parameters that are none.
    fn only(&self, names: &[&str]) -> Result<(), Error> {
        let Some(unknown) = self.0.keys().find(|name| !names.contains(&name.as_str())) else { return Ok(()) };
        let unknown: String = unknown.chars().take(40).collect();
        Err(invalid("query", &format!("“{unknown}” is not known: use {}", names.join(", "))))
    }
}

/// The page of a list: `?page=2`.
#[derive(Debug, Clone, Copy)]
pub struct PageNumber(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for PageNumber {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let words = QueryParameters::from_request_parts(parts, state).await?;
        words.page().map(Self).map_err(|error| service_problem(&error))
    }
}

/// What is wrong with a word, and what to write instead.
pub fn invalid(field: &'static str, hint: &str) -> Error {
    Error::Invalid { field, hint: hint.to_owned() }
}
