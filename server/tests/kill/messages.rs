//! Messages that wait while the program is killed: none is lost, and what may have arrived twice is marked.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    sync::Mutex,
};

use duplistatus::{
    clock::Clock,
    crypto::{Passwords, SecretKeys},
    db::{Connection, StoreError, engine::dynamic},
    dto::channel::ChannelForm,
    service::{Actor, Crypto, Options, Services, notifications::channels, security::secrets::Secrets},
    topic::Topic,
};

use super::*;

/// Channels of each kind: ntfy has no idempotency, a webhook gets a key to compare, and Matrix drops what it has.
const KINDS: [(&str, usize); 3] = [("ntfy", 20), ("webhook", 6), ("matrix", 6)];
/// Servers whose backup failed: each is a message of its own to each channel.
const SERVERS: usize = 4;
/// How long the receiver works on a message.
const WORK: Duration = Duration::from_millis(60);

/// What arrived: the channel, the server, what makes the message the same one, and whether it says that it may be a repetition.
#[derive(Debug, Clone)]
struct Arrived {
    channel: String,
    server: String,
    id: String,
    says_repeated: bool,
}

/// A receiver on loopback that answers after a while.
struct Receiver {
    url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let arrived = Arc::<Mutex<Vec<Arrived>>>::default();
        let all = Arc::clone(&arrived);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let all = Arc::clone(&all);
                thread::spawn(move || take(stream, &all));
            }
        });
        Self { url, arrived }
    }

    fn count(&self) -> usize {
        self.arrived.lock().unwrap().len()
    }
}

/// Takes one message.
fn take(mut stream: TcpStream, all: &Mutex<Vec<Arrived>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let head: Vec<String> =
        reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let header = |wanted: &str| {
        let of = |line: &String| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        };
        head.iter().find_map(of)
    };
    let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
    // The program was killed while it sent this.
    if head.is_empty() || reader.read_exact(&mut body).is_err() {
        return;
    }
    let path = head[0].split(' ').nth(1).unwrap().to_owned();
    let body = String::from_utf8(body).unwrap();
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    // The channel is the topic of ntfy, the path of a webhook, or the room.
    let channel = match json["topic"].as_str() {
        Some(topic) => topic.to_owned(),
        None => path
            .split('/')
            .find(|part| part.contains("channel"))
            .unwrap()
            .replace("%21", "!")
            .replace("%2D", "-"),
    };
    let channel = channel.trim_start_matches('!').split([':', '%']).next().unwrap().to_owned();
    let server = (0..SERVERS).map(|number| format!("pc{number}")).find(|name| body.contains(name.as_str()));
    all.lock().unwrap().push(Arrived {
        id: header("idempotency-key").unwrap_or(path),
        server: server.unwrap(),
        says_repeated: body.contains("You may have received this message before."),
        channel,
    });
    thread::sleep(WORK);
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
}

/// Works with the database while the program does not run.
fn with_database<T>(folder: &Path, work: impl AsyncFnOnce(&Services) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let secrets = Secrets::of_folder(SecretKeys::load(&data(folder), None).unwrap(), &data(folder));
        let db = Db::open(&data(folder).join("duplistatus.db")).unwrap();
        let guards = Crypto { passwords: Passwords::new(), secrets };
        let services = Services::new(db, Clock::system(), Zone::utc(), Options::default(), guards);
        let result = work(&services).await;
        services.db().close().await;
        result
    })
}

fn form(kind: &str, number: usize, url: &str) -> ChannelForm {
    let name = format!("{kind}-channel-{number}");
    let (target, to) = match kind {
        "webhook" => (format!("{url}/{name}"), String::new()),
        "matrix" => (url.to_owned(), format!("!{name}:example.org")),
        _ => (url.to_owned(), name.clone()),
    };
    ChannelForm {
        name,
        kind: kind.into(),
        target,
        to,
        token: "secret".into(),
        topics: vec![Topic::Failed],
        allows_private: true,
        is_enabled: true,
        ..ChannelForm::default()
    }
}

