//! The socket through which commands reach a running server: one line of JSON as request, and one as response. It is in the
//! data folder, and only its owner can open it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use duplistatus::{
    dto::database::{RestoreChoice, RestorePreview, RestoreReport},
    service::{Actor, Services, database},
};
use serde::{Deserialize, Serialize};

/// Name of the socket.
const FILE: &str = "control.sock";
/// Maximum length of a request in bytes.
const LONGEST: u64 = 64 * 1024;
/// Time limit for receiving a request.
#[cfg(unix)]
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// A request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    /// Restore this backup.
    Restore {
        /// The absolute path of the file.
        file: PathBuf,
        /// Whether to restore access that was revoked since.
        #[serde(default)]
        revive: bool,
    },
    /// Return what restoring this backup would do.
    Preview {
        /// The absolute path of the file.
        file: PathBuf,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done(Box<RestoreReport>),
    Preview(Box<RestorePreview>),
    Failed(String),
}

/// Opens the socket before the server reports that it is listening, so that a following command finds it. Without the socket
/// only these commands do not work.
#[cfg(unix)]
pub(crate) fn bind(folder: &Path) -> Option<tokio::net::UnixListener> {
    use std::{fs, os::unix::fs::PermissionsExt as _};
    let path = folder.join(FILE);
    // Left by a server that was killed; this one has the lock.
    let _ = fs::remove_file(&path);
    // Normally the folder is private already; this makes the socket private even if the mode of the folder was changed.
    let bound = tokio::net::UnixListener::bind(&path)
        .and_then(|socket| fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map(|()| socket));
    bound
        .inspect_err(|error| {
            tracing::warn!(path = %path.display(), %error, "commands cannot reach this server: `db restore` will not work while the server is running");
        })
        .ok()
}

/// Responds to commands until it is dropped.
#[cfg(unix)]
pub(crate) async fn listen(services: Services, socket: tokio::net::UnixListener) {
    loop {
        match socket.accept().await {
            Ok((stream, _)) => {
                let services = services.clone();
                tokio::spawn(async move {
                    if let Err(error) = answer(&services, stream).await {
                        tracing::warn!(%error, "a command could not be answered");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the socket of commands");
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }
    }
}

#[cfg(unix)]
async fn answer(services: &Services, stream: tokio::net::UnixStream) -> anyhow::Result<()> {
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    let mut reading = BufReader::new(reading.take(LONGEST));
    tokio::time::timeout(TIMEOUT, reading.read_line(&mut line)).await.context("empty request")??;
    let answer = match serde_json::from_str(&line) {
        Ok(Request::Preview { file }) => {
            match database::preview(services, &Actor::CommandLine, file, None).await {
                Ok(preview) => Answer::Preview(Box::new(preview)),
                Err(error) => Answer::Failed(error.to_string()),
            }
        }
        Ok(Request::Restore { file, revive }) => {
            tracing::info!(file = %file.display(), "a command restores a backup");
            let choice = RestoreChoice { revive };
            match database::restore(services, &Actor::CommandLine, file, None, choice).await {
                Ok(report) => Answer::Done(Box::new(report)),
                Err(error) => Answer::Failed(error.to_string()),
            }
        }
        Err(error) => Answer::Failed(format!("this server does not support the command ({error})")),
    };
    let mut text = serde_json::to_vec(&answer)?;
    text.push(b'\n');
    Ok(writing.write_all(&text).await?)
}

/// Lets the server of a data folder restore a backup.
///
/// # Errors
/// If the server cannot be reached, or with its own error message.
pub(crate) async fn restore(
    folder: &Path,
    file: PathBuf,
    choice: RestoreChoice,
) -> anyhow::Result<RestoreReport> {
    match ask(folder, &Request::Restore { file, revive: choice.revive }).await? {
        Answer::Done(report) => Ok(*report),
        other => bail!("unexpected response from the server: {other:?}"),
    }
}

/// Asks the server of a data folder what restoring a backup would do.
///
/// # Errors
/// Same as [`restore`].
pub(crate) async fn preview(folder: &Path, file: PathBuf) -> anyhow::Result<RestorePreview> {
    match ask(folder, &Request::Preview { file }).await? {
        Answer::Preview(preview) => Ok(*preview),
        other => bail!("unexpected response from the server: {other:?}"),
    }
}

#[cfg(unix)]
async fn ask(folder: &Path, request: &Request) -> anyhow::Result<Answer> {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let path = folder.join(FILE);
    let stream = tokio::net::UnixStream::connect(&path).await.with_context(|| {
        format!(
            "a server is using this data folder and cannot be reached at {}: stop it, then try again",
            path.display()
        )
    })?;
    let (reading, mut writing) = stream.into_split();
    let mut text = serde_json::to_vec(request)?;
    text.push(b'\n');
    writing.write_all(&text).await?;
    let mut line = String::new();
    BufReader::new(reading).read_line(&mut line).await?;
    match serde_json::from_str(&line)
        .context("the server stopped before it responded; see its log for the cause")?
    {
        Answer::Failed(why) => bail!("{why}"),
        answer => Ok(answer),
    }
}

/// There are no such sockets on this system.
#[cfg(not(unix))]
pub(crate) fn bind(_folder: &Path) -> Option<()> {
    None
}

/// There is no socket to listen on.
#[cfg(not(unix))]
pub(crate) async fn listen(_services: Services, _socket: ()) {}

/// There are no such sockets on this system.
#[cfg(not(unix))]
async fn ask(_folder: &Path, _request: &Request) -> anyhow::Result<Answer> {
    bail!("a server is using this data folder: stop it, then try again")
}
