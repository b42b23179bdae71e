//! The OpenAPI document: made from the handlers, completed with what is the same for all of them, and with the access rules.

use std::{collections::BTreeSet, sync::LazyLock};

use axum::{Json, extract::State, http::Method, response::IntoResponse as _};
use duplistatus::access::{Assurance, Permission};
use serde_json::json;
use utoipa::{
    OpenApi as _,
    openapi::{
        ContentBuilder, HeaderBuilder, KnownFormat, ObjectBuilder, OpenApi, Ref, RefOr, Required, Response,
        ResponseBuilder, Schema, SchemaFormat,
        extensions::ExtensionsBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        schema::{SchemaType, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
        server::Server,
    },
};

use super::{
    idempotency,
    params::Answer,
    problem::{MEDIA_TYPE, ProblemDetails},
    words,
};
use crate::{access::rule, http::query::PARAMETERS, state::AppState};

/// What is not of a handler.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(
    info(title = "duplistatus", description = "See docs/API.md."),
    components(schemas(
        ProblemDetails,
        words::Time,
        words::Verdict,
        words::Status,
        words::Outcome,
        words::Topic,
        words::ScheduleSource,
        words::IncidentState,
        words::UserRole,
        words::KeyScope,
        words::NotificationStatus,
        words::LogLines,
        words::RunOrder,
        words::ScheduleOrder,
    ))
)]
struct Base;

static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(made);

/// Returns the document, for a site without a base path.
pub fn document() -> &'static OpenApi {
    &DOCUMENT
}

/// Returns this document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "document",
    responses((status = 200, body = Object)))]
pub async fn show(State(state): State<AppState>) -> Answer {
    let mut whole = document().clone();
    let base = if state.base.as_str().is_empty() { "/" } else { state.base.as_str() };
    whole.servers = Some(vec![Server::new(base)]);
    Ok(Json(whole).into_response())
}

/// Returns the parameters in the URL that a route takes.
pub fn parameters(method: &Method, path: &str) -> Vec<&'static str> {
    let operation = document().paths.paths.get(path).and_then(|item| of_method(item, method));
    let all = operation.and_then(|operation| operation.parameters.as_ref()).into_iter().flatten();
    all.filter(|one| one.parameter_in == ParameterIn::Query).map(|one| one.name.as_str()).collect()
}

/// Returns all operations, each with its path and method.
pub fn operations(document: &OpenApi) -> impl Iterator<Item = (&str, Method, &Operation)> {
    document.paths.paths.iter().flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |method| {
            let operation = of_method(item, &method)?;
            Some((path.as_str(), method, operation))
        })
    })
}

const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

fn of_method<'i>(item: &'i PathItem, method: &Method) -> Option<&'i Operation> {
    match *method {
        Method::GET => item.get.as_ref(),
        Method::POST => item.post.as_ref(),
        Method::PUT => item.put.as_ref(),
        Method::PATCH => item.patch.as_ref(),
        Method::DELETE => item.delete.as_ref(),
        _ => None,
    }
}

fn made() -> OpenApi {
    let mut document = Base::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    for (routes, has_tags) in [
        (super::stored(), true),
        (super::computed(), true),
        (super::files(), false),
        (super::exports(), false),
        (super::uploads(), false),
    ] {
        let mut part = routes.split_for_parts().1;
        for (path, item) in &mut part.paths.paths {
            for method in METHODS {
                let operation = match method {
                    Method::GET => &mut item.get,
                    Method::POST => &mut item.post,
                    Method::PUT => &mut item.put,
                    Method::PATCH => &mut item.patch,
                    _ => &mut item.delete,
                };
                if let Some(operation) = operation {
                    complete(operation, path, &method, has_tags);
                }
            }
        }
        document.merge(part);
    }
    let components = document.components.get_or_insert_default();
    components.responses.insert("Problem".to_owned(), problem().into());
    for (name, scheme) in schemes() {
        components.add_security_scheme(name, scheme);
    }
    // Each resource can be narrowed to some of its fields.
    let narrowed: BTreeSet<String> = narrowed(&document);
    let components = document.components.get_or_insert_default();
    for (name, schema) in &mut components.schemas {
        if let RefOr::T(Schema::Object(object)) = schema
            && narrowed.contains(name)
        {
            object.required.clear();
        }
    }
    document
}

/// The names of the schemas of resources that are narrowed by `fields`, and of lists of them.
fn narrowed(document: &OpenApi) -> BTreeSet<String> {
    let with_fields = operations(document).filter(|(_, _, operation)| {
        operation.parameters.iter().flatten().any(|parameter| parameter.name == "fields")
    });
    let mut names = BTreeSet::new();
    for (_, _, operation) in with_fields {
        let text = serde_json::to_string(&operation.responses.responses.get("200")).unwrap_or_default();
        let found = text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
        names.extend(found.map(|name| name.strip_prefix("List_").unwrap_or(name).to_owned()));
    }
    names
}

