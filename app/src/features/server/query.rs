//! The choices of the server page as a URL, and back.

use duplistatus::{
    dto::server::{Range, RunSort, ServerQuery},
    ids::ServerId,
    time::Day,
};
use leptos_router::params::ParamsMap;

use crate::context::url::with_query;

/// Words of the ranges in the URL.
const RANGES: [(Range, &str); 5] = [
    (Range::Week, "week"),
    (Range::Month, "month"),
    (Range::Quarter, "quarter"),
    (Range::Year, "year"),
    (Range::All, "all"),
];

/// Words of the columns in the URL.
const SORTS: [(RunSort, &str); 10] = [
    (RunSort::Started, "started"),
    (RunSort::Job, "job"),
    (RunSort::Status, "status"),
    (RunSort::Duration, "duration"),
    (RunSort::Files, "files"),
    (RunSort::Source, "source"),
    (RunSort::Stored, "stored"),
    (RunSort::Uploaded, "uploaded"),
    (RunSort::Versions, "versions"),
    (RunSort::Warnings, "warnings"),
];

fn from_word<T: Copy + Default>(words: &[(T, &str)], word: Option<String>) -> T {
    words.iter().find(|(_, w)| Some(*w) == word.as_deref()).map(|(value, _)| *value).unwrap_or_default()
}

fn to_word<T: Copy + Default + PartialEq>(words: &[(T, &str)], value: T) -> String {
    let known = words.iter().find(|(v, _)| *v == value && value != T::default());
    known.map(|(_, word)| (*word).to_owned()).unwrap_or_default()
}

/// Reads path and query; what cannot be read is as if it was not there.
pub fn read(params: &ParamsMap, query: &ParamsMap) -> ServerQuery {
    ServerQuery {
        // No server has the id 0: the service answers an unreadable one with "not found", status included.
        server: params.get("server").and_then(|id| id.parse().ok()).unwrap_or(ServerId(0)),
        job: query.get("job").and_then(|id| id.parse().ok()),
        day: query.get("day").and_then(|day| day.parse().ok()),
        range: from_word(&RANGES, query.get("range")),
        sort: from_word(&SORTS, query.get("sort")),
        ascending: query.get("dir").is_some_and(|dir| dir == "asc"),
        page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1),
    }
}

/// The path of the runs of one day.
pub fn day_path(path: PathOf, query: &ServerQuery, day: Day) -> String {
    format!("{}#history", path(&ServerQuery { day: Some(day), page: 1, ..query.clone() }))
}

/// How the paths of a page are made, whose parts are those of a server's page.
pub type PathOf = fn(&ServerQuery) -> String;

/// The path that shows this.
pub fn path(query: &ServerQuery) -> String {
    path_below(&format!("/servers/{}", query.server), query)
}

/// The same on another page.
pub fn path_below(page: &str, query: &ServerQuery) -> String {
    with_query(
        page,
        [
            ("range", to_word(&RANGES, query.range)),
            ("job", query.job.map(|job| job.to_string()).unwrap_or_default()),
            ("day", query.day.map(|day| day.to_string()).unwrap_or_default()),
            ("sort", to_word(&SORTS, query.sort)),
            ("dir", if query.ascending { "asc".to_owned() } else { String::new() }),
            ("page", if query.page > 1 { query.page.to_string() } else { String::new() }),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &str)]) -> ParamsMap {
        pairs.iter().map(|(k, v)| (*k, (*v).to_owned())).collect()
    }

    #[test]
    fn every_choice_survives_the_url() {
        let query = map(&[
            ("range", "quarter"),
            ("job", "5"),
            ("day", "2026-11-29"),
            ("sort", "stored"),
            ("dir", "asc"),
            ("page", "3"),
        ]);
        let read = read(&map(&[("server", "7")]), &query);
        assert_eq!(path(&read), "/servers/7?range=quarter&job=5&day=2026-11-29&sort=stored&dir=asc&page=3");
    }

    #[test]
    fn defaults_are_not_in_the_url_and_nonsense_is_a_default() {
        for day in ["2026-02-30", "2026-11-29' OR 1", "", "99999-01-01", "-1", "2026-11-29T00:00"] {
            let query = map(&[("range", "x"), ("page", "-"), ("job", "a"), ("day", day)]);
            assert_eq!(path(&read(&map(&[("server", "7")]), &query)), "/servers/7", "{day}");
        }
    }
}
