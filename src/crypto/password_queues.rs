//! Queues of passwords that wait to be hashed: those of one address or browser go one after the other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password::PasswordError;

/// How many of one queue wait at the same time.
const QUEUE_LENGTH: usize = 20;

/// Those that wait for each other.
#[derive(Debug, Clone, Default)]
pub(super) struct HashQueues(Arc<Mutex<HashMap<String, Arc<Semaphore>>>>);

/// A place in a lane; the lane is forgotten with the last one.
pub(super) struct QueuePlace {
    queues: HashQueues,
    name: String,
    places: Option<Arc<Semaphore>>,
}

/// The first place of a lane.
pub(super) struct QueueHead {
    _first: OwnedSemaphorePermit,
    // After the permit, which holds on to the lane as well.
    _place: QueuePlace,
}

impl HashQueues {
    /// Enters the queue of this name, unless it is full.
    pub(super) fn enter(&self, name: &str) -> Result<QueuePlace, PasswordError> {
        let mut known = self.known();
        let places = known.entry(name.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(1))).clone();
        // The map has one as well, and so does this one.
        if Arc::strong_count(&places) > QUEUE_LENGTH + 1 {
            return Err(PasswordError::Busy);
        }
        Ok(QueuePlace { queues: self.clone(), name: name.to_owned(), places: Some(places) })
    }

    pub(super) fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Semaphore>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QueuePlace {
    /// Waits to be the first of the queue.
    pub(super) async fn first(mut self) -> Result<QueueHead, PasswordError> {
        let places = self.places.take().ok_or(PasswordError::Busy)?;
        let first = places.acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        Ok(QueueHead { _first: first, _place: self })
    }
}

impl Drop for QueuePlace {
    fn drop(&mut self) {
        let mut known = self.queues.known();
        self.places = None;
        if known.get(&self.name).is_some_and(|places| Arc::strong_count(places) == 1) {
            known.remove(&self.name);
        }
    }
}
