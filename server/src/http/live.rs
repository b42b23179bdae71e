//! `GET /api/live`: a stream of revision numbers. It carries no data; pages fetch their data.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::State,
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use duplistatus::service::{Actor, Services, session};
use futures::{Stream, StreamExt as _, stream};

use crate::state::AppState;

/// Minimum time between two messages: a page need not follow every single report, because fetching costs more than the
/// message.
const PAUSE: Duration = Duration::from_secs(2);
/// Interval of keep-alive messages, by which a page notices a dead connection. They contain no number.
const BEAT: Duration = Duration::from_secs(15);
/// Maximum time until a stream notices that its session has ended.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Sends the current revision at once, then every change.
pub async fn live(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> impl IntoResponse {
    let allowed = revisions(&state).take_until(until_refused(state.services.clone(), actor));
    let stream =
        Sse::new(allowed).keep_alive(KeepAlive::new().interval(BEAT).event(Event::default().data("-")));
    // By default, nginx buffers responses.
    ([(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))], stream)
}

/// Completes when the follower has lost access: signed out, changed password, role or second factor, expired session or key.
/// Checked whenever access has changed, and periodically, because sessions expire.
async fn until_refused(services: Arc<Services>, actor: Actor) {
    let mut access = services.access();
    loop {
        match session::is_still_valid(&services, &actor).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "whether a stream may go on could not be asked"),
        }
        let _changed_or_later = tokio::time::timeout(LOOK_EVERY, access.changed()).await;
    }
}

fn revisions(state: &AppState) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let mut revision = state.services.db().revision();
    revision.mark_changed();
    stream::unfold((revision, false), |(mut revision, started)| async move {
        if started {
            tokio::time::sleep(PAUSE).await;
        }
        revision.changed().await.ok()?;
        let number = *revision.borrow_and_update();
        Some((Ok(Event::default().data(number.to_string())), (revision, true)))
    })
    // Streams must end first when the program stops, because they would block it forever.
    .take_until(state.stopping.clone().cancelled_owned())
}
