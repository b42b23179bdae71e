//! The period and the group in the URL.

use duplistatus::{
    dto::report::{Report, ReportQuery},
    time::Day,
};
use leptos_router::params::ParamsMap;

use crate::{context::url::with_query, error::ApiError, locale::Locale, tr};

/// What the URL asks for. Days that are none are not asked for.
pub(super) fn from_params(params: &ParamsMap) -> ReportQuery {
    let day = |name: &str| params.get(name).and_then(|text| text.parse().ok());
    ReportQuery { from: day("from"), to: day("to"), group: params.get("group").unwrap_or_default() }
}

/// What is wrong with the days of the URL: the field, and what to do.
pub(super) fn wrong_day(locale: Locale, params: &ParamsMap) -> Option<ApiError> {
    let is_wrong = |name: &&str| {
        let text = params.get(name).unwrap_or_default();
        !text.is_empty() && text.parse::<Day>().is_err()
    };
    let field = ["from", "to"].into_iter().find(is_wrong)?;
    Some(ApiError::Invalid { field: field.to_owned(), hint: tr!(locale, report.no_day) })
}

/// The same report as a file.
pub(super) fn to_csv(report: &Report) -> String {
    let words = [
        ("from", report.from.day().to_string()),
        ("to", report.until.plus(-1).day().to_string()),
        ("group", report.group.clone().unwrap_or_default()),
    ];
    with_query("/api/v1/report/download", words.into_iter().filter(|(_, word)| !word.is_empty()))
}
