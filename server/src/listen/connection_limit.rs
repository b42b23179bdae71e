//! Limits the number of connections. At the limit, a new connection replaces the one that has been idle longest, so that
//! idle connections, however many, keep nobody out.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

use super::progress::Progress;
use crate::limits::Limits;

/// All connections.
#[derive(Debug)]
pub(super) struct ConnectionLimit {
    most: usize,
    most_per_network: usize,
    connections: Mutex<Connections>,
}

#[derive(Debug, Default)]
struct Connections {
    next: u64,
    all: BTreeMap<u64, Connection>,
    networks: HashMap<IpAddr, BTreeSet<u64>>,
}

#[derive(Debug)]
struct Connection {
    network: Option<IpAddr>,
    progress: Arc<Progress>,
    evicted: CancellationToken,
}

/// The slot of one connection, released on drop.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    limit: Arc<ConnectionLimit>,
    number: u64,
    /// The requests of the connection.
    pub(super) progress: Arc<Progress>,
    /// Cancelled when the connection is idle and others wait.
    pub(super) evicted: CancellationToken,
}

impl ConnectionLimit {
    /// Creates it without connections.
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            most: limits.connections,
            most_per_network: limits.connections_per_address,
            connections: Mutex::default(),
        })
    }

    /// Returns a slot for a connection from this network, whose number of connections is limited as well; `None` as
    /// network (trusted proxies) counts only for the total. Returns `None` if all connections are busy.
    pub(super) fn take(self: &Arc<Self>, network: Option<IpAddr>) -> Option<ConnectionPermit> {
        let mut connections = self.connections();
        let of_network = network.and_then(|network| connections.networks.get(&network));
        if of_network.is_some_and(|numbers| numbers.len() >= self.most_per_network) {
            let oldest = of_network.and_then(|numbers| connections.oldest_idle(numbers.iter()))?;
            connections.evict(oldest);
        } else if connections.all.len() >= self.most {
            let oldest = connections.oldest_idle(connections.all.keys())?;
            connections.evict(oldest);
        }
        let number = connections.next;
        connections.next += 1;
        let (progress, evicted): (Arc<Progress>, _) = (Arc::default(), CancellationToken::new());
        let connection = Connection { network, progress: progress.clone(), evicted: evicted.clone() };
        connections.all.insert(number, connection);
        if let Some(network) = network {
            connections.networks.entry(network).or_default().insert(number);
        }
        drop(connections);
        Some(ConnectionPermit { limit: self.clone(), number, progress, evicted })
    }

    /// Closes the connection that has been idle longest, when the system runs out of resources.
    pub(super) fn evict_idle(&self) {
        let mut connections = self.connections();
        if let Some(oldest) = connections.oldest_idle(connections.all.keys()) {
            connections.evict(oldest);
        }
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    fn oldest_idle<'n>(&self, mut numbers: impl Iterator<Item = &'n u64>) -> Option<u64> {
        numbers.find(|number| self.all.get(number).is_some_and(|one| one.progress.is_idle())).copied()
    }

    fn evict(&mut self, number: u64) {
        if let Some(connection) = self.remove(number) {
            connection.evicted.cancel();
        }
    }

    fn remove(&mut self, number: u64) -> Option<Connection> {
        let connection = self.all.remove(&number)?;
        if let Some(network) = connection.network
            && let Some(numbers) = self.networks.get_mut(&network)
        {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.networks.remove(&network);
            }
        }
        Some(connection)
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.limit.connections().remove(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(most: usize, per_network: usize) -> Arc<ConnectionLimit> {
        let limits = Limits { connections: most, connections_per_address: per_network, ..Limits::default() };
        ConnectionLimit::new(&limits)
    }

    fn address(number: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, number]))
    }

    #[test]
    fn idle_connections_make_room_and_busy_ones_do_not() {
        let limit = limit(2, 2);
        let (first, second) = (limit.take(address(1)).unwrap(), limit.take(address(2)).unwrap());
        let request = first.progress.begin();
        let third = limit.take(address(3)).unwrap();
        assert!(!first.evicted.is_cancelled() && second.evicted.is_cancelled());
        let other = third.progress.begin();
        assert!(limit.take(address(4)).is_none(), "all are busy");
        drop(request);
        let fourth = limit.take(address(4)).unwrap();
        assert!(first.evicted.is_cancelled() && !third.evicted.is_cancelled());
        drop((first, second, third, fourth, other));
        assert!(limit.connections().all.is_empty() && limit.connections().networks.is_empty());
    }

    #[test]
    fn one_network_has_its_own_limit_and_trusted_proxies_have_none() {
        let limit = limit(100, 2);
        let noisy: Vec<ConnectionPermit> = (0..5).map(|_| limit.take(address(1)).unwrap()).collect();
        let quiet = limit.take(address(2)).unwrap();
        let gone: Vec<bool> = noisy.iter().map(|slot| slot.evicted.is_cancelled()).collect();
        assert_eq!((gone, quiet.evicted.is_cancelled()), (vec![true, true, true, false, false], false));
        let busy: Vec<_> = noisy.iter().map(|slot| slot.progress.begin()).collect();
        assert!(limit.take(address(1)).is_none());
        assert!((0..50).map(|_| limit.take(None)).collect::<Vec<_>>().iter().all(Option::is_some));
        drop(busy);
    }
}
