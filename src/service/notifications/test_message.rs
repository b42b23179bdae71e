//! Test messages: somebody tries a channel, and sees the answer.

use serde_json::json;

use super::{
    channels::{find, open, outgoing},
    push,
    send::{Attempt, Turn, attempt, attempt_request},
};
use crate::{
    access::Permission,
    crypto::token::random_token,
    db::tables::{
        channels::{self, ChannelRow},
        notifications::outcome,
    },
    dto::channel::TestResult,
    error::Error,
    ids::ChannelId,
    notify::{Message, Pulse},
    service::{Actor, Services, audit, audit::Entry},
    time::Timestamp,
};

/// Sends a test message to a channel, and waits for the answer.
///
/// # Errors
/// [`Error::NotFound`] when there is no such channel.
pub async fn send_test(services: &Services, actor: &Actor, id: ChannelId) -> Result<TestResult, Error> {
    actor.may(Permission::ManageSettings)?;
    send_test_to(services, actor, find(services, id).await?).await
}

/// Sends a test message, whoever asks for it.
pub(super) async fn send_test_to(
    services: &Services,
    actor: &Actor,
    row: ChannelRow,
) -> Result<TestResult, Error> {
    let id = ChannelId(row.id);
    let message = Message::test(services.options.public_url.clone(), &row.name);
    let attempt = match open(services, &row) {
        Some(channel) => match channel.ping(Pulse::Well) {
            Some(ping) => attempt_request(&outgoing(&row), &channel, &ping).await,
            None => attempt(&outgoing(&row), &channel, &message, services.clock.now()).await,
        },
        None => Attempt::Never("the secrets of the channel cannot be read: enter them again".to_owned()),
    };
    let (actor, now): (Actor, Timestamp) = (actor.clone(), services.clock.now());
    let result =
        TestResult { worked: matches!(attempt, Attempt::Delivered(_)), answer: attempt.answer().to_owned() };
    let (told, name) = (result.clone(), row.name.clone());
    let text = row.takes_messages().then(|| format!("{}\n{}", message.title(), message.text()));
    let key = random_token(8)?;
    let turn = services
        .db
        .write(move |tx| {
            channels::tested(tx.conn, id, &told.answer)?;
            let turn = match &attempt {
                Attempt::Gone(_) => Turn::Same,
                other => Turn::note(tx.conn, id, other, now)?,
            };
            let sent = outcome::Tested { text: text.as_deref(), answer: &told.answer, worked: told.worked };
            outcome::tested(tx.conn, (id, &row.name), &key, &sent, now)?;
            let entry = Entry::new("channel.test").on("channel", id.0, row.name);
            audit::record(
                tx,
                &actor,
                now,
                entry.after(json!({ "worked": told.worked, "answer": told.answer })),
            )?;
            if let Attempt::Gone(_) = &attempt {
                push::ended(tx, id, &told.answer, now)?;
            }
            Ok(turn)
        })
        .await?;
    turn.log(&name);
    Ok(result)
}
