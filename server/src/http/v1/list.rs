//! Lists in parts, and the selection of fields.

use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use duplistatus::{
    error::Error,
    service::programs::lists::{Listed, Part, Position},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{RefOr, Schema},
};

use super::params::{Answer, Params};
use crate::http::query::invalid;

/// Rows of a part, if nothing is said.
const USUAL: i64 = 50;
/// Rows of a part, at most.
const MOST: i64 = 200;
/// Characters of a cursor, at most.
const CURSOR: usize = 200;

/// Parameters of lists.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Rows to return.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// `next` of the answer before. The other parameters must be the same.
    cursor: Option<String>,
    /// Fields to return, separated by commas; all of them if it is missing.
    fields: Option<String>,
}

/// Parameters of single resources.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FieldParams {
    /// Fields to return, separated by commas; all of them if it is missing.
    fields: Option<String>,
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The rows.
    pub data: Vec<T>,
    /// The cursor of the next part; null at the end of the list.
    pub next: Option<String>,
}

/// Which part of a list is wanted, and which fields.
#[derive(Debug)]
pub struct Page {
    params: PageParams,
    /// The order, which a cursor of another one does not fit.
    order: &'static str,
    uri: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Params(params) = Params::<PageParams>::from_request_parts(parts, state).await?;
        let uri =
            parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let uri = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        Ok(Self { params, order: "", uri })
    }
}

impl Page {
    /// Names the order of the list.
    #[must_use]
    pub fn ordered(self, order: &'static str) -> Self {
        Self { order, ..self }
    }

    /// Returns the wanted part.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the limit is out of range, or the cursor is not one of this list.
    pub fn part(&self) -> Result<Part, Error> {
        let limit = self.params.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(invalid("limit", &format!("use a number from 1 to {MOST}")));
        }
        let after = self.params.cursor.as_deref().map(|cursor| {
            opened(cursor, self.order)
                .ok_or_else(|| invalid("cursor", "use `next` of the answer before, with the same parameters"))
        });
        Ok(Part { after: after.transpose()?, limit })
    }

    /// Returns the answer with a part of the list.
    ///
    /// # Errors
    /// [`Error::Invalid`] if a field is not known.
    pub fn answer<T: Serialize + ToSchema>(&self, listed: Listed<T>) -> Answer {
        let next = listed.next.map(|next| closed(next, self.order));
        let link = next.as_ref().and_then(|next| HeaderValue::from_str(&next_link(&self.uri, next)).ok());
        let mut response = match &self.params.fields {
            None => Json(List { data: listed.rows, next }).into_response(),
            Some(fields) => {
                let fields = wanted::<T>(fields)?;
                let rows = listed.rows.iter().map(|row| narrowed(row, &fields));
                Json(List { data: rows.collect::<Result<Vec<_>, _>>()?, next }).into_response()
            }
        };
        response.headers_mut().extend(link.map(|link| (header::LINK, link)));
        Ok(response)
    }
}

impl FieldParams {
    /// Returns the answer with one resource.
    ///
    /// # Errors
    /// [`Error::Invalid`] if a field is not known.
    pub fn answer<T: Serialize + ToSchema>(&self, resource: &T) -> Answer {
        Ok(match &self.fields {
            None => Json(resource).into_response(),
            Some(fields) => Json(narrowed(resource, &wanted::<T>(fields)?)?).into_response(),
        })
    }
}

/// Returns the fields that are asked for.
fn wanted<T: ToSchema>(fields: &str) -> Result<Vec<&str>, Error> {
    let known: Vec<String> = match T::schema() {
        RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
        _ => Vec::new(),
    };
    let fields: Vec<&str> = fields.split(',').map(str::trim).collect();
    match fields.iter().all(|field| known.iter().any(|name| name == field)) {
        true => Ok(fields),
        false => Err(invalid("fields", &format!("use some of {}, separated by commas", known.join(", ")))),
    }
}

fn narrowed<T: Serialize>(resource: &T, fields: &[&str]) -> Result<Value, Error> {
    let mut value = serde_json::to_value(resource).map_err(Error::internal)?;
    if let Some(object) = value.as_object_mut() {
        object.retain(|name, _| fields.contains(&name.as_str()));
    }
    Ok(value)
}

/// Returns the cursor of a position.
fn closed(position: Position, order: &str) -> String {
    let at = position.at.map(|at| at.to_string()).unwrap_or_default();
    BASE64_URL_SAFE_NO_PAD.encode(format!("{order} {} {at}", position.id))
}

/// Returns the position of a cursor that was made for this order.
fn opened(cursor: &str, order: &str) -> Option<Position> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().filter(|_| cursor.len() <= CURSOR)?;
    let text = String::from_utf8(text).ok()?;
    let mut parts = text.split(' ');
    let (made_for, id, at) = (parts.next()?, parts.next()?, parts.next()?);
    if made_for != order || parts.next().is_some() {
        return None;
    }
    let at = Some(at).filter(|at| !at.is_empty()).map(str::parse).transpose().ok()?;
    Some(Position { at, id: id.parse().ok()? })
}

/// Returns the `Link` to the next part.
fn next_link(uri: &str, cursor: &str) -> String {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let next = format!("cursor={cursor}");
    let query: Vec<&str> = kept.chain([next.as_str()]).collect();
    format!("<{path}?{}>; rel=\"next\"", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place_in_its_own_order_only() {
        let at = "2026-11-23T22:06:37Z".parse().ok();
        for position in [Position { at, id: 7 }, Position { at: None, id: i64::MAX }] {
            for order in ["", "-started"] {
                assert_eq!(opened(&closed(position, order), order), Some(position));
            }
            assert_eq!(opened(&closed(position, "started"), "-started"), None);
        }
        for wrong in ["", "x", "IA", "****", &"A".repeat(300), &BASE64_URL_SAFE_NO_PAD.encode(" 1 never")] {
            assert_eq!(opened(wrong, ""), None, "{wrong}");
        }
    }

    #[test]
    fn the_link_keeps_the_other_parameters() {
        assert_eq!(next_link("/api/v1/runs", "c"), "</api/v1/runs?cursor=c>; rel=\"next\"");
        let link = next_link("/b/api/v1/runs?limit=2&cursor=b&status=error", "c");
        assert_eq!(link, "</b/api/v1/runs?limit=2&status=error&cursor=c>; rel=\"next\"");
    }
}
