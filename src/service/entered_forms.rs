//! What users entered into forms that failed, kept for a moment: a form is shown again by loading its page.
//!
//! Secrets are not kept. Of users who are not signed in nothing is kept: the forms of signing in keep the name in the browser.

use std::sync::Arc;

use super::{Actor, Services, expiring::Expiring};
use crate::{dto::field_name::bare, report::mask_secrets};

/// Forms in memory, for ten minutes.
pub type EnteredForms = Expiring<String, EnteredForm, 600, 64>;

/// Maximum size of a form that is kept, in bytes.
const LARGEST: usize = 64 * 1024;

/// Fields that contain secrets, in any form: their names without `form[…]`.
const SECRETS: [&str; 13] = [
    "password",
    "current",
    "new",
    "repeated",
    "code",
    "token",
    "key",
    "reference",
    "secret",
    "headers",
    "endpoint",
    "p256dh",
    "auth",
];

/// Kinds of channels of which the target is the address of a server. Of others it is a URL that is a secret.
const KINDS_WITH_SERVER: [&str; 5] = ["ntfy", "email", "gotify", "matrix", "apprise"];

/// A form that failed.
#[derive(Debug, Clone)]
pub struct EnteredForm {
    /// The path of its server function, with `#` and its id if the page has several.
    form: String,
    fields: Arc<[(String, String)]>,
}

/// Keeps the fields of a form that failed, in place of the last one of the actor.
pub fn keep(services: &Services, actor: &Actor, form: &str, fields: Vec<(String, String)>) {
    forget(services, actor);
    let size: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
    if !matches!(actor, Actor::User(_)) || size > LARGEST {
        return;
    }
    let fields = without_secrets(fields).into();
    let entered = EnteredForm { form: form.to_owned(), fields };
    if let Err(error) = services.entered_forms.keep(actor.owner(), entered, services.clock.now()) {
        tracing::warn!(%error, "what was entered could not be kept");
    }
}

/// Returns what the actor entered last, if that was in this form.
pub fn find(services: &Services, actor: &Actor, form: &str) -> Option<Arc<[(String, String)]>> {
    let last = services.entered_forms.last(&actor.owner(), services.clock.now())?;
    (last.form == form).then_some(last.fields)
}

/// Drops what the actor entered last.
pub fn forget(services: &Services, actor: &Actor) {
    services.entered_forms.forget(&actor.owner(), services.clock.now());
}

fn without_secrets(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    let kind = fields.iter().find(|(name, _)| bare(name) == "kind").map(|(_, kind)| kind.clone());
    let has_server = kind.is_none_or(|kind| KINDS_WITH_SERVER.contains(&kind.as_str()));
    let is_kept = |name: &str| !SECRETS.contains(&name) && (name != "target" || has_server);
    fields.into_iter().filter(|(name, value)| is_kept(bare(name)) && !is_url_with_secret(value)).collect()
}

/// Whether a text is a URL with a password, or with a secret in its query.
fn is_url_with_secret(text: &str) -> bool {
    let is_url = text.contains("://") && !text.trim().contains(char::is_whitespace);
    is_url && mask_secrets(text) != text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(fields: &[(&str, &str)]) -> Vec<String> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        without_secrets(fields).into_iter().map(|(_, value)| value).collect()
    }

    #[test]
    fn secrets_are_not_kept() {
        for name in SECRETS {
            assert!(kept(&[(name, "x")]).is_empty(), "{name}");
            assert!(kept(&[(&format!("form[{name}]"), "x")]).is_empty(), "{name}");
        }
        assert_eq!(kept(&[("name", "anna"), ("password", "x"), ("role", "viewer")]), ["anna", "viewer"]);
    }

    #[test]
    fn a_url_with_a_password_is_not_kept() {
        let (secret, plain) = ("http://anna:secret@nas.local/", "http://nas.local/");
        assert!(kept(&[("duplicati_url", secret)]).is_empty());
        assert_eq!(kept(&[("duplicati_url", plain)]), [plain]);
        let notes = "see http://anna:secret@nas.local/ for more";
        assert_eq!(kept(&[("notes", notes)]), [notes]);
    }

    #[test]
    fn the_url_of_a_webhook_is_a_secret_and_that_of_a_server_is_not() {
        for kind in KINDS_WITH_SERVER {
            assert_eq!(kept(&[("form[kind]", kind), ("form[target]", "host")]), [kind, "host"]);
        }
        for kind in ["webhook", "slack", "heartbeat", ""] {
            assert_eq!(kept(&[("form[target]", "https://x/secret"), ("form[kind]", kind)]), [kind]);
        }
    }
}
