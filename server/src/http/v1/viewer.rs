//! A page that shows the document: plain HTML, without scripts and without anything from elsewhere.

use std::{collections::BTreeMap, fmt::Write as _};

use axum::{
    extract::State,
    http::{Method, header},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use utoipa::openapi::path::{Operation, ParameterIn};

use super::document::{document, operations};
use crate::{http::rejected_request::escaped, site::site_files, state::AppState};

/// Shows this document as a page.
#[utoipa::path(get, path = "/api/v1/docs", tag = "document",
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub async fn show(State(state): State<AppState>) -> Response {
    let html = page(state.base.as_str());
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

fn page(base: &str) -> String {
    let mut by_tag: BTreeMap<&str, Vec<(&str, Method, &Operation)>> = BTreeMap::new();
    for found in operations(document()) {
        let tag = found.2.tags.iter().flatten().next().map_or("", String::as_str);
        by_tag.entry(tag).or_default().push(found);
    }
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>API · duplistatus</title>\
         <link rel=\"stylesheet\" href=\"{base}{css}\"></head><body><main class=\"api-docs\"><h1>API</h1>\
         <p>For programs, the same is in <a href=\"{base}/api/v1/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>",
        css = site_files().css,
    );
    html.push_str("<nav aria-label=\"Resources\"><ul>");
    // Writing to a `String` cannot fail.
    for tag in by_tag.keys().copied().chain(["types"]) {
        let _ = write!(html, "<li><a href=\"#tag-{0}\">{0}</a></li>", escaped(tag));
    }
    html.push_str("</ul></nav>");
    for (tag, operations) in by_tag {
        let _ = write!(
            html,
            "<section class=\"card\" id=\"tag-{0}\" data-pad=\"true\"><h2>{0}</h2>",
            escaped(tag)
        );
        for (path, method, operation) in operations {
            describe(&mut html, path, &method, operation);
        }
        html.push_str("</section>");
    }
    html.push_str("<section class=\"card\" id=\"tag-types\" data-pad=\"true\"><h2>types</h2>");
    let schemas = serde_json::to_value(document().components.as_ref().map(|components| &components.schemas));
    for (name, schema) in schemas.unwrap_or_default().as_object().into_iter().flatten() {
        schema_table(&mut html, name, schema);
    }
    html.push_str("</section></main></body></html>\n");
    html
}

fn describe(html: &mut String, path: &str, method: &Method, operation: &Operation) {
    let text = |text: &Option<String>| marked(text.as_deref().unwrap_or_default());
    let summary = text(&operation.summary);
    let _ = write!(html, "<article><h3><code>{method} {}</code></h3><p>{summary}</p>", escaped(path));
    let more = serde_json::to_value(&operation.extensions).unwrap_or_default();
    let word = |name: &str| more.get("x-access")?.get(name)?.as_str().map(escaped);
    if let Some(role) = word("role") {
        let scope = word("scope").map_or_else(
            || " (session only)".to_owned(),
            |scope| format!(", or an API key of scope <code>{scope}</code>"),
        );
        let _ = write!(html, "<p>Role: {role}{scope}</p>");
    }
    let parameters: Vec<_> = operation
        .parameters
        .iter()
        .flatten()
        .filter(|parameter| parameter.parameter_in != ParameterIn::Header)
        .collect();
    if !parameters.is_empty() {
        html.push_str("<table><thead><tr><th>Parameter</th><th>Type</th><th></th></tr></thead><tbody>");
        for parameter in parameters {
            let schema = serde_json::to_value(&parameter.schema).unwrap_or_default();
            let (name, what) = (escaped(&parameter.name), text(&parameter.description));
            let _ = write!(
                html,
                "<tr><td><code>{name}</code></td><td>{}</td><td>{what}</td></tr>",
                kind(&schema)
            );
        }
        html.push_str("</tbody></table>");
    }
    let body = serde_json::to_value(&operation.request_body).unwrap_or_default();
    let body = body.pointer("/content/application~1json/schema").map(kind);
    if let Some(body) = body {
        let _ = write!(html, "<p>Body: {body}</p>");
    }
    let answer = serde_json::to_value(&operation.responses).unwrap_or_default();
    for status in ["200", "201", "202", "204"] {
        if let Some(answer) = answer.get(status) {
            let schema = answer.pointer("/content/application~1json/schema").map(kind).unwrap_or_default();
            let _ = write!(html, "<p>{status} {schema}</p>");
        }
    }
    html.push_str("</article>");
}

/// A description as HTML: what is between backticks is code.
fn marked(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(number, part)| match number % 2 {
        1 => format!("<code>{}</code>", escaped(part)),
        _ => escaped(part),
    });
    parts.collect()
}

fn schema_table(html: &mut String, name: &str, schema: &Value) {
    let what = |value: &Value| marked(value.get("description").and_then(Value::as_str).unwrap_or_default());
    let name = escaped(name);
    let _ = write!(html, "<article><h3 id=\"{name}\">{name}</h3><p>{}</p>", what(schema));
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words: Vec<String> = words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| format!("<code>{}</code>", escaped(word)))
            .collect();
        let _ = write!(html, "<p>{}</p>", words.join(", "));
    }
    let Some(fields) = schema.get("properties").and_then(Value::as_object) else {
        html.push_str("</article>");
        return;
    };
    html.push_str("<table><thead><tr><th>Field</th><th>Type</th><th></th></tr></thead><tbody>");
    for (field, schema) in fields {
        let field = escaped(field);
        let _ = write!(
            html,
            "<tr><td><code>{field}</code></td><td>{}</td><td>{}</td></tr>",
            kind(schema),
            what(schema)
        );
    }
    html.push_str("</tbody></table></article>");
}

/// The type of a schema in words, with links to other types.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    if let Some(items) = schema.get("items") {
        return format!("list of {}", kind(items));
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(all) = schema.get(several).and_then(Value::as_array) {
            return all.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    match schema.get("type") {
        Some(Value::String(word)) => escaped(word),
        Some(Value::Array(words)) => {
            words.iter().filter_map(Value::as_str).map(escaped).collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    }
}
