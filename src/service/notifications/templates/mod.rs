//! Texts of messages that people change: about one job, about several, and of digests.

mod imported;
mod preview;
#[cfg(test)]
mod tests;
mod values;

use serde_json::json;

pub use imported::take_over;
use values::Values;

use super::{digests::Summary, story::Story};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, Tx,
        tables::message_templates::{self, TemplateRow},
    },
    dto::template::{
        BODY, Origin, TemplateError, TemplateForm, TemplatePreview, TemplateQuery, TemplateTopic,
        TemplatesPage,
    },
    error::Error,
    notify::{About, Message, Written, template},
    service::{Actor, Services, audit, audit::Entry},
    time::Timestamp,
    topic::Topic,
    zone::Zone,
};

/// The text that counts for a topic and the receiver of a message, if somebody changed it; and when the message was taken.
fn chosen(
    conn: &mut Connection,
    message: i64,
    topic: TemplateTopic,
) -> Result<Option<(TemplateRow, Timestamp)>, StoreError> {
    let Some((kind, now)) = message_templates::receiver_of(conn, message)? else { return Ok(None) };
    Ok(message_templates::for_kind(conn, topic, kind)?.map(|row| (row, now)))
}

/// What a template says about a job, if there is one for the topic and the receiver of a message.
///
/// # Errors
/// Database errors.
pub(super) fn written(
    conn: &mut Connection,
    message: i64,
    story: &Story,
    zone: &Zone,
    address: Option<&str>,
) -> Result<Option<Written>, StoreError> {
    let topic = TemplateTopic::Job(story.item.topic.whole());
    let Some((row, now)) = chosen(conn, message, topic)? else { return Ok(None) };
    let values = Values::of(conn, story, zone, (now, address))?;
    Ok(Some(values.fill(&row.title, &row.body, About::Jobs)))
}

/// What a template says about several jobs, if there is one for the receiver of their message.
///
/// # Errors
/// Database errors.
pub(super) fn written_list(conn: &mut Connection, message: &Message) -> Result<Option<Written>, StoreError> {
    // Problems of this program have their own texts.
    if message.items.iter().any(|item| item.topic == Topic::System) {
        return Ok(None);
    }
    let Some((row, _)) = chosen(conn, message.id, TemplateTopic::List)? else { return Ok(None) };
    Ok(Some(Values::of_list(message).fill(&row.title, &row.body, About::Jobs)))
}

/// What a template says in place of a digest, if there is one for the receiver of its message.
///
/// # Errors
/// Database errors.
pub(super) fn written_digest(
    conn: &mut Connection,
    message: i64,
    summary: &Summary,
    address: Option<&str>,
) -> Result<Option<Written>, StoreError> {
    let Some((row, _)) = chosen(conn, message, TemplateTopic::Digest)? else { return Ok(None) };
    Ok(Some(filled_digest(&row, summary, address)))
}

/// The same of what a preview of a digest would send to a kind of channel.
///
/// # Errors
/// Database errors.
pub(super) fn shown_digest(
    conn: &mut Connection,
    kind: &str,
    summary: &Summary,
    address: Option<&str>,
) -> Result<Option<Written>, StoreError> {
    let row = message_templates::for_kind(conn, TemplateTopic::Digest, kind)?;
    Ok(row.map(|row| filled_digest(&row, summary, address)))
}

fn filled_digest(row: &TemplateRow, summary: &Summary, address: Option<&str>) -> Written {
    let about = summary.written.about.clone();
    Values::of_digest(summary, address).fill(&row.title, &row.body, about)
}

impl Values {
    /// A title and a text with these values in them.
    fn fill(&self, title: &str, body: &str, about: About) -> Written {
        let fill = |text: &str| template::render(text, |name| self.get(name));
        // Browsers send two characters for the end of a line.
        let text = fill(&body.replace("\r\n", "\n"));
        Written { title: fill(title), text, about }
    }
}

/// The text of a topic and kind of channel, what it becomes, and what was imported.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::NotFound`] when there is no such kind of channel.
pub async fn show(services: &Services, actor: &Actor, query: TemplateQuery) -> Result<TemplatesPage, Error> {
    actor.may(Permission::ViewSettings)?;
    if !query.has_kind() {
        return Err(Error::NotFound);
    }
    let now = services.clock.now();
    let draft = services.template_drafts.find(&actor.owner(), &query.draft, now);
    let draft = draft.filter(|form| form.topic == query.topic.as_str() && form.kind == query.kind);
    let (zone, address) = (services.zone.clone(), services.options.public_url.clone());
    Ok(services
        .db
        .read(move |conn| {
            let (form, origin) = match draft {
                Some(form) => (form, Origin::Draft),
                None => stored(conn, &query)?,
            };
            let preview = match template::check(&form.title, &form.body, query.topic.variables()) {
                Ok(()) => Ok(preview::preview(conn, &query, &form, &zone, (now, address.as_deref()))?),
                Err(error) => Err(error),
            };
            let changed = message_templates::all(conn)?
                .into_iter()
                .filter_map(|row| Some((TemplateTopic::from_word(&row.topic)?, row.channel_kind)));
            Ok(TemplatesPage {
                form,
                origin,
                changed: changed.collect(),
                preview,
                imported: imported::imported(conn)?,
                query,
            })
        })
        .await?)
}

