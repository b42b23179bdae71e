//! `GET /api/live`: a stream of revision numbers. It carries no data; pages fetch what they show.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt as _, stream};

use crate::state::AppState;

/// A page that shows a storm of reports need not follow each of them.
const PAUSE: Duration = Duration::from_millis(500);

/// The current revision at once, then every change.
pub async fn live(State(state): State<AppState>) -> impl IntoResponse {
    Sse::new(revisions(&state)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

fn revisions(state: &AppState) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let mut revision = state.services.db.revision();
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
