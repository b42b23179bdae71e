//! What the address of the page asks for.

use duplistatus::{
    dto::notification_history::{HistoryQuery, STATUSES},
    topic::Topic,
};
use leptos_router::params::ParamsMap;

use crate::context::url::with_query;

/// Path of the page.
pub const PATH: &str = "/settings/notifications/history";

/// Reads the query. What cannot be read means everything.
pub fn read(query: &ParamsMap) -> HistoryQuery {
    let get = |name: &str| query.get(name).unwrap_or_default();
    let status = get("status");
    HistoryQuery {
        channel: get("channel").parse().ok(),
        status: if STATUSES.contains(&status.as_str()) { status } else { String::new() },
        topic: Topic::from_word(&get("topic")),
        server: get("server"),
        from: get("from").parse().ok(),
        to: get("to").parse().ok(),
        page: get("page").parse().unwrap_or(1).max(1),
    }
}

/// The path that shows this.
pub fn path(query: &HistoryQuery) -> String {
    let HistoryQuery { channel, status, topic, server, from, to, page } = query;
    with_query(
        PATH,
        [
            ("channel", channel.map(|id| id.to_string()).unwrap_or_default()),
            ("status", status.clone()),
            ("topic", topic.map(|topic| topic.as_str().to_owned()).unwrap_or_default()),
            ("server", server.clone()),
            ("from", from.map(|day| day.to_string()).unwrap_or_default()),
            ("to", to.map(|day| day.to_string()).unwrap_or_default()),
            ("page", if *page > 1 { page.to_string() } else { String::new() }),
        ],
    )
}

#[cfg(test)]
mod tests {
    use duplistatus::ids::ChannelId;

    use super::*;

    #[test]
    fn every_choice_comes_back_from_its_address() {
        let query = HistoryQuery {
            channel: Some(ChannelId(3)),
            status: "failed".into(),
            topic: Some(Topic::Late),
            server: "nas".into(),
            from: "2026-11-01".parse().ok(),
            to: "2026-11-30".parse().ok(),
            page: 2,
        };
        let mut params = ParamsMap::new();
        for pair in path(&query).split_once('?').map_or("", |(_, query)| query).split('&') {
            if let Some((name, value)) = pair.split_once('=') {
                params.insert(name.to_owned(), value.to_owned());
            }
        }
        assert_eq!(read(&params), query);
        assert_eq!(path(&HistoryQuery { page: 1, ..HistoryQuery::default() }), PATH);
        params.insert("status", "lost".to_owned());
        assert_eq!(read(&ParamsMap::new()), HistoryQuery { page: 1, ..HistoryQuery::default() });
    }
}
