//! The built program, killed and stopped under load: everything acknowledged is stored, all totals are right, and no message is lost.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed step should fail the test")]

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use duplistatus::{
    db::{
        Db,
        tables::{days, jobs, run_lists},
    },
    dto::server::RunSort,
    ids::ServerId,
    time::{Day, Timestamp},
    zone::Zone,
};

#[path = "kill/messages.rs"]
mod messages;

const PROGRAM: &str = env!("CARGO_BIN_EXE_duplistatus");
const CLIENTS: usize = 6;
/// 2026-10-24T22:00:00Z: the runs cross midnight and a clock change in Berlin.
const FIRST_BEGIN: i64 = 1_792_879_200;

/// The name of a job and the start of one of its runs.
type Run = (String, String);

/// The program, killed when the test ends.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(executable: &Path, folder: &Path, arguments: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(executable)
            .args(["--addr", &address, "--open-ingest", "--time-zone", "Europe/Berlin", "--log", "error"])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut program = Self { child, address };
        let deadline = Instant::now() + Duration::from_secs(30);
        while request(&program.address, "GET", "/api/health", "").is_none_or(|(status, _)| status != 200) {
            assert!(Instant::now() < deadline, "it does not answer");
            assert_eq!(program.child.try_wait().unwrap(), None, "it ended");
            thread::sleep(Duration::from_millis(10));
        }
        program
    }

    fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends one request on its own connection; `None` if the connection ends before the response does.
fn request(address: &str, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    exchange(&mut stream, method, path, body)
}

/// Sends a request and reads the whole response; `None` if the connection ends before.
fn exchange(stream: &mut TcpStream, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let length = body.len();
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nAccept: text/html\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut received = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let text = String::from_utf8_lossy(&received);
        if let Some((head, rest)) = text.split_once("\r\n\r\n") {
            let status = head.split(' ').nth(1)?.parse().ok()?;
            let head = head.to_ascii_lowercase();
            let is_complete = match head.split("content-length: ").nth(1) {
                Some(length) => rest.len() >= length.lines().next()?.parse().ok()?,
                None => rest.ends_with("0\r\n\r\n"),
            };
            if is_complete {
                return Some((status, rest.to_owned()));
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(length) => received.extend_from_slice(&piece[..length]),
        }
    }
}

fn body(job: &str, begin: &str, number: usize) -> String {
    let status = ["Success", "Warning", "Fatal"][number % 3];
    format!(
        r#"{{"Data":{{"MainOperation":"Backup","ParsedResult":"{status}","BeginTime":"{begin}","Duration":"00:00:{:02}",
        "SizeOfExaminedFiles":{number},"BackendStatistics":{{"BytesUploaded":{number},"KnownFileSize":{number}}}}},
        "Extra":{{"OperationName":"Backup","backup-name":"{job}","machine-name":"nas","machine-id":"a1"}},
        "LogLines":["2026-10-24 22:00:00 +00 - [Warning-A-B]: line of run {number}"]}}"#,
        number % 60
    )
}

/// Starts clients that upload numbered runs until the program is gone; each returns the runs that were
/// acknowledged.
fn load(address: &str, round: usize, acknowledged: &Arc<AtomicUsize>) -> Vec<JoinHandle<Vec<Run>>> {
    (0..CLIENTS)
        .map(|client| {
            let (address, acknowledged) = (address.to_owned(), Arc::clone(acknowledged));
            thread::spawn(move || upload(&address, client, round, &acknowledged))
        })
        .collect()
}