/// What the form of a text has, and where that comes from.
fn stored(conn: &mut Connection, query: &TemplateQuery) -> Result<(TemplateForm, Origin), StoreError> {
    let form = |title: String, body: String| TemplateForm {
        topic: query.topic.as_str().to_owned(),
        kind: query.kind.clone(),
        title,
        body,
    };
    Ok(match message_templates::for_kind(conn, query.topic, &query.kind)? {
        Some(row) => {
            let origin = if row.channel_kind == query.kind { Origin::Own } else { Origin::AllKinds };
            (form(row.title, row.body), origin)
        }
        None => {
            let (title, body) = query.topic.default_text();
            (form(title.to_owned(), body.to_owned()), Origin::Default)
        }
    })
}

fn topic_of(word: &str) -> Result<TemplateTopic, Error> {
    TemplateTopic::from_word(word).ok_or(Error::NotFound)
}

/// A form that can be used: its topic.
fn checked(form: &TemplateForm) -> Result<TemplateTopic, Error> {
    let invalid = |field, hint: String| Error::Invalid { field, hint };
    let topic = topic_of(&form.topic)?;
    if !(TemplateQuery { topic, kind: form.kind.clone(), draft: String::new() }).has_kind() {
        return Err(Error::NotFound);
    }
    template::check(&form.title, &form.body, topic.variables()).map_err(|error| match error {
        TemplateError::Unknown(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
            let hint = format!("there is no variable {}: use the names of the list", names.join(", "));
            invalid("body", hint)
        }
        TemplateError::NoTitle => invalid("title", "enter a title".to_owned()),
        TemplateError::TooLong(BODY) => invalid("body", "use at most 2,000 characters".to_owned()),
        TemplateError::TooLong(_) => invalid("title", "use at most 200 characters".to_owned()),
    })?;
    Ok(topic)
}

/// Saves a text.
///
/// # Errors
/// [`Error::Invalid`] when it has unknown variables, or is too long; [`Error::NotFound`] when there is no such topic or kind.
pub async fn save(services: &Services, actor: &Actor, form: TemplateForm) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services.db.write(move |tx| save_in(tx, &actor, now, form)).await?
}

/// Saves a text in a transaction.
pub(in crate::service) fn save_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    form: TemplateForm,
) -> Result<Result<(), Error>, StoreError> {
    if let Err(error) = checked(&form) {
        return Ok(Err(error));
    }
    let TemplateForm { topic, kind, title, body } = form;
    let row = TemplateRow { topic, channel_kind: kind, title, body: body.replace("\r\n", "\n") };
    message_templates::set(tx.conn, &row, &audit::name_of(actor), now)?;
    audit::record(tx, actor, now, entry("template.change", &row).after(told(&row)))?;
    Ok(Ok(()))
}

fn entry(action: &'static str, row: &TemplateRow) -> Entry {
    let kind = if row.channel_kind.is_empty() { "all" } else { &row.channel_kind };
    Entry::new(action).on("template", None, format!("{} {kind}", row.topic))
}

fn told(row: &TemplateRow) -> serde_json::Value {
    json!({ "title": row.title, "body": row.body })
}

/// Forgets a text: it is again that of all kinds, or that of the program.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn reset(services: &Services, actor: &Actor, topic: &str, kind: &str) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let topic = topic_of(topic)?;
    let (actor, now, kind) = (actor.clone(), services.clock.now(), kind.to_owned());
    services
        .db
        .write(move |tx| {
            let Some(row) = message_templates::find(tx.conn, topic, &kind)? else {
                return Ok(Err(Error::NotFound));
            };
            message_templates::delete(tx.conn, topic, &kind)?;
            audit::record(tx, &actor, now, entry("template.reset", &row).before(told(&row)))?;
            Ok(Ok(()))
        })
        .await?
}

/// Keeps what was typed for some minutes, so that the page can show what it becomes. Returns the token for the page.
///
/// # Errors
/// [`Error::NotFound`] when there is no such topic or kind.
pub fn try_out(services: &Services, actor: &Actor, mut form: TemplateForm) -> Result<String, Error> {
    actor.may(Permission::ManageSettings)?;
    let topic = topic_of(&form.topic)?;
    if !(TemplateQuery { topic, kind: form.kind.clone(), draft: String::new() }).has_kind() {
        return Err(Error::NotFound);
    }
    // What is wrong with it is shown beside it; only its size is bounded here.
    for text in [&mut form.title, &mut form.body] {
        if text.len() > 8 * BODY {
            text.clear();
        }
    }
    services.template_drafts.keep(actor.owner(), form, services.clock.now())
}

/// A text as a message has it. `of` says what its values are of.
fn as_shown(written: Written, of: Option<String>) -> TemplatePreview {
    let message = Message {
        id: 1,
        items: Vec::new(),
        more: 0,
        address: None,
        may_be_repeated: false,
        mute: None,
        written: Some(written),
    };
    TemplatePreview { title: message.title(), text: message.text(), of }
}
