//! `duplistatus serve` and `duplistatus demo`.

use std::{io::ErrorKind, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use app::context::base_path::BasePath;
use duplistatus::{
    db::engine::folder_check::{FolderState, Kind},
    demo,
    dto::health::Check,
    log_buffer::LogBuffer,
    service::{Services, ingest::rejected, security::secrets, tasks::housekeeping},
    throttle::Throttle,
};
use tokio::{net::TcpListener, signal};
use tokio_util::sync::CancellationToken;

use super::{address, doctor, first_administrator};
use crate::{
    cli::GlobalOptions, client::Proxies, command_socket, limits::Limits, listen, router::router,
    server_lock::ServerLock, state::AppState,
};

/// How long requests may take to finish when the program stops. Containers are killed after ten seconds, in
/// which the database must be closed as well.
const GRACE: Duration = Duration::from_secs(8);

/// Serves until a signal ends it.
///
/// # Errors
/// If the database or the address cannot be opened.
pub(super) async fn serve(options: &GlobalOptions, log: Arc<LogBuffer>) -> anyhow::Result<()> {
    // Checked before anything is created.
    options.zone()?;
    let folder = super::data_dir(options)?;
    let serving = match ServerLock::begin(&folder) {
        // If this process cannot write there, no other server can either: serve read-only.
        Err(error) if is_unwritable(&error) => {
            tracing::warn!("{error:#}");
            None
        }
        begun => Some(begun??),
    };
    if serving.is_some() {
        warn_about_file_system(&folder);
    }
    let services = super::open(options).await?.with_log(log);
    duplistatus::service::database::sweep(&services).await;
    duplistatus::service::database::follow_last_check(&services).await;
    let lost = secrets::lost(&services).await;
    if lost > 0 {
        tracing::warn!(lost, "stored secrets were encrypted with a different key; see `duplistatus doctor`");
    }
    if services.db().read_only_cause().is_none() {
        housekeeping::follow_time_zone(&services).await?;
        first_administrator::provision(options, &services).await?;
    }
    let control = command_socket::bind(&folder)
        .map(|socket| tokio::spawn(command_socket::listen(services.clone(), socket)));
    let served = serve_services(options, services, serving.as_ref()).await;
    if let Some(control) = control {
        control.abort();
    }
    served
}

/// Serves the demonstration.
///
/// # Errors
/// Same as [`serve`].
pub(super) async fn demo(options: &GlobalOptions, log: Arc<LogBuffer>) -> anyhow::Result<()> {
    let services = super::demo::open(options).await?.with_log(log);
    let story = tokio::spawn(demo::follow(services.clone()));
    let served = serve_services(options, services, None).await;
    story.abort();
    served
}

/// Warns about requirements that the file system of the data folder does not support, before they are needed.
fn warn_about_file_system(folder: &Path) {
    let place = FolderState::of(folder);
    for Check { figure, advice, .. } in doctor::files::problems(&place) {
        tracing::warn!("{}: {figure}. {advice}", folder.display());
    }
    if place.kind() == Kind::Network {
        let name = place.file_system.unwrap_or_default();
        tracing::warn!(
            "{} is on a network file system ({name}), but SQLite needs the locks of a local disk; see `duplistatus doctor`",
            folder.display()
        );
    }
}

/// Returns whether writing is not permitted.
fn is_unwritable(error: &anyhow::Error) -> bool {
    let kind = error.root_cause().downcast_ref().map(std::io::Error::kind);
    matches!(kind, Some(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem))
}

async fn serve_services(
    options: &GlobalOptions,
    services: Services,
    serving: Option<&ServerLock>,
) -> anyhow::Result<()> {
    let stopping = CancellationToken::new();
    let state = AppState {
        services: Arc::new(services.clone()),
        base: BasePath::new(options.base_path.as_str()),
        public_url: options.public_url.clone(),
        proxies: Arc::new(Proxies::new(options.trusted_proxies.clone())),
        hosts: Arc::new(options.allowed_hosts.clone()),
        log_throttle: Arc::default(),
        max_upload: options.max_upload,
        limits: Limits::for_this_process(options.max_connections),
        throttle: Arc::new(Throttle::of_uploads()),
        uploads: Arc::default(),
        stopping: stopping.clone(),
    };
    let listener = TcpListener::bind(options.addr)
        .await
        .with_context(|| format!("cannot listen on {} (is another program using the port?)", options.addr))?;
    let address = listener.local_addr()?;
    let site = address::site(options, address);
    if let Some(serving) = serving {
        serving.listens(address, options.base_path.as_str(), &site);
    }
    tracing::info!("duplistatus is at {site}/");
    if options.open_ingest {
        tracing::warn!("open ingest is on: anyone who can reach {address} can send reports without a key");
    }

    let background = [
        tokio::spawn(rejected::write_periodically(services.clone())),
        tokio::spawn(housekeeping::run(services.clone())),
        tokio::spawn({
            let db = services.db().clone();
            async move { db.follow_others().await }
        }),
        tokio::spawn(first_administrator::print_setup_link(services.clone(), site)),
    ];
    tokio::spawn({
        let stopping = stopping.clone();
        async move {
            wait_for_signal().await;
            tracing::info!("stopping");
            stopping.cancel();
        }
    });
    let (limits, proxies) = (state.limits, state.proxies.clone());
    let serving = listen::serve(listener, router(state), limits, proxies, stopping.clone());
    let deadline = async {
        stopping.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = serving => {}
        () = deadline => tracing::warn!("some requests did not finish in time"),
    }
    for task in background {
        task.abort();
    }
    // These are only notes, so a failure must not prevent closing the database.
    if let Err(error) = rejected::write_waiting(&services).await {
        tracing::warn!(%error, "rejected reports could not be recorded");
    }
    services.db().close().await;
    Ok(())
}

async fn wait_for_signal() {
    let interrupt = async {
        // If this signal cannot be handled, the others remain.
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
