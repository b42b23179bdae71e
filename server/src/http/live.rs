//! `GET /api/live`: a stream of revision numbers. It carries no data; pages fetch what they show.

use std::{convert::Infallible, time::Duration};

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

/// A page that shows a storm of reports need not follow each of them: what it fetches costs more than the word that it should.
const PAUSE: Duration = Duration::from_secs(2);
/// So often something is said, so that a page notices a connection that died. It is no number, and no news.
const BEAT: Duration = Duration::from_secs(15);
/// How late a stream may notice that its session is over.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The current revision at once, then every change.
pub async fn live(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> impl IntoResponse {
    let allowed = revisions(&state).take_until(until_refused(state.services.clone(), actor));
    let stream =
        Sse::new(allowed).keep_alive(KeepAlive::new().interval(BEAT).event(Event::default().data("-")));
    // nginx gathers answers before it hands them on, unless it is asked not to.
    ([(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))], stream)
}

/// Ends when the one who follows lost access: signed out, another password, role or second factor, a session or a key
/// that is over. Looked at whenever access has changed, and from time to time, because sessions also end by themselves.
async fn until_refused(services: Services, actor: Actor) {
    let mut access = services.access();
    loop {
        match session::still_stands(&services, &actor).await {
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
    // Streams end first when the program stops: they would hold it up for ever.
    .take_until(state.stopping.clone().cancelled_owned())
}
