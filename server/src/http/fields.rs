//! Required fields of forms. Browsers send even empty fields, so a request that lacks one is not from that form and is rejected:
//! an empty field has a meaning ("forever", "any server", "no address").

use app::{error::ApiError, ui::form::checkbox::SHOWN};
use axum::{
    Form,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest as _, Request},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::server_fn::error::ServerFnUrlError;

use super::page::accepts_html;

/// How browsers send forms.
const FORM: &str = "application/x-www-form-urlencoded";
/// Maximum size of a form in bytes.
const LARGEST: usize = 2 * 1024 * 1024;

/// Server functions that take a form, by the end of their path, and the fields that each form has. Boxes are not among them
/// ([`BOXES`]), nor is what only some of the forms of a function have.
pub const FIELDS: &[(&str, &[&str])] = &[
    ("accept_warning", &["job", "kind", "days"]),
    ("archive_job", &["job", "archived"]),
    ("archive_server", &["server", "archived"]),
    ("begin_second_factor", &["password"]),
    ("change_password", &["current", "new"]),
    ("change_settings", &["audit_days"]),
    ("change_task", &["name", "schedule"]),
    ("clean_up_database", &["days", "keep_last", "server", "job", "at_most"]),
    ("clear_retention", &["server", "job"]),
    ("confirm_second_factor", &["code"]),
    ("create_api_key", &["name", "scope", "days"]),
    ("create_imported_channel", &["kind"]),
    ("create_key", &["server"]),
    ("create_link", &["about", "kind"]),
    ("create_user", &["name", "role"]),
    ("delete_backup", &["name"]),
    ("delete_channel", &["channel", "name"]),
    ("delete_group", &["group", "name"]),
    ("delete_digest", &["digest", "name"]),
    ("delete_job", &["job", "name", "at_most"]),
    ("delete_link", &["link", "name"]),
    ("delete_rule", &["rule", "name"]),
    ("delete_server", &["server", "name", "at_most"]),
    ("delete_user", &["user", "name"]),
    ("delete_window", &["window"]),
    ("disable_user", &["user", "name"]),
    ("dismiss_all_rejected", &["until"]),
    ("dismiss_rejected", &["row", "reason", "source"]),
    ("enable_user", &["user", "name"]),
    ("end_session", &["session"]),
    ("end_user_sessions", &["user", "name"]),
    ("expect_check", &["job", "check"]),
    ("label_job", &["server", "job", "tags"]),
    ("label_server", &["server", "group", "tags"]),
    ("label_servers", &["servers", "act", "group", "add", "remove"]),
    ("look_after_database", &["kind"]),
    ("merge_servers", &["from", "from_name", "into", "into_name"]),
    ("pause", &["until", "reason"]),
    ("preview_template", &["form[topic]", "form[kind]", "form[title]", "form[body]"]),
    ("prove", &["password"]),
    ("prove_by_code", &["code"]),
    ("remove_second_factor", &["password"]),
    ("renew_recovery_codes", &["password"]),
    ("rename_group", &["group", "name"]),
    ("reset_template", &["topic", "kind"]),
    ("reset_user_password", &["user", "name"]),
    ("resend_notification", &["notification"]),
    ("restore_backup", &["name"]),
    ("restore_upload", &["reference"]),
    ("revoke_api_key", &["key", "prefix"]),
    ("revoke_key", &["key", "prefix"]),
    ("revoke_user_key", &["key", "prefix"]),
    ("rotate_key", &["key", "prefix"]),
    ("run_task", &["name"]),
    ("save_channel", &["form[name]", "form[kind]", "form[delay]"]),
    ("save_hours", &["channel", "form[from]", "form[to]", "form[zone]", "form[reminder]"]),
    ("save_digest", &["form[name]", "form[channel]", "form[group]", "form[every]", "form[at]", "form[zone]"]),
    ("save_job", &["job", "name", "alias", "notes"]),
    ("save_preferences", &["language", "theme", "time_zone", "date_format"]),
    ("save_profile", &["display_name", "email"]),
    (
        "save_rule",
        &["form[scope]", "form[name]", "form[tells]", "form[delay]", "form[reminder]", "form[after]"],
    ),
    ("save_status_page", &["about", "form[title]", "form[name]"]),
    ("save_server", &["server", "name", "alias", "notes", "duplicati_url"]),
    ("save_template", &["form[topic]", "form[kind]", "form[title]", "form[body]"]),
    ("send_digest", &["digest"]),
    ("set_retention", &["days", "keep_last", "server", "job"]),
    ("set_schedule", &["form[schedule]", "form[tolerance]"]),
    ("set_up", &["token", "name", "password"]),
    ("set_user_role", &["user", "role", "name"]),
    ("sign_in", &["name", "password"]),
    ("sign_in_code", &["code"]),
    ("subscribe_browser", &["form[endpoint]", "form[p256dh]", "form[auth]", "form[browser]"]),
    ("test_browser", &["channel"]),
    ("test_channel", &["channel"]),
    ("unlock_user", &["user", "name"]),
    ("unsubscribe_browser", &["channel"]),
    ("use_snooze_link", &["token", "act"]),
    ("withdraw_warning", &["job", "kind"]),
];

