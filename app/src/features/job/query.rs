//! The choices of the page of a job as a URL, and back.

use duplistatus::{
    dto::{job::JobQuery, server::ServerQuery},
    ids::{JobId, ServerId},
};
use leptos_router::params::ParamsMap;

use crate::features::{monitoring::schedule_form::read_form, server::query as server};

/// Reads path and query; what cannot be read is as if it was not there.
pub fn read(params: &ParamsMap, query: &ParamsMap) -> JobQuery {
    let ServerQuery { day, range, sort, ascending, page, .. } = server::read(params, query);
    JobQuery {
        // No job has the id 0: the service answers an unreadable one with "not found", status included.
        job: params.get("job").and_then(|id| id.parse().ok()).unwrap_or(JobId(0)),
        day,
        range,
        sort,
        ascending,
        page,
        edit: query.get("edit").is_some(),
        form: read_form(query),
    }
}

/// The same choices as the parts that the page shares with that of a server have them.
pub fn shared(query: &JobQuery, server: ServerId) -> ServerQuery {
    let JobQuery { job, day, range, sort, ascending, page, edit: _, form: _ } = query.clone();
    ServerQuery { server, job: Some(job), day, range, sort, ascending, page }
}

/// The path of the form of a job's schedule.
pub fn edit_path(job: JobId) -> String {
    format!("/jobs/{job}?edit=true#schedule")
}

/// The path that shows this.
pub fn path(query: &ServerQuery) -> String {
    let job = query.job.unwrap_or(JobId(0));
    server::path_below(&format!("/jobs/{job}"), &ServerQuery { job: None, ..query.clone() })
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
    fn every_choice_survives_the_url() {
        let query = map(&[("range", "quarter"), ("day", "2026-11-29"), ("sort", "stored"), ("page", "3")]);
        let read = read(&map(&[("job", "7")]), &query);
        assert_eq!(
            path(&shared(&read, ServerId(2))),
            "/jobs/7?range=quarter&day=2026-11-29&sort=stored&page=3"
        );
        assert_eq!(read.form, None);
    }

    #[test]
    fn what_is_tried_is_in_the_url_as_the_form_sends_it() {
        let query = map(&[
            ("form[schedule]", "every"),
            ("form[every]", "1"),
            ("form[weekdays][]", "mon"),
            ("form[weekdays][]", "tue"),
            ("form[zone]", ""),
        ]);
        let form = read(&map(&[("job", "7")]), &query).form.unwrap_or_default();
        assert_eq!((form.schedule.as_str(), form.every.as_str()), ("every", "1"));
        assert_eq!((form.weekdays.len(), form.zone.as_deref()), (2, Some("")));
    }
}
