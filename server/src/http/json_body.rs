//! A JSON body, read as strictly as a query: fields that are not known are refused, and the answer says what is wrong.

use axum::{
    Json,
    extract::{FromRequest, OptionalFromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
    response::Response,
};
use serde::de::DeserializeOwned;

use super::answer::problem;

/// The body of a request.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let Json(body) =
            <Json<T> as FromRequest<S>>::from_request(request, state).await.map_err(|why| refused(&why))?;
        Ok(Self(body))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for JsonBody<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Self::Rejection> {
        let body = <Json<T> as OptionalFromRequest<S>>::from_request(request, state).await;
        Ok(body.map_err(|why| refused(&why))?.map(|Json(body)| Self(body)))
    }
}

fn refused(why: &JsonRejection) -> Response {
    // What fits no field is a client's mistake like any other.
    let status = match why.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        other => other,
    };
    problem(status, "invalid body", Some("body".to_owned()), why.body_text())
}