/// Adds to an operation what follows from its path and method.
fn complete(operation: &mut Operation, path: &str, method: &Method, has_tags: bool) {
    let words = path.trim_start_matches("/api/v1/").split(['/', '-', '.']);
    let words: Vec<&str> = words.map(|word| word.trim_matches(['{', '}'])).collect();
    operation.operation_id = Some(format!("{}_{}", method.as_str().to_lowercase(), words.join("_")));
    let known = operation.parameters.get_or_insert_default();
    for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let kind = if ["name", "check"].contains(&name) { Type::String } else { Type::Integer };
        known.push(parameter(name, ParameterIn::Path, kind, Required::True));
    }
    let words = PARAMETERS.iter().find(|(of, at, _)| of == method && *at == path);
    for name in words.map_or(&[][..], |(.., names)| names) {
        known.push(parameter(name, ParameterIn::Query, Type::String, Required::False));
    }
    if *method == Method::POST {
        let mut key =
            parameter(idempotency::HEADER.as_str(), ParameterIn::Header, Type::String, Required::False);
        key.description =
            Some("A request with the same key and content is answered again, and not done again.".into());
        known.push(key);
    }
    if has_tags && *method == Method::GET {
        let mut tag = parameter("if-none-match", ParameterIn::Header, Type::String, Required::False);
        tag.description = Some("The `ETag` of an answer: 304 if it has not changed.".into());
        known.push(tag);
    }
    respond(operation, method, has_tags);
    require(operation, path, method);
}

fn parameter(name: &str, of: ParameterIn, kind: Type, required: Required) -> Parameter {
    let mut schema = ObjectBuilder::new().schema_type(SchemaType::Type(kind.clone()));
    if kind == Type::Integer {
        schema = schema.format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    }
    ParameterBuilder::new()
        .name(name)
        .parameter_in(of)
        .required(required)
        .schema(Some(schema.build()))
        .build()
}

/// Adds the answers that every operation can give.
fn respond(operation: &mut Operation, method: &Method, has_tags: bool) {
    let responses = &mut operation.responses.responses;
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response {
            if response.description.is_empty() {
                response.description = if status == "204" { "Done" } else { "The answer" }.to_owned();
            }
            if has_tags && *method == Method::GET && status == "200" {
                let tag = HeaderBuilder::new().description(Some("For `If-None-Match`"));
                response.headers.insert("ETag".to_owned(), tag.build());
            }
        }
    }
    if has_tags && *method == Method::GET {
        let unchanged: Response = ResponseBuilder::new().description("It has not changed").build();
        responses.insert("304".to_owned(), unchanged.into());
    }
    let mut errors = vec!["400", "401", "403", "404", "421", "429", "500", "503"];
    if operation.request_body.is_some() {
        errors.extend(["413", "415"]);
    }
    if *method == Method::POST {
        errors.extend(["409", "413", "422"]);
    }
    if *method != Method::GET {
        errors.push("507");
    }
    for status in errors {
        let problem = RefOr::Ref(Ref::from_response_name("Problem"));
        responses.entry(status.to_owned()).or_insert(problem);
    }
}

/// Adds who may, by the table of access rules.
fn require(operation: &mut Operation, path: &str, method: &Method) {
    let Some(permission) = rule(path).and_then(|rule| rule.requirement.permission(method)) else {
        operation.security = Some(Vec::new());
        return;
    };
    let scope = scope(permission);
    let named = |name: &str| SecurityRequirement::new(name, scope);
    let mut ways = vec![named("session")];
    if scope.is_some() {
        ways.extend([named("bearer"), named("api_key")]);
    }
    operation.security = Some(ways);
    let access = json!({
        "permission": format!("{permission:?}"),
        "role": permission.needs().as_str(),
        "scope": scope,
        "fresh_password": permission.assurance() == Assurance::FreshPassword,
    });
    operation.extensions = Some(ExtensionsBuilder::new().add("x-access", access).build());
}

/// Returns the scope that an API key needs; `None` if no key suffices.
fn scope(permission: Permission) -> Option<&'static str> {
    use duplistatus::access::Scope;
    let is_open = permission.assurance() == Assurance::Any;
    let scope = Scope::ALL.into_iter().find(|scope| scope.role() >= permission.needs());
    scope.filter(|_| is_open).map(Scope::as_str)
}

fn problem() -> Response {
    let schema = Ref::from_schema_name("ProblemDetails");
    ResponseBuilder::new()
        .description("An error (RFC 9457)")
        .content(MEDIA_TYPE, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

fn schemes() -> [(&'static str, SecurityScheme); 3] {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key")).build();
    let header = ApiKeyValue::with_description("X-API-Key", "An API key");
    let cookie = ApiKeyValue::with_description(
        "duplistatus-session",
        "The session of a browser; its name can have a prefix, and the port",
    );
    [
        ("bearer", SecurityScheme::Http(bearer)),
        ("api_key", SecurityScheme::ApiKey(ApiKey::Header(header))),
        ("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie))),
    ]
}
