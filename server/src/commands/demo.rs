//! The database of the demonstration: created again at each start, in its own folder.

use std::net::TcpListener;

use anyhow::Context as _;
use duplistatus::{
    clock::Clock,
    db::{Db, engine::files},
    demo,
    service::{Crypto, Options, Services, tasks::housekeeping},
};

use crate::cli::GlobalOptions;

/// Days that raw reports are kept, so that those of the whole year are available.
const RAW_REPORT_DAYS: i64 = 400;

/// Creates the sample data, and the services on top of it. Never touches the real database next to
/// it.
///
/// # Errors
/// If the address is in use, or the files cannot be created.
pub(super) async fn open(options: &GlobalOptions) -> anyhow::Result<Services> {
    let zone = options.zone()?;
    // Before anything is deleted, because another demonstration may be using these files.
    drop(TcpListener::bind(options.addr).with_context(|| {
        format!("cannot listen on {} (is another program using the port?)", options.addr)
    })?);
    let folder = GlobalOptions { data_dir: options.data_dir.join("demo"), ..options.clone() };
    let path = super::data_dir(&folder)?.join("duplistatus.db");
    for suffix in ["", "-wal", "-shm"] {
        files::remove(&files::beside(&path, suffix))?;
    }
    let db = Db::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let chosen = Options { raw_report_days: RAW_REPORT_DAYS, demo: true, ..Options::default() };
    let services = Services::new(db, Clock::system(), zone, chosen, Crypto::for_made_up_data()?);
    housekeeping::follow_time_zone(&services).await?;
    let reports = demo::fill(&services).await?;
    tracing::info!(reports, "the demo is ready; its data cannot be changed");
    Ok(services)
}
