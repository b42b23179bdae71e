//! Data sets, loaded without HTTP. Rows are what the ingest use case stores: it takes one real report, whose row is
//! the template of all others.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};
use duplistatus::{
    clock::Clock,
    db::{
        Db,
        tables::{days, jobs, machine_ids, runs::RunRecord, servers},
    },
    ids::JobRef,
    service::{
        Actor, Crypto, Options, Services, ingest, ingest::Upload, ingest_keys, noticing::evaluator,
        security::hide_secrets, tasks::housekeeping,
    },
    time::{Day, Timestamp},
    zone::Zone,
};

use crate::{
    args::Args,
    figures::Figure,
    report,
    scale::{Scale, Slot},
};

/// A loaded data set.
#[derive(Debug)]
pub struct Set {
    /// The data folder.
    pub folder: PathBuf,
    /// The number of servers, jobs and runs.
    pub scale: Scale,
    /// The day after the last one of the history, where the load continues.
    pub first_free: Day,
    /// The number of additional runs sent so far.
    pub sent: u64,
    /// An ingest key for any server.
    pub key: String,
    bytes: u64,
    log_bytes: u64,
}

impl Set {
    /// Creates a data set in its own folder.
    pub async fn load(parent: &Path, name: &str, scale: Scale, args: &Args) -> anyhow::Result<Self> {
        let folder = parent.join(name);
        fs::create_dir(&folder)?;
        let path = folder.join("duplistatus.db");
        if let Some(size) = args.page_size {
            prepare(&path, size)?;
        }
        let services = services(&path)?;
        housekeeping::follow_time_zone(&services).await?;
        // Once after an upgrade: it would look through all runs beside the measurement.
        hide_secrets::run(&services).await?;
        let now = services.clock().now();
        let first_free = services.zone().day(now).plus(-scale.free_days());
        let jobs = create_jobs(&services, scale, now).await?;
        let pattern = pattern(&services, &jobs, first_free).await?;
        let log_bytes = u64::try_from(report::log_bytes(Slot { server: 0, job: 0, start: now })?)?;
        // One day of all jobs after another, in the order in which reports arrive: the runs of a job are far apart in
        // the file.
        for back in (1..=i64::from(scale.runs)).rev() {
            let (jobs, pattern, day) = (jobs.clone(), pattern.clone(), first_free.plus(-back));
            services.db().write(move |tx| insert_day(tx.conn, &jobs, pattern, day)).await?;
        }
        services.db().write(|tx| days::rebuild(tx.conn, &Zone::utc())).await?;
        services
            .db()
            .write(move |tx| jobs.iter().try_for_each(|job| jobs::refresh(tx.conn, job.place)))
            .await?;
        evaluator::complete(&services).await?;
        let key = ingest_keys::create(&services, &Actor::CommandLine, "").await?.secret;
        services.db().close().await;
        drop(services);
        let bytes = fs::metadata(&path)?.len();
        Ok(Self { folder, scale, first_free, sent: 0, key, bytes, log_bytes })
    }

    /// Returns the path of the database.
    pub fn path(&self) -> PathBuf {
        self.folder.join("duplistatus.db")
    }

    /// Returns the bytes that a run takes in addition to those of its log.
    pub fn size_figure(&self) -> Figure {
        let runs = self.scale.runs_total() + 1;
        let each = (self.bytes / runs).saturating_sub(self.log_bytes);
        let name = format!("database, bytes per run beyond its log of {} bytes", self.log_bytes);
        Figure::at_most(name, f64::from(u32::try_from(each).unwrap_or(u32::MAX)), 1024.0, "B")
    }
}

/// Opens a database in this process for use cases; the caller closes it.
pub fn services(path: &Path) -> anyhow::Result<Services> {
    let guards = Crypto::for_made_up_data()?;
    Ok(Services::new(Db::open(path)?, Clock::system(), Zone::utc(), Options::default(), guards))
}

/// Creates an empty database with another page size, which the program keeps.
fn prepare(path: &Path, page_size: u32) -> rusqlite::Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch(&format!(
        "PRAGMA page_size = {page_size}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; VACUUM;"
    ))
}

/// A job of the data set.
#[derive(Debug, Clone)]
struct LoadedJob {
    place: JobRef,
    name: String,
}

async fn create_jobs(services: &Services, scale: Scale, now: Timestamp) -> anyhow::Result<Vec<LoadedJob>> {
    let create = move |tx: &mut duplistatus::db::Tx<'_>| {
        let mut all = Vec::new();
        for number in 0..scale.servers {
            let name = report::server_name(number);
            let server = servers::create(tx.conn, &name, now)?;
            machine_ids::note(tx.conn, &report::machine_id(number), Some(&name), server, now)?;
            for job in 0..scale.jobs {
                let name = report::job_name(job);
                let backup_id = format!("DB-{job}");
                let place = jobs::find_or_create(tx.conn, server, &name, Some(&backup_id), now)?;
                all.push(LoadedJob { place, name });
            }
        }
        Ok(all)
    };
    Ok(services.db().write(create).await?)
}

/// Takes in a report, and reads the stored row.
async fn pattern(services: &Services, jobs: &[LoadedJob], first_free: Day) -> anyhow::Result<RunRecord> {
    let job = jobs.first().context("there is no job")?.place;
    let start = Timestamp::from_unix(first_free.plus(-1).number() * 86_400 + 60);
    let upload = Upload {
        content_type: Some("application/json".to_owned()),
        body: report::body(Slot { server: 0, job: 0, start }),
        key: None,
        source: "127.0.0.1".to_owned(),
    };
    ingest::accept(services, &Actor::Sender { key: None, server: None }, upload).await?;
    let found =
        services.db().read(move |conn| RunRecord::find_by_start(conn, job.id, &start.to_string())).await?;
    found.map(|(_, record)| record).ok_or_else(|| anyhow!("the first report is not under its job"))
}

fn insert_day(
    conn: &mut duplistatus::db::Connection,
    jobs: &[LoadedJob],
    mut run: RunRecord,
    day: Day,
) -> Result<(), duplistatus::db::StoreError> {
    for (second, job) in (7200..).zip(jobs) {
        let start = Timestamp::from_unix(day.number() * 86_400 + second);
        let end = start.plus(run.duration.unwrap_or(0));
        run.job_id = job.place.id.0;
        run.server_id = job.place.server.0;
        run.backup_name.clone_from(&job.name);
        run.start_time = start.to_string();
        run.end_time = Some(end.to_string());
        run.created_at = end.plus(4).to_string();
        run.insert(conn)?;
    }
    Ok(())
}
