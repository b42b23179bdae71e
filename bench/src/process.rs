//! The program under measurement. Every process started here is stopped here, even if a measurement fails.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::{args::Args, client::Client};

/// A running program.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// The address it listens on.
    pub address: SocketAddr,
    /// The time from its start to its first response.
    pub start: Duration,
}

/// The user who requests the pages. The program is reachable from this machine only, and stops after the
/// measurement.
const PERSON: (&str, &str) = ("admin", "a-long-row-of-words-7");
/// The longest time to the first response; debug builds are slow to create the demo.
const START: Duration = Duration::from_secs(90);
/// The longest time to stop.
const STOP: Duration = Duration::from_secs(20);

impl Process {
    /// Starts `duplistatus <command>` on a free port and waits for its first response.
    pub async fn start(args: &Args, command: &str, data: &Path) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let started = Instant::now();
        let child = Command::new(&args.binary)
            .arg(command)
            .arg("--data-dir")
            .arg(data)
            .args(["--addr", &address.to_string(), "--time-zone", "UTC", "--log", "error"])
            .env("DUPLISTATUS_ADMIN_USER", PERSON.0)
            .env("DUPLISTATUS_ADMIN_PASSWORD", PERSON.1)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", args.binary.display()))?;
        let mut process = Self { child, address, start: Duration::ZERO };
        while started.elapsed() < START {
            if let Ok(mut client) = Client::connect(address).await
                && client.get("/api/health", "identity").await?.status == 200
            {
                process.start = started.elapsed();
                return Ok(process);
            }
            if let Some(status) = process.child.try_wait()? {
                bail!("the program ended with {status}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("the program did not answer in time")
    }

    /// Connects as a user who may see everything.
    pub async fn visit(&self) -> anyhow::Result<Client> {
        let mut client = Client::connect(self.address).await?;
        client.sign_in(PERSON.0, PERSON.1).await?;
        Ok(client)
    }

    /// Returns the memory of the process in MB (`RssAnon`).
    pub fn memory(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).context("no RssAnon")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0 / 1_000_000.0)
    }

    /// Returns the processor time used so far.
    pub fn processor_time(&self) -> anyhow::Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // After the name in parentheses, which may contain anything: state is field 3, utime 14, stime 15.
        let (_, rest) = stat.rsplit_once(')').context("no stat")?;
        let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok());
        Ok(Duration::from_millis(ticks.sum::<u64>() * 10))
    }

    /// Asks the process to stop, and waits for it.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let asked = Instant::now();
        while asked.elapsed() < STOP {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("the program did not stop in time")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
