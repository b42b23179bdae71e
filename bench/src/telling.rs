//! Messages: how long it takes from a report to the first attempt to deliver, under load and beside a receiver that does not answer; and
//! what very many queued messages need.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use duplistatus::{
    clock::Clock,
    db::{Db, engine::dynamic},
    dto::{channel::ChannelForm, notification_rules::RuleForm},
    service::{
        Actor, Crypto, Options, Services, ingest,
        ingest::Upload,
        notifications::{channels, dispatcher, rules},
    },
    topic::Topic,
    zone::Zone,
};
use rusqlite::Connection;

use crate::{
    args::Args,
    figures::{Figure, Table},
    report,
    scale::Slot,
    statistics::quantile_ms,
};

/// Jobs that fail, each told to a channel of its own: a channel gets few messages in a minute.
const FAILING: u32 = 60;
/// Reports in a second.
const RATE: u64 = 100;
/// Good reports for each that fails.
const BETWEEN: u32 = 25;
/// Servers whose reports are good.
const GOOD: u32 = 200;
/// What a first attempt may wait for: milliseconds.
const FIRST: f64 = 1000.0;
/// Messages that wait.
const QUEUED: u32 = 100_000;
/// By how much that may let the process grow: MB.
const GROWTH: f64 = 10.0;

/// A receiver that notes when which topic got its first message.
struct Receiver {
    url: String,
    first: Arc<Mutex<BTreeMap<String, Instant>>>,
    count: Arc<AtomicUsize>,
}

impl Receiver {
    fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let (first, count) = (Arc::<Mutex<BTreeMap<_, _>>>::default(), Arc::<AtomicUsize>::default());
        let (times, counter) = (Arc::clone(&first), Arc::clone(&count));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (times, counter) = (Arc::clone(&times), Arc::clone(&counter));
                thread::spawn(move || answer(stream, &times, &counter));
            }
        });
        Ok(Self { url, first, count })
    }

    fn times(&self) -> BTreeMap<String, Instant> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Takes one message.
fn answer(
    mut stream: std::net::TcpStream,
    times: &Mutex<BTreeMap<String, Instant>>,
    count: &AtomicUsize,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let lines = reader.by_ref().lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let arrived = Instant::now();
    let length = head.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let message: serde_json::Value = serde_json::from_slice(&body).ok()?;
    let topic = message.get("topic")?.as_str()?.to_owned();
    times.lock().unwrap_or_else(PoisonError::into_inner).entry(topic.clone()).or_insert(arrived);
    count.fetch_add(1, Ordering::Relaxed);
    if topic == "hangs" {
        // Longer than the measurement.
        thread::sleep(Duration::from_secs(60));
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}").ok()
}

/// Services that take as many new servers as are sent.
fn services(path: &Path) -> anyhow::Result<Services> {
    let options = Options { max_new_servers: 10_000, max_new_jobs: 10_000, ..Options::default() };
    Ok(Services::new(Db::open(path)?, Clock::system(), Zone::utc(), options, Crypto::for_made_up_data()?))
}

/// Measures.
pub async fn measure(args: &Args, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    for hangs in [false, true] {
        let times = first_attempts(&folder.join(format!("telling-{hangs}.db")), hangs, args).await?;
        let beside = if hangs { ", beside a receiver that does not answer" } else { "" };
        let name = format!("report to first attempt, {RATE} reports/s, p95{beside}");
        table.add(Figure::plain(format!("the same, median{beside}"), quantile_ms(&times, 50), "ms"));
        table.add(Figure::at_most(name, quantile_ms(&times, 95), FIRST, "ms"));
    }
    let grown = very_many(&folder.join("telling-many.db"), args).await?;
    table.add(Figure::at_most(
        format!("memory growth while {QUEUED} queued messages are sent"),
        grown,
        GROWTH,
        "MB",
    ));
    Ok(())
}

fn form(receiver: &Receiver, topic: &str, topics: &[Topic]) -> ChannelForm {
    ChannelForm {
        name: topic.to_owned(),
        kind: "ntfy".to_owned(),
        target: receiver.url.clone(),
        to: topic.to_owned(),
        topics: topics.to_vec(),
        allows_private: true,
        is_enabled: true,
        ..ChannelForm::default()
    }
}

async fn send(services: &Services, slot: Slot, fails: bool) -> anyhow::Result<()> {
    let result = if fails { "\"ParsedResult\":\"Error\"" } else { "\"ParsedResult\":\"Success\"" };
    let body = report::body(slot).replace("\"ParsedResult\":\"Warning\"", result);
    anyhow::ensure!(body.contains(result), "the report has another form");
    let upload = Upload {
        content_type: Some("application/json".to_owned()),
        body,
        key: None,
        source: "127.0.0.1".to_owned(),
    };
    ingest::accept(services, &Actor::Sender { key: None, server: None }, upload).await?;
    Ok(())
}

