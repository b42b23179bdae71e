//! Queues of passwords waiting to be hashed. Those of one address or browser are computed one after
//! the other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password::PasswordError;

/// Maximum number of waiting passwords per queue.
const QUEUE_LENGTH: usize = 20;

/// The queues, by name.
#[derive(Debug, Clone, Default)]
pub(super) struct HashQueues(Arc<Mutex<HashMap<String, Arc<Semaphore>>>>);

/// A place in a queue. The queue is removed with its last place.
pub(super) struct QueuePlace {
    queues: HashQueues,
    name: String,
    places: Option<Arc<Semaphore>>,
}

/// The first place of a queue.
pub(super) struct QueueHead {
    _first: OwnedSemaphorePermit,
    // Dropped after the permit, which also holds a reference to the queue.
    _place: QueuePlace,
}

impl HashQueues {
    /// Adds a place to the queue with this name.
    pub(super) fn enter(&self, name: &str) -> Result<QueuePlace, PasswordError> {
        let mut known = self.known();
        let places = known.entry(name.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(1))).clone();
        // Besides the waiting ones, the map and this variable hold a reference.
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
    /// Waits until this place is the first of the queue.
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
