//! What somebody entered and could not be stored, kept for a moment: without JavaScript, the page is loaded again.

use crate::{
    dto::channel::{ChannelDraft, ChannelForm},
    ids::ChannelId,
    service::{Actor, Services, expiring::Expiring},
};

/// One for each person.
pub type Drafts = Expiring<String, ChannelDraft, 600, 32>;

/// Keeps a form, without what is secret, in place of the last one.
pub(super) fn keep(
    services: &Services,
    actor: &Actor,
    channel: Option<ChannelId>,
    form: ChannelForm,
    (field, hint): (&str, &str),
) {
    let now = services.clock.now();
    // The URL of a server is none, but that of a webhook is; only the kind tells.
    let has_server = matches!(form.kind.as_str(), "ntfy" | "email" | "gotify" | "matrix" | "apprise");
    let form = ChannelForm {
        token: String::new(),
        key: String::new(),
        target: if has_server { form.target } else { String::new() },
        ..form
    };
    let draft = ChannelDraft { channel, form, field: field.to_owned(), hint: hint.to_owned() };
    forget(services, actor);
    if let Err(error) = services.channel_drafts.keep(actor.owner(), draft, now) {
        tracing::warn!(%error, "what was entered could not be kept");
    }
}

/// Drops what an actor entered last.
pub(super) fn forget(services: &Services, actor: &Actor) {
    services.channel_drafts.forget(&actor.owner(), services.clock.now());
}

/// What an actor entered last.
pub(super) fn find(services: &Services, actor: &Actor) -> Option<ChannelDraft> {
    services.channel_drafts.last(&actor.owner(), services.clock.now())
}
