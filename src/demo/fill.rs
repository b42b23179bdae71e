//! Sends the made-up reports through the ingest use case.

use std::{collections::VecDeque, future::Future, pin::Pin, task::Poll, time::Duration};

use super::{fleet::FLEET, labels, live, monitoring, plan::plan};
use crate::{
    clock::Clock,
    db::{StoreError, tables::servers},
    error::Error,
    service::{
        Actor, Services,
        ingest::{self, IngestError, Upload},
        noticing::evaluator,
    },
    time::Timestamp,
};

/// Reports under way at the same time: two full groups of the writer, so that it never waits for the next one.
const UNDER_WAY: usize = 128;
/// How often the run under way tells its progress, and newly finished runs come in.
const TICK: Duration = Duration::from_secs(60);

/// Why the data set could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A made-up report was not taken.
    #[error("a report was not accepted")]
    Ingest(#[from] IngestError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The states could not be judged.
    #[error(transparent)]
    Judge(#[from] Error),
}

/// Fills an empty database with everything up to now; how many reports.
///
/// # Errors
/// Database errors.
pub async fn fill(services: &Services) -> Result<usize, DemoError> {
    let (now, zone) = (services.clock().now(), services.zone().clone());
    services
        .db()
        .write(move |tx| {
            monitoring::note_downtime(tx.conn, now, &zone)?;
            for machine in FLEET {
                let id = servers::create(tx.conn, machine.name, now.plus(-365 * 86_400))?;
                servers::describe(tx.conn, id, machine.alias, machine.notes)?;
            }
            labels::servers(tx.conn, now)
        })
        .await?;
    let count = send(services, Timestamp::default(), now).await?;
    services.db().write(move |tx| labels::jobs(tx.conn, now)).await?;
    tell_progress(services, 0).await?;
    monitoring::act(services).await?;
    // What became due while nothing was sent.
    evaluator::judge(services).await?;
    monitoring::handle(services).await?;
    Ok(count)
}

/// Goes on telling the fleet's story for as long as it is polled.
pub async fn follow(services: Services) {
    let opened = services.clock().now();
    let mut until = opened;
    loop {
        tokio::time::sleep(TICK).await;
        let now = services.clock().now();
        let told = async {
            send(&services, until, now).await?;
            tell_progress(&services, now.since(opened)).await
        };
        match told.await {
            Ok(()) => until = now,
            Err(error) => tracing::warn!(%error, "the demonstration does not go on"),
        }
    }
}

async fn tell_progress(services: &Services, elapsed: i64) -> Result<(), DemoError> {
    let now = services.clock().now();
    if let Some(status) = live::status(now, elapsed) {
        upload(services.clone(), now, status.to_string()).await?;
    }
    Ok(())
}

/// Sends what arrives after one moment and not after another, in order.
async fn send(services: &Services, after: Timestamp, until: Timestamp) -> Result<usize, DemoError> {
    let mut count = 0;
    let mut under_way = VecDeque::new();
    for delivery in plan(until, services.zone()).into_iter().filter(|delivery| delivery.at > after) {
        let body = delivery.body(services.zone());
        under_way.push_back(begin(Box::pin(upload(services.clone(), delivery.at, body))).await);
        if under_way.len() > UNDER_WAY
            && let Some(oldest) = under_way.pop_front()
        {
            oldest.end().await?;
        }
        count += 1;
    }
    for rest in under_way {
        rest.end().await?;
    }
    Ok(count)
}

/// Uploads a report as if it were `at`.
async fn upload(services: Services, at: Timestamp, body: String) -> Result<(), IngestError> {
    let services = services.with_clock(Clock::manual(at));
    let actor = Actor::Sender { key: None, server: None };
    let content_type = Some("application/json".to_owned());
    let upload = Upload { content_type, body, key: None, source: "192.0.2.10".to_owned() };
    ingest::accept(&services, &actor, upload).await.map(|_| ())
}

/// Work that was begun: an upload takes its place in the queue of the writer when it is first polled, so beginning them
/// one after another keeps their order (and with it every id), while they still share transactions.
enum Begun<F: Future> {
    Done(F::Output),
    UnderWay(Pin<Box<F>>),
}

async fn begin<F: Future>(mut work: Pin<Box<F>>) -> Begun<F> {
    let mut done = None;
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            done = Some(output);
        }
        Poll::Ready(())
    })
    .await;
    done.map_or(Begun::UnderWay(work), Begun::Done)
}

impl<F: Future> Begun<F> {
    async fn end(self) -> F::Output {
        match self {
            Self::Done(output) => output,
            Self::UnderWay(work) => work.await,
        }
    }
}