/// Three minutes pass while the program is off: leases end, and channels had their share long ago.
fn let_time_pass(conn: &mut Connection) -> Result<(), StoreError> {
    let columns = ["created_at", "next_attempt_at", "leased_until", "sent_at"];
    let earlier =
        columns.map(|name| format!("{name} = strftime('%Y-%m-%dT%H:%M:%SZ', {name}, '-180 seconds')"));
    dynamic::execute(conn, &format!("UPDATE notifications SET {}", earlier.join(", ")), &[]).map(drop)
}

const ROWS: &str = "SELECT n.channel_name || ' ' || s.name || ' ' || n.status || ' ' || coalesce(n.reason, '') \
    FROM notifications n JOIN servers s ON s.id = n.server_id";

#[test]
fn killed_while_it_sends_it_loses_no_message_and_marks_what_may_have_arrived_twice() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start();
    drop(Program::start(Path::new(PROGRAM), folder.path(), &[]));
    let names: Vec<String> = with_database(folder.path(), async |services| {
        let mut names = Vec::new();
        for (kind, count) in KINDS {
            for number in 0..count {
                let form = form(kind, number, &receiver.url);
                names.push(form.name.clone());
                channels::create(services, &Actor::System, form).await.unwrap();
            }
        }
        names
    });
    let expected = names.len() * SERVERS;
    // Right after the first message, and when some, many and nearly all have arrived.
    for (round, wanted) in [1, expected / 4, expected / 2, expected * 3 / 4].into_iter().enumerate() {
        let mut program = Program::start(Path::new(PROGRAM), folder.path(), &[]);
        if round == 0 {
            for number in 0..SERVERS {
                let failed = body("photos", "2026-10-24T22:00:00Z", 2)
                    .replace("\"nas\"", &format!("\"pc{number}\""))
                    .replace("\"a1\"", &format!("\"a{number}\""));
                let (status, answer) = request(&program.address, "POST", "/api/upload", &failed).unwrap();
                assert_eq!(status, 200, "{answer}");
            }
        }
        wait_for(|| receiver.count() >= wanted);
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        with_database(folder.path(), async |services| {
            services.db().write(|tx| let_time_pass(tx.conn)).await.unwrap();
        });
    }
    let waits = "SELECT count(*) FROM notifications WHERE status = 'queued'";
    {
        let program = Program::start(Path::new(PROGRAM), folder.path(), &[]);
        with_database(folder.path(), async |services| {
            let deadline = Instant::now() + Duration::from_secs(30);
            while services.db().read(|conn| dynamic::number(conn, waits)).await.unwrap() != Some(0) {
                assert!(Instant::now() < deadline, "{} of {expected} arrived", receiver.count());
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        program.terminate();
    }
    let mut arrived: BTreeMap<(String, String), Vec<Arrived>> = BTreeMap::new();
    for one in receiver.arrived.lock().unwrap().iter() {
        arrived.entry((one.channel.clone(), one.server.clone())).or_default().push(one.clone());
    }
    let rows = with_database(folder.path(), async |services| {
        services.db().read(|conn| dynamic::texts(conn, ROWS)).await.unwrap()
    });
    assert_eq!(rows.len(), expected);
    let lost: Vec<&String> = rows
        .iter()
        .filter(|row| {
            let mut words = row.split(' ').map(str::to_owned);
            !arrived.contains_key(&(words.next().unwrap(), words.next().unwrap()))
        })
        .collect();
    assert!(lost.is_empty(), "{} are lost: {lost:?}", lost.len());
    let mut repeated = 0;
    for row in rows {
        let words: Vec<&str> = row.split(' ').collect();
        let (channel, server, reason) = (words[0], words[1], words[3]);
        assert_eq!(words[2], "sent", "{row}");
        let all = &arrived[&(channel.to_owned(), server.to_owned())];
        // It is the same message each time.
        assert!(all.iter().all(|one| one.id == all[0].id), "{all:?}");
        assert!(!all[0].says_repeated || reason == "repeated", "{all:?}");
        if channel.starts_with("matrix") {
            assert_eq!(reason, "", "the homeserver drops what it has: {all:?}");
        } else if all.len() > 1 {
            assert_eq!(reason, "repeated", "{all:?}");
            assert!(all[1..].iter().all(|one| one.says_repeated), "{all:?}");
        }
        repeated += usize::from(all.len() > 1);
    }
    assert!(repeated > 0, "no message was on its way when it was killed");
}
