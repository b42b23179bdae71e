//! Forms that failed: the page shows them again, with what was entered.

use app::ui::form::failure::{Entered, FORM_ID};
use axum::{
    extract::Query,
    http::{HeaderValue, Uri, header},
    response::Response,
};
use duplistatus::service::{Actor, Services, entered_forms};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The name under which an address has the form that failed.
const FORM: &str = "__path";

/// Keeps what was entered if the response leads back to the page with an error. Its address then names the form, too, if the page has
/// several for this server function.
pub fn keep(
    services: &Services,
    actor: &Actor,
    path: &str,
    fields: Vec<(String, String)>,
    mut response: Response,
) -> Response {
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location.filter(|location| location.contains("__err=")) else {
        // Pages get their data from server functions too; those are no forms.
        if !fields.is_empty() && response.status().is_redirection() {
            entered_forms::forget(services, actor);
        }
        return response;
    };
    let id = fields.iter().find(|(name, _)| name == FORM_ID).map(|(_, id)| id.clone());
    let form = match &id {
        Some(id) => format!("{path}#{id}"),
        None => path.to_owned(),
    };
    if id.is_some()
        && let Ok(location) = HeaderValue::from_str(&named(location, &form))
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    entered_forms::keep(services, actor, &form, fields);
    response
}

/// The address with the name of the form.
fn named(location: &str, form: &str) -> String {
    let form = utf8_percent_encode(form, NON_ALPHANUMERIC).to_string();
    let (page, rest) = location.split_once('?').unwrap_or((location, ""));
    let (query, fragment) = rest.split_once('#').map_or((rest, None), |(query, rest)| (query, Some(rest)));
    let pairs = query.split('&').map(|pair| match pair.starts_with("__path=") {
        true => format!("{FORM}={form}"),
        false => pair.to_owned(),
    });
    let query = pairs.collect::<Vec<_>>().join("&");
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{page}?{query}{fragment}")
}

/// Returns what the actor entered into the form of which the address of a page says that it failed.
pub fn find(services: &Services, actor: &Actor, uri: &Uri) -> Option<Entered> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    let form = pairs.into_iter().find(|(name, _)| name == FORM)?.1;
    entered_forms::find(services, actor, &form).map(Entered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_form_and_keeps_the_rest() {
        let named = named("/a?kind=x&__path=%2Fapi%2Ffn%2Fb&__err=e#at", "/api/fn/b#2 &");
        assert_eq!(named, "/a?kind=x&__path=%2Fapi%2Ffn%2Fb%232%20%26&__err=e#at");
    }
}
