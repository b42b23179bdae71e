//! The id in the path of a route.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, request::Parts},
    response::Response,
};

use super::answer::problem;

/// The id of what a route is about: `17` in `/api/v1/runs/17`.
#[derive(Debug, Clone, Copy)]
pub struct IdPath(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for IdPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        // The first parameter is the id; another one would belong to what it has.
        let given = params.as_ref().ok().and_then(|params| params.iter().next());
        match given.map(|(name, value)| (name, value.parse::<i64>())) {
            Some((_, Ok(id))) => Ok(Self(id)),
            given => {
                let name = given.map_or("id", |(name, _)| name);
                let hint = format!("use the number of the {name}, such as 17");
                Err(problem(StatusCode::BAD_REQUEST, "invalid id", Some(name.to_owned()), hint))
            }
        }
    }
}
