//! What outlives a live update of the first steps, and the way to their code.

use std::{future::Future, pin::Pin};

use duplistatus::dto::{
    Moment,
    dashboard::{EncodedJson, Waiting},
    key::NewKey,
};
use leptos::prelude::*;

use crate::{
    error::ApiError,
    features::ingest_keys::api::{CreateKey, reveal_key},
};

/// Shows the first steps: their code is in the second wasm file, and what loads it stands above all pages.
#[derive(Clone, Copy)]
pub struct Onboarding(
    /// Loads and shows them.
    pub fn(StartState, Moment, Option<EncodedJson<Waiting>>) -> Later,
);

/// A view that is not there yet.
pub type Later = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// The first steps, from the context.
pub fn show_onboarding(state: StartState, now: Moment, waiting: Option<EncodedJson<Waiting>>) -> AnyView {
    match use_context::<Onboarding>() {
        Some(Onboarding(show)) => Suspend::new(show(state, now, waiting)).into_any(),
        None => ().into_any(),
    }
}

/// A key that was just made, if there is one.
type NewKeyResource = Resource<Result<Option<NewKey>, ApiError>>;

/// Where the page keeps what these steps need. A live update makes the steps anew, but the secret of a new key is told
/// only once: it is asked for once in the life of the page, and only if the steps are shown at all.
#[derive(Clone)]
pub struct StartState {
    page: Owner,
    kept: StoredValue<Option<(NewKeyResource, ServerAction<CreateKey>)>>,
    pub(super) token: Signal<String>,
}

impl StartState {
    /// For the page that is being made; `token` is the one-time token of a key that was just made, empty without one.
    pub fn new(token: Signal<String>) -> Self {
        Self { page: Owner::current().unwrap_or_default(), kept: StoredValue::new(None), token }
    }

    pub(super) fn get(&self) -> (NewKeyResource, ServerAction<CreateKey>) {
        let Self { page, kept, token } = self;
        kept.get_value().unwrap_or_else(|| {
            let state = page.with(|| (new_key(*token), ServerAction::new()));
            kept.set_value(Some(state));
            state
        })
    }
}

fn new_key(token: Signal<String>) -> NewKeyResource {
    Resource::new(
        move || token.get(),
        |token| async move { if token.is_empty() { Ok(None) } else { reveal_key(token).await } },
    )
}