/// How long each failed run waited for the first attempt to tell it.
async fn first_attempts(path: &Path, hangs: bool, args: &Args) -> anyhow::Result<Vec<Duration>> {
    let services = services(path)?;
    let receiver = Receiver::start()?;
    let start = services.clock().now().plus(-30 * 86_400);
    let slot = |server: u32, run: i64| Slot { server, job: 0, start: start.plus(run * 3600) };
    let failing = (FAILING / args.divide).max(2);
    for server in 0..failing + GOOD {
        send(&services, slot(server, 0), false).await?;
    }
    for number in 0..failing {
        let topic = format!("c{number}");
        let channel =
            channels::create(&services, &Actor::System, form(&receiver, &topic, &[Topic::Stuck])).await?;
        let rule = RuleForm {
            scope: "job".to_owned(),
            name: format!("{} / {}", report::server_name(number), report::job_name(0)),
            topics: vec![Topic::Failed],
            tells: "channels".to_owned(),
            channels: vec![channel],
            ..RuleForm::default()
        };
        rules::save(&services, &Actor::System, None, rule).await?;
    }
    if hangs {
        let channel =
            channels::create(&services, &Actor::System, form(&receiver, "hangs", &[Topic::Stuck])).await?;
        let rule = RuleForm {
            scope: "site".to_owned(),
            topics: vec![Topic::Failed],
            tells: "channels".to_owned(),
            channels: vec![channel],
            ..RuleForm::default()
        };
        rules::save(&services, &Actor::System, None, rule).await?;
        send(&services, slot(failing, 1), true).await?;
    }
    let sending = tokio::spawn({
        let services = services.clone();
        async move { dispatcher::run(&services).await }
    });
    let mut pace = tokio::time::interval(Duration::from_millis(1000 / RATE));
    let mut sent = BTreeMap::new();
    for number in 0..failing {
        for good in 0..BETWEEN {
            pace.tick().await;
            let of = number * BETWEEN + good;
            send(&services, slot(failing + 1 + of % (GOOD - 1), i64::from(2 + of / (GOOD - 1))), false)
                .await?;
        }
        pace.tick().await;
        sent.insert(format!("c{number}"), Instant::now());
        send(&services, slot(number, 2), true).await?;
    }
    let begun = Instant::now();
    let count = sent.len();
    while receiver.times().keys().filter(|topic| *topic != "hangs").count() < count {
        anyhow::ensure!(begun.elapsed() < Duration::from_secs(30), "some messages did not arrive");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sending.abort();
    services.db().close().await;
    let times = receiver.times();
    let waited = sent.iter().filter_map(|(topic, at)| Some(times.get(topic)?.saturating_duration_since(*at)));
    Ok(waited.collect())
}

/// By how much the process grows while everything that waits is sent: MB.
async fn very_many(path: &Path, args: &Args) -> anyhow::Result<f64> {
    let services = services(path)?;
    let receiver = Receiver::start()?;
    let start = services.clock().now().plus(-86_400);
    for server in 0..10 {
        send(&services, Slot { server, job: 0, start }, true).await?;
    }
    channels::create(&services, &Actor::System, form(&receiver, "many", &Topic::ALL)).await?;
    let (queued, now) = (QUEUED / args.divide, services.clock().now());
    // By the program itself, which fills its caches.
    for from in (0..queued).step_by(1000) {
        let sql = format!(
            "WITH RECURSIVE numbers (n) AS (SELECT {from} + 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < min({from} + 1000, {queued}))
            INSERT INTO notifications (channel_id, channel_name, server_id, incident_id, type, status, dedupe_key, next_attempt_at, created_at)
            SELECT channels.id, channels.name, incidents.server_id, incidents.id, 'failed', 'queued', 'load ' || n, '{now}', '{now}'
            FROM numbers, channels JOIN incidents ON incidents.id = 1 + n % 10"
        );
        services.db().write(move |tx| dynamic::execute(tx.conn, &sql, &[])).await?;
    }
    let sent = |path: &Path| -> anyhow::Result<u32> {
        let sql = "SELECT count(*) FROM notifications WHERE status = 'sent'";
        Ok(Connection::open(path)?.query_row(sql, [], |row| row.get(0))?)
    };
    let before = memory()?;
    let sending = tokio::spawn({
        let services = services.clone();
        async move { dispatcher::run(&services).await }
    });
    let (begun, mut most) = (Instant::now(), before);
    while sent(path)? < queued {
        anyhow::ensure!(begun.elapsed() < Duration::from_secs(120), "the messages were not sent");
        most = most.max(memory()?);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    most = most.max(memory()?);
    sending.abort();
    services.db().close().await;
    anyhow::ensure!(receiver.count.load(Ordering::Relaxed) == 1, "they were not one message");
    Ok(most - before)
}

/// The memory of this process in MB (`RssAnon`).
fn memory() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).context("no RssAnon")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib * 1024.0 / 1_000_000.0)
}
