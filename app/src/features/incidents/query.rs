//! What a person chose to see, as it stands in the URL. Words that are not known mean the default.

use duplistatus::{
    dto::incidents::{IncidentFilter, IncidentQuery},
    ids::{JobId, ServerId},
    verdict::Verdict,
};
use leptos_router::params::ParamsMap;

use crate::context::url::with_query;

/// Path of the page.
pub const PATH: &str = "/incidents";

/// Reads the URL's parameters.
pub fn from_params(params: &ParamsMap) -> IncidentQuery {
    let get = |name: &str| params.get(name).unwrap_or_default();
    let state = get("state");
    IncidentQuery {
        filter: IncidentFilter::ALL.into_iter().find(|filter| filter.as_str() == state).unwrap_or_default(),
        server: get("server").parse().ok().map(ServerId),
        job: get("job").parse().ok().map(JobId),
        problem: get("problem").parse().ok().filter(|verdict: &Verdict| verdict.needs_attention()),
        page: get("page").parse().unwrap_or(1).max(1),
    }
}

/// Path of the page for a choice.
pub fn to_path(query: &IncidentQuery) -> String {
    let IncidentQuery { filter, server, job, problem, page } = query;
    let state = if *filter == IncidentFilter::default() { "" } else { filter.as_str() };
    with_query(
        PATH,
        [
            ("state", state.to_owned()),
            ("problem", problem.map(|verdict| verdict.as_str().to_owned()).unwrap_or_default()),
            ("server", server.map(|id| id.to_string()).unwrap_or_default()),
            ("job", job.map(|id| id.to_string()).unwrap_or_default()),
            ("page", if *page > 1 { page.to_string() } else { String::new() }),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> IncidentQuery {
        let mut params = ParamsMap::new();
        for pair in path.split_once('?').map_or("", |(_, query)| query).split('&') {
            if let Some((name, value)) = pair.split_once('=') {
                params.insert(name.to_owned(), value.to_owned());
            }
        }
        from_params(&params)
    }

    #[test]
    fn every_choice_comes_back_from_its_url() {
        for filter in IncidentFilter::ALL {
            let query = IncidentQuery {
                filter,
                server: Some(ServerId(3)),
                job: Some(JobId(7)),
                problem: Some(Verdict::Late),
                page: 2,
            };
            assert_eq!(read(&to_path(&query)), query);
        }
        assert_eq!(to_path(&IncidentQuery { page: 1, ..IncidentQuery::default() }), "/incidents");
        assert_eq!(read("/incidents?state=x&problem=ok&page=-3").page, 1);
        assert_eq!(read("/incidents?problem=ok").problem, None, "nothing is wrong with it");
    }
}
