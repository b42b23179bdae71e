//! What the address of the page asks for.

use duplistatus::dto::{export::ExportFormat, runs::RunsQuery};

use crate::context::url::with_query;

/// Path of the page.
pub(super) const PATH: &str = "/runs";

/// The path that shows this.
pub(super) fn path(query: &RunsQuery) -> String {
    with_query(PATH, query.words())
}

/// Paths of the CSV and the JSON file with what a filter lets pass.
pub(super) fn files(query: &RunsQuery) -> (String, String) {
    let file = |format: ExportFormat| {
        let query = RunsQuery { page: 1, ..query.clone() };
        let format = [("format", format.as_str().to_owned())];
        with_query("/api/v1/runs/download", format.into_iter().chain(query.words()))
    };
    (file(ExportFormat::Csv), file(ExportFormat::Json))
}
