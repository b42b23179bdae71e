//! Tells that nothing can be stored, from memory: each channel once, for as long as this process runs. When the database can be written
//! again, what was told is stored, and who was told hears that it is over.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use crate::{
    db::tables::{channels, notifications::own, system_problems},
    dto::health::ReadOnly,
    error::Error,
    ids::ChannelId,
    notify::{Message, own::of_writing},
    service::{
        Services,
        notifications::{
            channels::{open, outgoing},
            own_problems::item_of,
            send::{Attempt, attempt},
        },
    },
    time::Timestamp,
    topic::Topic,
};

/// What is told while nothing can be stored.
#[derive(Debug, Default)]
pub(super) struct Direct {
    begun: Option<(Timestamp, ReadOnly)>,
    /// What came of it, by channel: those that are not here are tried again.
    ended: BTreeMap<i64, Outcome>,
}

/// What a channel answered.
#[derive(Debug)]
struct Outcome {
    at: Timestamp,
    text: String,
    answer: String,
    is_delivered: bool,
}

impl Direct {
    /// Tells those who do not know yet.
    ///
    /// # Errors
    /// Database errors: nobody knows which channels there are.
    pub(super) async fn tell(
        &mut self,
        services: &Services,
        why: ReadOnly,
        now: Timestamp,
    ) -> Result<(), Error> {
        // What follows is mostly a consequence of what came first.
        let (since, why) = *self.begun.get_or_insert((now, why));
        let problem = of_writing(why);
        if now.since(since) < problem.patience {
            return Ok(());
        }
        let (rows, routing) =
            services.db.read(|conn| Ok((channels::receivers(conn)?, own::routing(conn)?.0))).await?;
        let facts = vec![problem.detail.clone(), format!("Since {}.", services.zone.moment(since).zoned())];
        let item = item_of(Topic::System, &problem.name, facts, "/settings/health");
        let message = Message {
            // No row has a negative id, and the same problem has the same.
            id: since.unix().saturating_neg().min(-1),
            items: vec![item],
            more: 0,
            address: services.options.public_url.clone(),
            may_be_repeated: false,
            mute: None,
            written: None,
        };
        let text = format!("{}\n{}", message.title(), message.text());
        let is_told = |id: i64| routing.routes.iter().any(|route| route.channel.0 == id);
        let mut sending = JoinSet::new();
        for row in rows.into_iter().filter(|row| is_told(row.id) && !self.ended.contains_key(&row.id)) {
            let (services, message) = (services.clone(), message.clone());
            sending.spawn(async move {
                let attempt = match open(&services, &row) {
                    Some(channel) => attempt(&outgoing(&row), &channel, &message, now).await,
                    None => Attempt::Never("the secrets of the channel cannot be read".to_owned()),
                };
                (row.id, attempt)
            });
        }
        while let Some(ended) = sending.join_next().await {
            match ended {
                Ok((id, Attempt::Later(why, _))) => {
                    tracing::warn!(channel = id, why, "a channel could not be told that nothing is stored");
                }
                Ok((id, attempt)) => {
                    let told = Outcome {
                        at: now,
                        text: text.clone(),
                        answer: attempt.answer().to_owned(),
                        is_delivered: matches!(attempt, Attempt::Delivered(_)),
                    };
                    self.ended.insert(id, told);
                }
                Err(error) => tracing::error!(%error, "sending a notification ended unexpectedly"),
            }
        }
        Ok(())
    }

    /// Stores what was told, and queues that it is over.
    ///
    /// # Errors
    /// Database errors.
    pub(super) async fn store(&mut self, services: &Services, now: Timestamp) -> Result<(), Error> {
        let Some((since, why)) = self.begun else { return Ok(()) };
        let delivered: Vec<(ChannelId, String, String, Timestamp)> = self
            .ended
            .iter()
            .filter(|(_, told)| told.is_delivered)
            .map(|(id, told)| (ChannelId(*id), told.text.clone(), told.answer.clone(), told.at))
            .collect();
        if !delivered.is_empty() {
            services
                .db
                .write(move |tx| {
                    let Some(row) = system_problems::begin(tx.conn, &of_writing(why), since)? else {
                        return Ok(());
                    };
                    for (channel, text, answer, at) in &delivered {
                        own::was_told(tx.conn, &row, *channel, (text, answer), *at)?;
                    }
                    system_problems::end(tx.conn, row.id, now)?;
                    own::over(tx.conn, &row, now)
                })
                .await?;
        }
        *self = Self::default();
        Ok(())
    }
}