fn upload(address: &str, client: usize, round: usize, acknowledged: &AtomicUsize) -> Vec<Run> {
    let job = format!("Job {client}");
    let mut stored = Vec::new();
    let Ok(mut stream) = TcpStream::connect(address) else { return stored };
    for number in 0.. {
        // Each client's runs begin ten minutes apart; no two rounds send the same run.
        let begin = FIRST_BEGIN + i64::try_from(number * 600 + round * 7 + client).unwrap();
        let begin = Timestamp::from_unix(begin).to_string();
        let Some((status, answer)) =
            exchange(&mut stream, "POST", "/api/upload", &body(&job, &begin, number))
        else {
            return stored;
        };
        if status == 503 {
            return stored;
        }
        assert_eq!((status, answer.contains("\"stored\"")), (200, true), "{answer}");
        stored.push((job.clone(), begin));
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    stored
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Asserts that everything acknowledged is stored, and that all totals match the history.
fn check(folder: &Path, acknowledged: &BTreeSet<Run>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async {
        let db = Db::open(&data(folder).join("duplistatus.db")).unwrap();
        let read = || async {
            db.read(|conn| {
                let all = jobs::all(conn, None)?;
                let day = Day::from_number(0);
                let site_days = days::site_days_since(conn, day)?;
                let job_days = days::server_days_since(conn, ServerId(1), None, Some(day))?;
                let wanted = run_lists::Wanted::all(ServerId(1), None);
                let rows = run_lists::list(conn, wanted, RunSort::Started, true, 10_000_000, 0)?;
                Ok((all, site_days, job_days, rows))
            })
            .await
            .unwrap()
        };
        let (all, site_days, job_days, rows) = read().await;
        let name = |id: i64| all.iter().find(|job| job.id == id).map(|job| job.name.clone()).unwrap();
        let stored: BTreeSet<Run> =
            rows.iter().map(|row| (name(row.job_id), row.start_time.clone())).collect();
        assert_eq!(stored.len(), rows.len(), "no run twice");
        let lost: Vec<&Run> = acknowledged.difference(&stored).collect();
        assert!(lost.is_empty(), "{} acknowledged runs are lost: {lost:?}", lost.len());
        // Unacknowledged runs were written to the disk, but their response was not sent yet.
        assert!(
            stored.len() - acknowledged.len() <= CLIENTS * 4,
            "{} of {}",
            stored.len(),
            acknowledged.len()
        );
        assert_eq!(site_days.iter().map(|day| day.runs).sum::<i64>(), i64::try_from(rows.len()).unwrap());
        for job in &all {
            let count = rows.iter().filter(|row| row.job_id == job.id).count();
            assert_eq!(job.summary.run_count, i64::try_from(count).unwrap());
        }
        let stored_summaries: Vec<_> = all.iter().map(|job| (job.job_ref(), job.summary.clone())).collect();
        db.write(move |tx| {
            days::rebuild(tx.conn, &Zone::named("Europe/Berlin").unwrap())?;
            for (job, summary) in stored_summaries {
                assert_eq!(jobs::summarise(tx.conn, job)?, summary);
            }
            Ok(())
        })
        .await
        .unwrap();
        let rebuilt = read().await;
        assert_eq!((rebuilt.1, rebuilt.2), (site_days, job_days));
        db.close().await;
    });
}

#[test]
fn killed_at_any_moment_it_keeps_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = BTreeSet::new();
    for round in 0..3 {
        let mut program = Program::start(Path::new(PROGRAM), folder.path(), &[]);
        let counter = Arc::default();
        let clients = load(&program.address, round, &counter);
        wait_for(|| counter.load(Ordering::Relaxed) > 2 * CLIENTS);
        // Any moment will do: the test is stronger if the moment is random.
        let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
        thread::sleep(Duration::from_millis(u64::from(nanoseconds / 1000 % 500)));
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        all.extend(clients.into_iter().flat_map(|client| client.join().unwrap()));
        // The program recovers the file, as it does after a power failure.
        drop(Program::start(Path::new(PROGRAM), folder.path(), &[]));
        check(folder.path(), &all);
    }
}

#[test]
fn told_to_stop_it_finishes_what_it_accepted_and_leaves_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(Path::new(PROGRAM), folder.path(), &[]);
    let mut stream = TcpStream::connect(&program.address).unwrap();
    write!(stream, "GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let counter = Arc::default();
    let clients = load(&program.address, 0, &counter);
    wait_for(|| counter.load(Ordering::Relaxed) > 5 * CLIENTS);
    let begun = Instant::now();
    program.terminate();
    let mut status = None;
    wait_for(|| {
        status = program.child.try_wait().unwrap();
        status.is_some()
    });
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(status.is_some_and(|status| status.success()), "{status:?}");
    let all: BTreeSet<Run> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    let wal = data(folder.path()).join("duplistatus.db-wal");
    assert_eq!(fs::metadata(wal).map_or(0, |file| file.len()), 0, "the WAL was not checkpointed");
    check(folder.path(), &all);
}

#[test]
fn copied_alone_into_an_empty_folder_it_serves_and_keeps_its_files_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("duplistatus");
    fs::copy(PROGRAM, &copy).unwrap();
    let program = Program::start(&copy, folder.path(), &["--base-path", "/"]);
    let (status, page) = request(&program.address, "GET", "/login", "").unwrap();
    assert!(status == 200 && page.contains("</html>"), "{status} {page}");
    let (status, _) =
        request(&program.address, "POST", "/api/upload", &body("a", "2026-10-24T22:00:00Z", 1)).unwrap();
    assert_eq!(status, 200);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data(folder.path())), 0o700);
    let files: Vec<PathBuf> =
        fs::read_dir(data(folder.path())).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 1, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

fn wait_for(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "it did not happen");
        thread::sleep(Duration::from_millis(5));
    }
}
