//! Statistics of queries: how many ran, and the slowest with their plans.
//!
//! Every connection is instrumented. A slow query is explained on the connection that finishes next, because its own is
//! still busy when it ends. Bound values are never stored: they are names, addresses and hashes.

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

/// Default threshold above which a query is slow.
pub const THRESHOLD: Duration = Duration::from_millis(250);
/// Number of slow queries stored.
const KEPT: usize = 20;
/// Maximum number of slow queries waiting to be explained. When the disk hangs, every query is slow.
const WAITING: usize = 8;
/// Maximum characters stored of a query.
const TEXT: usize = 2000;
/// Seconds until the same query is logged again.
const AGAIN: i64 = 60;

/// Counts the queries of all connections of a database, and stores the slowest. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct QueryLog(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// In microseconds.
    threshold: AtomicU64,
    run: AtomicU64,
    prepared: AtomicU64,
    has_waiting: AtomicBool,
    kept: Mutex<SlowStatement>,
}

#[derive(Debug)]
struct SlowStatement {
    /// Maximum length of each of the two lists.
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
    /// Instruments a connection.
    pub fn watch(&self, conn: &mut Connection) {
        conn.set_instrumentation(QueryTimer { log: self.clone(), began: None });
    }

    /// Sets the threshold above which queries are slow.
    pub fn set_threshold(&self, threshold: Duration) {
        self.0.threshold.store(micros(threshold), Relaxed);
    }

    /// Records every query, however fast and however many, to examine all plans.
    pub fn keep_all(&self) {
        self.set_threshold(Duration::ZERO);
        self.kept().room = (usize::MAX, usize::MAX);
    }

    /// Returns the threshold above which queries are slow.
    pub fn threshold(&self) -> Duration {
        Duration::from_micros(self.0.threshold.load(Relaxed))
    }

    /// Returns how many statements ran.
    pub fn run(&self) -> u64 {
        self.0.run.load(Relaxed)
    }

    /// Returns how many statements were prepared and cached.
    pub fn prepared(&self) -> u64 {
        self.0.prepared.load(Relaxed)
    }

    /// Returns the slowest queries, slowest first.
    pub fn slowest(&self) -> Vec<SlowQuery> {
        let mut slow = self.kept().slow.clone();
        slow.sort_by_key(|query| std::cmp::Reverse(query.longest));
        slow
    }

    /// Determines and logs the plans of slow queries that have none yet. Free if there are none.
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

/// Receives the events of a connection.
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

/// Removes the bound values, which diesel appends after this mark. No SQL of this program contains it.
fn without_values(query: &str) -> &str {
    query.split(" -- binds:").next().unwrap_or_default()
}

/// Reduces lists, so that `IN (?, ?, ?)` is the same query for any number of values.
fn one_list_for_all(sql: &str) -> String {
    let mut text = sql.to_owned();
    while text.contains("?, ?") {
        text = text.replace("?, ?", "?");
    }
    text
}

/// Returns the steps of the query plan, one per line; `None` for statements without a plan, such as a commit.
fn plan(conn: &mut Connection, sql: &str) -> Option<String> {
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    // Some pragmas take effect even when they are only explained.
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
