//! The choices of the run page as a URL, and back.

use duplistatus::{
    dto::run::{LogFilter, RunQuery},
    ids::RunId,
};
use leptos_router::params::ParamsMap;

use crate::context::url::with_query;

/// Words of the filters in the URL; all lines have none.
const FILTERS: [(LogFilter, &str); 3] =
    [(LogFilter::Errors, "errors"), (LogFilter::Warnings, "warnings"), (LogFilter::Messages, "messages")];

/// The run in the path. No run has the id 0: the service answers an unreadable one with "not found".
pub fn read_run(params: &ParamsMap) -> RunId {
    params.get("run").and_then(|id| id.parse().ok()).unwrap_or(RunId(0))
}

/// Reads path and query; what cannot be read is as if it was not there.
pub fn read(params: &ParamsMap, query: &ParamsMap) -> RunQuery {
    let word = query.get("lines");
    let lines = FILTERS.iter().find(|(_, w)| Some(*w) == word.as_deref()).map(|(filter, _)| *filter);
    RunQuery {
        run: read_run(params),
        lines: lines.unwrap_or_default(),
        page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1),
    }
}

/// The path that shows this, at the log.
pub fn path(query: &RunQuery) -> String {
    let word = FILTERS.iter().find(|(filter, _)| *filter == query.lines).map(|(_, word)| (*word).to_owned());
    let page = if query.page > 1 { query.page.to_string() } else { String::new() };
    let path =
        with_query(&format!("/runs/{}", query.run), [("lines", word.unwrap_or_default()), ("page", page)]);
    format!("{path}#log")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_survives_the_url() {
        let params = [("run", "9".to_owned())].into_iter().collect();
        let query = [("lines", "warnings".to_owned()), ("page", "4".to_owned())].into_iter().collect();
        assert_eq!(path(&read(&params, &query)), "/runs/9?lines=warnings&page=4#log");
        assert_eq!(path(&read(&params, &ParamsMap::new())), "/runs/9#log");
    }
}
