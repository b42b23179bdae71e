//! What the address of the page asks for.

use duplistatus::dto::log::LogQuery;

use crate::context::url::with_query;

/// Path of the page.
pub(super) const PATH: &str = "/settings/logs";

/// What the URL asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogSelection {
    /// Which lines.
    pub query: LogQuery,
    /// Whether the page follows the log, which only the first page does.
    pub follow: bool,
}

impl LogSelection {
    pub(super) fn from_words(word: impl Fn(&str) -> Option<String>) -> Self {
        let query = LogQuery::from_words(&word);
        let follow = query.page <= 1 && word("follow").as_deref() == Some("1");
        Self { query, follow }
    }

    /// The path that shows this.
    pub(super) fn path(&self) -> String {
        let follow = if self.follow { "1".to_owned() } else { String::new() };
        with_query(PATH, self.query.words().into_iter().chain([("follow", follow)]))
    }
}
