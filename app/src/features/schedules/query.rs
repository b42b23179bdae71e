//! What the addresses of these pages ask for.

use duplistatus::{
    dto::{
        export::ExportFormat,
        schedules::{ChosenQuery, SchedulesQuery},
    },
    ids::JobId,
};
use leptos_router::params::ParamsMap;

use crate::{
    context::url::with_query,
    features::monitoring::{place::read_filter, schedule_form::read_form},
};

/// Path of the list.
pub(super) const PATH: &str = "/settings/schedules";
/// Path of the page for many jobs.
pub(super) const EDIT: &str = "/settings/schedules/edit";

/// The path that shows this.
pub(super) fn path(query: &SchedulesQuery) -> String {
    with_query(PATH, query.words())
}

/// Paths of the CSV and the JSON file with what a filter lets pass.
pub(super) fn files(query: &SchedulesQuery) -> (String, String) {
    let file = |format: ExportFormat| {
        let query = SchedulesQuery { page: 1, ..query.clone() };
        let format = [("format", format.as_str().to_owned())];
        with_query("/api/v1/schedules/download", format.into_iter().chain(query.words()))
    };
    (file(ExportFormat::Csv), file(ExportFormat::Json))
}

/// The jobs that are chosen, and what the list showed.
pub(super) fn chosen(query: &ParamsMap) -> (ChosenQuery, SchedulesQuery) {
    let list = read_filter(|name| query.get(name));
    let all = (query.get("all").as_deref() == Some("true")).then(|| list.clone());
    let jobs = query.get_all("jobs[]").unwrap_or_default();
    let jobs: Vec<JobId> = jobs.iter().filter_map(|id| id.parse().ok()).collect();
    let jobs = if all.is_some() { Vec::new() } else { jobs };
    (ChosenQuery { jobs, all, form: read_form(query) }, list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &str)]) -> ParamsMap {
        let mut map = ParamsMap::new();
        for (name, value) in pairs {
            map.insert(*name, (*value).to_owned());
        }
        map
    }

    #[test]
    fn boxes_choose_jobs_unless_all_are_meant() {
        let boxes = [
            ("jobs[]", "3"),
            ("jobs[]", "x"),
            ("jobs[]", "5"),
            ("filter[group]", "A"),
            ("filter[page]", "2"),
        ];
        let (query, list) = chosen(&map(&boxes));
        assert_eq!(query.jobs, [JobId(3), JobId(5)]);
        assert_eq!((query.all, list.group.as_str(), list.page), (None, "A", 2));
        let (query, list) = chosen(&map(&[("jobs[]", "3"), ("all", "true"), ("filter[state]", "late")]));
        assert!(query.jobs.is_empty());
        assert_eq!(query.all, Some(list));
    }
}