/// Boxes that switch something off when they are not ticked. A browser sends nothing of such a box, so the form says in a field of
/// its own that it has it ([`app::ui::form::checkbox`]). Boxes that only agree to something need none.
pub const BOXES: &[(&str, &[&str])] = &[
    ("change_settings", &["local_read_api", "private_networks"]),
    ("change_task", &["enabled"]),
    ("save_channel", &["private", "in_use"]),
    ("save_hours", &["urgent"]),
    ("save_digest", &["in_use"]),
];

/// The fields of a form, by name, in their order.
pub type Fields = Vec<(String, String)>;

/// Reads the fields of a form; none if the request is not a form.
///
/// # Errors
/// The response, if the form is too large or was cut off.
pub async fn read(request: Request) -> Result<(Request, Fields), Box<Response>> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if request.method() != Method::POST || !kind.is_some_and(|kind| kind.starts_with(FORM)) {
        return Ok((request, Fields::new()));
    }
    let (parts, body) = request.into_parts();
    // Larger than any form, or aborted.
    let Ok(body) = to_bytes(body, LARGEST).await else {
        let error = ApiError::Invalid {
            field: "request".into(),
            hint: "send one whole form of 2 MiB at most".into(),
        };
        return Err(Box::new(refused(&parts.headers, parts.uri.path(), &error)));
    };
    let fields = parsed(&body).await;
    Ok((Request::from_parts(parts, Body::from(body)), fields))
}

/// Returns the response that names the fields that a form lacks: for a program 400, for a browser the page with the error above the
/// form.
pub fn lacking(request: &Request, fields: &Fields) -> Option<Response> {
    let path = request.uri().path();
    let name = path.rsplit('/').next().unwrap_or_default();
    let (_, wanted) = FIELDS.iter().find(|(known, _)| *known == name)?;
    if request.method() != Method::POST {
        return None;
    }
    let has = |wanted: &str| fields.iter().any(|(name, _)| name == wanted);
    let boxes = BOXES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, boxes)| boxes);
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|wanted| !has(wanted))
        .chain(boxes.iter().filter(|name| !has(name) && !has(&format!("{SHOWN}{name}"))))
        .copied()
        .collect();
    let first = missing.first()?;
    let hint = format!(
        "send {} too; a field that does not apply may be empty, but must be there",
        missing.join(", ")
    );
    let error = ApiError::Invalid { field: (*first).to_owned(), hint };
    Some(refused(request.headers(), &format!("/api/fn/{name}"), &error))
}

/// The fields of a body; none if it cannot be read as a form.
async fn parsed(body: &Bytes) -> Fields {
    let form = Request::post("/").header(header::CONTENT_TYPE, FORM).body(Body::from(body.clone()));
    let Ok(form) = form else { return Fields::new() };
    Form::<Fields>::from_request(form, &()).await.map(|Form(fields)| fields).unwrap_or_default()
}

fn refused(headers: &HeaderMap, path: &str, error: &ApiError) -> Response {
    let page = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let back = page
        .filter(|_| accepts_html(headers))
        .and_then(|page| ServerFnUrlError::new(path, error.clone()).to_url(page).ok());
    match back {
        Some(url) => (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_string())]).into_response(),
        None => (error.http_status(), axum::Json(error)).into_response(),
    }
}
