//! The key that a request was sent with: in its headers, or in its query where a route accepts that.

use axum::{
    extract::{Query, Request},
    http::{HeaderMap, Uri},
};

use super::Rule;

/// The query parameter that contains a key, as in the Node application.
const PARAMETER: &str = "api_key";

/// Returns the API key of a request to a route. A key in the query counts only where the rule says so.
pub fn of(headers: &HeaderMap, uri: &Uri, rule: Option<&Rule>) -> Option<String> {
    let accepts_query = rule.is_some_and(|rule| rule.key_in_query);
    of_headers(headers).or_else(|| accepts_query.then(|| of_query(uri)).flatten())
}

/// Returns the key of an upload whose path has none; `None` if it may be in the body.
pub fn of_upload(request: &Request) -> Option<String> {
    let sent = of_query(request.uri()).or_else(|| of_headers(request.headers()));
    sent.filter(|key| !key.is_empty())
}

/// Reads a key from `Authorization: Bearer …` or `X-API-Key: …`.
fn of_headers(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text("authorization").and_then(|value| value.split_once(' '));
    let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, secret)| secret);
    bearer.or_else(|| text("x-api-key")).map(|secret| secret.trim().to_owned())
}

/// Reads a key from `?api_key=…`.
fn of_query(uri: &Uri) -> Option<String> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    let named = pairs.into_iter().filter(|(name, _)| name == PARAMETER);
    named.map(|(_, key)| key.trim().to_owned()).find(|key| !key.is_empty())
}

/// Returns an address without the key in its query: it must not become a part of another address.
pub fn without_key(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.to_owned() };
    let is_key = |pair: &&str| pair.split('=').next().is_some_and(|name| name == PARAMETER);
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_key(pair)).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_of_a_query_counts() {
        for (query, expected) in [
            ("", None),
            ("?api_key=", None),
            ("?api_key", None),
            ("?API_KEY=a", None),
            ("?a=b&api_key=k%2B1&api_key=other", Some("k+1")),
            ("?api_key=&api_key=%20k%20", Some("k")),
        ] {
            let uri: Uri = format!("/api/summary{query}").parse().unwrap();
            assert_eq!(of_query(&uri).as_deref(), expected, "{query}");
        }
    }

    #[test]
    fn a_key_in_a_query_counts_only_where_the_rule_says_so() {
        let uri: Uri = "/api/summary?api_key=k".parse().unwrap();
        let found = |path: &str| of(&HeaderMap::new(), &uri, super::super::rule(path));
        assert_eq!(found("/api/summary").as_deref(), Some("k"));
        assert_eq!(found("/api/v1/summary"), None);
        assert_eq!(of(&HeaderMap::new(), &uri, None), None);
    }

    #[test]
    fn an_address_is_passed_on_without_its_key() {
        assert_eq!(without_key("/a?api_key=k"), "/a");
        assert_eq!(without_key("/a?b=c&api_key=k&api_keys=d"), "/a?b=c&api_keys=d");
        assert_eq!(without_key("/a?api_key"), "/a");
        assert_eq!(without_key("/a"), "/a");
    }
}
