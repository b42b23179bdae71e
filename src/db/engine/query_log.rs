//! What queries cost: how many ran, and the slowest with their plans.
//!
//! Every connection is watched. A slow query is explained by the connection that finishes next, since the one that ran it
//! is still busy when it ends. Values that were bound are never kept: they are names, addresses and hashes.

use std::{
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use diesel::{
    connection::{Connection as _, Instrumentation, InstrumentationEvent},
    prelude::*,
    sql_types::Text,
};

use super::Connection;
use crate::{clock::Clock, dto::database::SlowQuery, units::milliseconds};

/// Queries slower than this are noted, when nothing else is said.
pub const THRESHOLD: Duration = Duration::from_millis(250);
/// Kinds of slow queries that are kept.
const KEPT: usize = 20;
/// Slow queries that may wait to be explained; when the disk stands still, everything is slow.
const WAITING: usize = 8;
/// Characters of a query that are kept.
const TEXT: usize = 2000;
/// The same query is written to the log again after this many seconds.
const AGAIN: i64 = 60;

/// Counts what all connections of a database run, and keeps the slowest. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct QueryLog(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Microseconds.
    threshold: AtomicU64,
    run: AtomicU64,
    prepared: AtomicU64,
    has_waiting: AtomicBool,
    kept: Mutex<SlowStatement>,
}

#[derive(Debug)]
struct SlowStatement {
    /// How many may be in each of the lists.
    room: (usize, usize),
    waiting: Vec<(String, Duration)>,
    slow: Vec<SlowQuery>,
}

impl Default for SlowStatement {
    fn default() -> Self {
        Self { room: (WAITING, KEPT), waiting: Vec::new(), slow: Vec::new() }
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            threshold: AtomicU64::new(micros(THRESHOLD)),
            run: AtomicU64::default(),
            prepared: AtomicU64::default(),
            has_waiting: AtomicBool::default(),
            kept: Mutex::default(),
        }
    }
}

impl QueryLog {
    /// Watches a connection from now on.
    pub fn watch(&self, conn: &mut Connection) {
        conn.set_instrumentation(QueryTimer { log: self.clone(), began: None });
    }

    /// Queries that take as long as this are noted from now on.
    pub fn set_threshold(&self, threshold: Duration) {
        self.0.threshold.store(micros(threshold), Relaxed);
    }

    /// Notes every query from now on, whatever it takes and however many kinds there are: to look at all plans.
    pub fn keep_all(&self) {
        self.set_threshold(Duration::ZERO);
        self.kept().room = (usize::MAX, usize::MAX);
    }

    /// From how long on queries are noted.
    pub fn threshold(&self) -> Duration {
        Duration::from_micros(self.0.threshold.load(Relaxed))
    }

    /// How many statements ran.
    pub fn run(&self) -> u64 {
        self.0.run.load(Relaxed)
    }

    /// How many were prepared and stay prepared: all other runs of the same statement on the same connection find it so.
    pub fn prepared(&self) -> u64 {
        self.0.prepared.load(Relaxed)
    }

    /// The slowest queries, the slowest first.
    pub fn slowest(&self) -> Vec<SlowQuery> {
        let mut slow = self.kept().slow.clone();
        slow.sort_by_key(|query| std::cmp::Reverse(query.longest));
        slow
    }

    /// Finds the plans of slow queries that have none yet, and writes them to the log. Costs nothing when there are none.
    pub fn explain_waiting(&self, conn: &mut Connection) {
        if !self.0.has_waiting.swap(false, Relaxed) {
            return;
        }
        let waiting = mem::take(&mut self.kept().waiting);
        for (sql, took) in waiting {
            let plan = plan(conn, &sql);
            self.keep(sql, took, plan);
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, SlowStatement> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, sql: String, took: Duration) {
        let mut kept = self.kept();
        if kept.waiting.len() < kept.room.0 {
            kept.waiting.push((sql, took));
            self.0.has_waiting.store(true, Relaxed);
        }
    }

    fn keep(&self, sql: String, took: Duration, plan: Option<String>) {
        let longest = milliseconds(took);
        let at = Clock::system().now();
        let sql: String = one_list_for_all(&sql).chars().take(TEXT).collect();
        let mut kept = self.kept();
        let known = kept.slow.iter_mut().find(|known| known.sql == sql);
        let is_news = known.as_ref().is_none_or(|known| at.since(known.last_at).abs() >= AGAIN);
        if is_news {
            let plan = plan.as_deref().unwrap_or("none");
            tracing::warn!(milliseconds = longest, sql, plan, "a slow query");
        }
        if let Some(known) = known {
            known.times += 1;
            known.longest = known.longest.max(longest);
            known.plan = plan.or(known.plan.take());
            if is_news {
                known.last_at = at;
            }
            return;
        }
        let new = SlowQuery { sql, plan, times: 1, longest, last_at: at };
        if kept.slow.len() < kept.room.1 {
            kept.slow.push(new);
        } else if let Some(fastest) = kept.slow.iter_mut().min_by_key(|query| query.longest)
            && fastest.longest < longest
        {
            *fastest = new;
        }
    }
}

/// What a connection tells of its queries.
struct QueryTimer {
    log: QueryLog,
    began: Option<Instant>,
}

impl Instrumentation for QueryTimer {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => {
                self.log.0.run.fetch_add(1, Relaxed);
                self.began = Some(Instant::now());
            }
            InstrumentationEvent::CacheQuery { .. } => {
                self.log.0.prepared.fetch_add(1, Relaxed);
            }
            InstrumentationEvent::FinishQuery { query, .. } => {
                let Some(took) = self.began.take().map(|began| began.elapsed()) else { return };
                if took >= self.log.threshold() {
                    let text = query.to_string();
                    let sql = without_values(&text);
                    if !sql.starts_with(EXPLAIN) {
                        self.log.note(sql.to_owned(), took);
                    }
                }
            }
            _ => {}
        }
    }
}

const EXPLAIN: &str = "EXPLAIN QUERY PLAN ";

/// diesel writes the bound values behind the statement. What follows the first such mark is never SQL of this program.
fn without_values(query: &str) -> &str {
    query.split(" -- binds:").next().unwrap_or_default()
}

/// `IN (?, ?, ?)` is one kind of query, however many values there are.
fn one_list_for_all(sql: &str) -> String {
    let mut text = sql.to_owned();
    while text.contains("?, ?") {
        text = text.replace("?, ?", "?");
    }
    text
}

/// The steps of a plan, one a line; none for what has no plan, as a commit.
fn plan(conn: &mut Connection, sql: &str) -> Option<String> {
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    // Some pragmas work even when they are only explained.
    let verb = sql.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next()?.to_ascii_uppercase();
    if !["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&verb.as_str()) {
        return None;
    }
    let steps: Vec<Step> = diesel::sql_query(format!("{EXPLAIN}{sql}")).load(conn).ok()?;
    let steps: Vec<String> = steps.into_iter().map(|step| step.detail).collect();
    (!steps.is_empty()).then(|| steps.join("\n"))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "query_log_tests.rs"]
mod tests;
