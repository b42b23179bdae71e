//! What a person chose to see, as it stands in the URL. Words that are not known mean the default.

use duplistatus::{
    dto::dashboard::{DashboardQuery, Filter, Sort},
    verdict::Verdict,
};
use leptos_router::params::ParamsMap;

use crate::context::url::with_query;

/// Reads the URL's parameters.
pub fn from_params(params: &ParamsMap) -> DashboardQuery {
    let get = |name: &str| params.get(name).unwrap_or_default();
    DashboardQuery {
        filter: filter_from(&get("filter")),
        search: get("q").trim().chars().take(200).collect(),
        group: get("group").trim().chars().take(200).collect(),
        tag: get("tag").trim().chars().take(200).collect(),
        sort: match get("sort").as_str() {
            "name" => Sort::Name,
            "latest" => Sort::Latest,
            _ => Sort::Worst,
        },
        page: get("page").parse().unwrap_or(1).max(1),
    }
}

fn filter_from(word: &str) -> Filter {
    match word {
        "attention" => Filter::Attention,
        "never" => Filter::Never,
        word => Verdict::ALL.into_iter().find(|v| v.as_str() == word).map_or(Filter::All, Filter::Only),
    }
}

/// The URL's word for a filter; the default has none.
pub fn filter_word(filter: Filter) -> &'static str {
    match filter {
        Filter::All => "",
        Filter::Attention => "attention",
        Filter::Never => "never",
        Filter::Only(verdict) => verdict.as_str(),
    }
}

/// The URL's word for an order; the default has none.
pub fn sort_word(sort: Sort) -> &'static str {
    match sort {
        Sort::Worst => "",
        Sort::Name => "name",
        Sort::Latest => "latest",
    }
}

/// Path of the dashboard for a choice.
pub fn to_path(query: &DashboardQuery) -> String {
    let DashboardQuery { filter, search, group, tag, sort, page } = query;
    let page = if *page > 1 { page.to_string() } else { String::new() };
    with_query(
        "/",
        [
            ("filter", filter_word(*filter).to_owned()),
            ("group", group.clone()),
            ("tag", tag.clone()),
            ("q", search.clone()),
            ("sort", sort_word(*sort).to_owned()),
            ("page", page),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_comes_back_from_its_url() {
        for filter in
            Verdict::ALL.map(Filter::Only).into_iter().chain([Filter::All, Filter::Attention, Filter::Never])
        {
            assert_eq!(filter_from(filter_word(filter)), filter);
        }
        assert_eq!(filter_from("nonsense"), Filter::All);
    }

    #[test]
    fn defaults_are_not_in_the_url() {
        assert_eq!(to_path(&DashboardQuery { page: 1, ..DashboardQuery::default() }), "/");
        let query = DashboardQuery {
            filter: Filter::Only(Verdict::Late),
            search: "a b".into(),
            group: "Müller & Co".into(),
            tag: "off-site".into(),
            sort: Sort::Name,
            page: 3,
        };
        assert_eq!(
            to_path(&query),
            "/?filter=late&group=M%C3%BCller%20%26%20Co&tag=off-site&q=a%20b&sort=name&page=3"
        );
    }
}
