//! Query parameters of a URL, parsed strictly: a page ignores an invalid filter, but a program must not mistake the
//! unfiltered result for what it requested. Errors name the parameter and its valid values.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    convert::Infallible,
};

use axum::{
    extract::{FromRequestParts, Query, Request, State},
    http::{Method, Uri, request::Parts},
    middleware::Next,
    response::Response,
};
use duplistatus::{
    dto::{
        audit::AuditQuery,
        export::{EXPORT_PARAMETERS, read_day, read_status},
        log::{LogLevel, LogQuery},
        runs::{RunsQuery, RunsSort},
        schedules::{ScheduleFrom, SchedulesQuery, SchedulesSort},
    },
    error::Error,
    outcome::RunOutcome,
    verdict::Verdict,
};

use super::{answer::service_problem, v1::document};
use crate::{access::authorize::path_inside, state::AppState};

/// The parameters of routes whose handlers read them as words: files, and what is confirmed. Those of other routes are in their types. The
/// [document] of the API has all of them.
pub const PARAMETERS: &[(Method, &str, &[&str])] = &[
    (
        Method::GET,
        "/api/v1/runs/download",
        &[
            "outcome", "status", "from", "to", "server", "job", "group", "tag", "text", "sort", "dir",
            "page", "format",
        ],
    ),
    (Method::GET, "/api/v1/report/download", &["from", "to", "group"]),
    (Method::GET, "/api/v1/runs/export", &EXPORT_PARAMETERS),
    (
        Method::GET,
        "/api/v1/schedules/download",
        &["text", "state", "source", "group", "tag", "sort", "dir", "page", "format"],
    ),
    (Method::GET, "/api/v1/badge", &["server", "job", "group"]),
    (Method::DELETE, "/api/v1/database/backups/{name}", &["confirm"]),
    (Method::POST, "/api/v1/database/restore", &["confirm", "preview", "revive"]),
    (
        Method::GET,
        "/api/v1/audit/export",
        &["actor", "action", "result", "from", "to", "text", "page", "format"],
    ),
    (Method::GET, "/api/v1/logs", &["level", "text", "page"]),
];

/// Those that may be given several times.
const REPEATED: &[(&str, &str)] = &[("/api/v1/runs/export", "status")];

/// Refuses a request to the API with a parameter that its route does not take, or that is given twice.
pub async fn only_known(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let path = path_inside(&state, &head).filter(|path| path.starts_with("/api/v1/"));
    if let Some(path) = path {
        match QueryParameters::of_route(&head.method, &path, &head.uri) {
            Ok(words) => head.extensions.insert(words),
            Err(error) => return service_problem(&error),
        };
    }
    next.run(Request::from_parts(head, body)).await
}

/// The words of a URL's query, each said once and known to its route. Outside of the API there are none.
#[derive(Debug, Clone, Default)]
pub struct QueryParameters(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for QueryParameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

impl QueryParameters {
    fn of_route(method: &Method, path: &str, uri: &Uri) -> Result<Self, Error> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let known = document::parameters(method, path);
        let joined: Vec<&str> =
            REPEATED.iter().filter(|(at, _)| *at == path).map(|(_, name)| *name).collect();
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
        let Query(pairs) = pairs.map_err(|_| invalid("query", "write it as name=value&name=value"))?;
        let words = Self::of(pairs, &joined)?;
        words.only(&known)?;
        Ok(words)
    }

    /// Of pairs of a name and a word. Those that are `joined` may be said several times.
    fn of(pairs: Vec<(String, String)>, joined: &[&str]) -> Result<Self, Error> {
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

    /// Returns all parameters by name.
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// Returns the value of a parameter; `None` if it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|word| word.trim()).filter(|word| !word.is_empty())
    }

    /// Returns a flag; a missing one is false.
    ///
    /// # Errors
    /// [`Error::Invalid`] for any value but `true` and `false`.
    pub fn flag(&self, name: &'static str) -> Result<bool, Error> {
        match self.get(name) {
            Some("true") => Ok(true),
            None | Some("false") => Ok(false),
            Some(_) => Err(invalid(name, "use true or false")),
        }
    }

    /// Requires `confirm=true`.
    ///
    /// # Errors
    /// [`Error::Invalid`], which says what would happen and how to confirm it.
    pub fn confirm(&self, what: &str) -> Result<(), Error> {
        match self.flag("confirm")? {
            true => Ok(()),
            false => Err(invalid("confirm", &format!("add ?confirm=true to the URL to confirm: {what}"))),
        }
    }

    /// Returns the page number, starting at 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not a page number.
    pub fn page(&self) -> Result<i64, Error> {
        let Some(word) = self.get("page") else { return Ok(1) };
        let page = word.parse().ok().filter(|page| *page >= 1);
        page.ok_or_else(|| invalid("page", "use a page number from 1"))
    }

    /// The filters of the audit trail, and the page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter whose word is not understood.
    pub fn audit(&self) -> Result<AuditQuery, Error> {
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
    /// [`Error::Invalid`] for a filter whose word is not understood.
    pub fn runs(&self) -> Result<RunsQuery, Error> {
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

    /// The filters and the order of the list of schedules, and the page.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter whose word is not understood.
    pub fn schedules(&self) -> Result<SchedulesQuery, Error> {
        let one_of = |name: &'static str, known: &[&str]| match self.get(name) {
            Some(word) if !known.contains(&word) => {
                Err(invalid(name, &format!("use one of {}", known.join(", "))))
            }
            _ => Ok(()),
        };
        one_of("state", &Verdict::ALL.map(Verdict::as_str))?;
        one_of("source", &ScheduleFrom::ALL.map(ScheduleFrom::as_str))?;
        one_of("sort", &SchedulesSort::ALL.map(SchedulesSort::as_str))?;
        one_of("dir", &["asc", "desc"])?;
        let page = self.page()?;
        Ok(SchedulesQuery { page, ..SchedulesQuery::from_words(|name| self.0.get(name).cloned()) })
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
    /// [`Error::Invalid`] for a level that does not exist.
    pub fn log(&self) -> Result<LogQuery, Error> {
        if let Some(word) = self.get("level") {
            word.parse::<LogLevel>().map_err(|unknown| invalid("level", &unknown.to_string()))?;
        }
        let page = self.page()?;
        Ok(LogQuery { page, ..LogQuery::from_words(|name| self.0.get(name).cloned()) })
    }

    /// Rejects unknown parameters.
    fn only(&self, names: &[&str]) -> Result<(), Error> {
        let Some(unknown) = self.0.keys().find(|name| !names.contains(&name.as_str())) else { return Ok(()) };
        let unknown: String = unknown.chars().take(40).collect();
        Err(invalid(
            "query",
            &match names.is_empty() {
                true => format!("“{unknown}” is not known: this address takes no parameters"),
                false => format!("“{unknown}” is not known: use {}", names.join(", ")),
            },
        ))
    }
}

/// Creates the error for an invalid value.
pub fn invalid(field: &'static str, hint: &str) -> Error {
    Error::Invalid { field, hint: hint.to_owned() }
}
