//! What handlers take from a request: who asks, and parameters of the URL as types.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use duplistatus::{
    error::Error,
    service::{Actor, Services},
};
use serde::de::DeserializeOwned;

use crate::{
    access::authorize::actor,
    http::answer::{problem, service_problem},
    state::AppState,
};

/// What every handler works with.
#[derive(Debug)]
pub struct Context(pub Services, pub Actor);

impl FromRequestParts<AppState> for Context {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(Services::clone(&state.services), actor(&parts.extensions)))
    }
}

/// A use case that failed.
#[derive(Debug)]
pub struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        service_problem(&self.0)
    }
}

/// The answer of a handler.
pub type Answer = Result<Response, Failed>;

/// The parameters of a URL. Those that are not of this type are ignored: a layer refuses what the document of the route does not name.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        read(parts.uri.query().unwrap_or_default()).map(Self).map_err(|(field, hint)| {
            let wrong = format!("invalid {}", field.as_deref().unwrap_or("query"));
            problem(axum::http::StatusCode::BAD_REQUEST, wrong, field.or(Some("query".into())), hint)
        })
    }
}

/// Reads a query; otherwise which parameter is wrong, and what to do.
fn read<T: DeserializeOwned>(query: &str) -> Result<T, (Option<String>, String)> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let source = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(source).map_err(|error| {
        let field = error.path().to_string();
        ((field != ".").then_some(field), error.into_inner().to_string())
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::http::v1::words::Verdict;

    #[derive(Debug, Deserialize)]
    struct Wanted {
        server: Option<i64>,
        archived: Option<bool>,
        verdict: Option<Verdict>,
    }

    #[test]
    fn a_parameter_that_is_wrong_is_named() {
        let wanted = read::<Wanted>("server=7&archived=true&verdict=late&other=1").unwrap();
        assert_eq!((wanted.server, wanted.archived), (Some(7), Some(true)));
        assert!(wanted.verdict.is_some());
        for (query, field) in
            [("server=x", "server"), ("archived=yes", "archived"), ("verdict=bad", "verdict")]
        {
            let (named, hint) = read::<Wanted>(query).unwrap_err();
            assert_eq!(named.as_deref(), Some(field), "{query}: {hint}");
        }
    }
}
