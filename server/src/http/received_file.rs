//! Receives an uploaded file: written to the disk as it arrives, whatever its size, readable by this program only.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Multipart, Request},
    http::header,
};
use duplistatus::{
    db::{
        StoreError,
        engine::{
            disk_space, files,
            temp_folder::{RECEIVED, TempFolder},
        },
    },
    error::Error,
    service::database::UploadedBackup,
};
use futures::{Stream, StreamExt as _};
use tokio::io::AsyncWriteExt as _;

use super::query::invalid;

/// Bytes between checks of the free space.
const LOOK_EVERY: usize = 16 * 1024 * 1024;
/// Maximum bytes of another field.
const LONGEST_FIELD: usize = 4 * 1024;

/// A received form or body.
#[derive(Debug)]
pub struct Received {
    /// The file, deleted on drop.
    pub file: ReceivedFile,
    /// The sender's file name, which is not trusted; empty if there was none.
    pub name: String,
    /// The other fields of the form: short texts and small files.
    pub fields: HashMap<String, Vec<u8>>,
}

/// Takes the file out of a form with a field `file`, or a body that is nothing but the file, into `folder`. `known` are the other
/// fields that the form may have.
///
/// # Errors
/// [`Error::Invalid`] when there is no file, a field is not known or given twice, or the body breaks off; [`Error::Store`] when there is no room for it.
pub async fn receive(request: Request, folder: &Path, known: &[&str]) -> Result<Received, Error> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if content_type.is_none_or(|value| !value.starts_with("multipart/form-data")) {
        let file = write(request.into_body().into_data_stream(), folder).await?;
        return Ok(Received { file, name: String::new(), fields: HashMap::new() });
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let (mut file, mut fields) = (None, HashMap::new());
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let field_name = field.name().unwrap_or_default().to_owned();
        if field_name == "file" {
            if file.is_some() {
                return Err(invalid("file", "send one file"));
            }
            let name = field.file_name().unwrap_or_default().to_owned();
            file = Some((write(field, folder).await?, name));
        } else if known.contains(&field_name.as_str()) {
            if fields.insert(field_name, small(field).await?).is_some() {
                return Err(invalid("form", "a field is given twice; give each once"));
            }
        } else {
            let unknown: String = field_name.chars().take(40).collect();
            let names = [&["file"], known].concat().join(", ");
            return Err(invalid("form", &format!("“{unknown}” is not known: use {names}")));
        }
    }
    let (file, name) = file.ok_or_else(no_file)?;
    // A browser sends an empty file if none was selected.
    if name.is_empty() && files::length(file.path()) == 0 {
        return Err(no_file());
    }
    Ok(Received { file, name, fields })
}

/// A file in its own temporary folder, readable by this program only.
#[derive(Debug)]
pub struct ReceivedFile {
    path: PathBuf,
    folder: TempFolder,
}

impl ReceivedFile {
    /// Creates an empty file in the folder of the database.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn make(folder: &Path) -> std::io::Result<(Self, std::fs::File)> {
        let made = TempFolder::beside(&folder.join("duplistatus.db"), RECEIVED)?;
        let path = made.path().join("file");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok((Self { path, folder: made }, file))
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Converts the file to an uploaded backup with the sender's name for it.
    pub fn sent(self, name: String) -> UploadedBackup {
        UploadedBackup { path: self.path, folder: self.folder, name }
    }
}

async fn write<E>(
    mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
    folder: &Path,
) -> Result<ReceivedFile, Error> {
    let failed = |error: std::io::Error| Error::from(StoreError::from_io(folder, &error));
    let (file, out) = ReceivedFile::make(folder).map_err(failed)?;
    let mut out = tokio::fs::File::from_std(out);
    let mut since_look = LOOK_EVERY;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| broken())?;
        since_look += piece.len();
        if since_look >= LOOK_EVERY {
            since_look = 0;
            disk_space::ensure(folder, LOOK_EVERY as u64)?;
        }
        out.write_all(&piece).await.map_err(failed)?;
    }
    out.flush().await.map_err(failed)?;
    Ok(file)
}

async fn small<E>(mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    while let Some(piece) = pieces.next().await {
        content.extend_from_slice(&piece.map_err(|_| broken())?);
        if content.len() > LONGEST_FIELD {
            return Err(broken());
        }
    }
    Ok(content)
}

fn broken() -> Error {
    invalid("file", "the file is incomplete: send it again, as the form field `file` or as the request body")
}

fn no_file() -> Error {
    invalid("file", "choose a file")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use axum::body::Body;

    use super::*;

    const BOUNDARY: &str = "multipart/form-data; boundary=x";

    async fn sent(content_type: &str, body: &str) -> (tempfile::TempDir, Result<Received, Error>) {
        let folder = tempfile::tempdir().unwrap();
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body.to_owned()))
            .unwrap();
        let received = receive(request, folder.path(), &["sure"]).await;
        (folder, received)
    }

    /// Counts the files left of uploads.
    fn received_in(folder: &tempfile::TempDir) -> usize {
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(RECEIVED)).count()
    }

    fn part(head: &str, content: &str) -> String {
        format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    }

    #[tokio::test]
    async fn a_form_brings_the_file_and_what_stands_beside_it() {
        let body = [
            part("name=\"sure\"", "yes"),
            part("name=\"file\"; filename=\"../a.db\"", "content"),
            "--x--\r\n".into(),
        ];
        let (folder, received) = sent(BOUNDARY, &body.concat()).await;
        let received = received.unwrap();
        assert_eq!(fs::read(received.file.path()).unwrap(), b"content");
        assert_eq!(
            (received.name.as_str(), received.fields["sure"].as_slice()),
            ("../a.db", b"yes".as_slice())
        );
        assert!(received.file.path().starts_with(folder.path()), "its name leads nowhere");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(received.file.path()).unwrap().permissions().mode() & 0o777, 0o600);
        }
        drop(received);
        assert_eq!(received_in(&folder), 0);
    }

    #[tokio::test]
    async fn fields_that_are_not_known_or_given_twice_are_refused() {
        let file = || part("name=\"file\"; filename=\"a\"", "content");
        for (others, named) in [
            (part("name=\"shure\"", "yes"), "form"),
            ([part("name=\"sure\"", "yes"), part("name=\"sure\"", "no")].concat(), "form"),
            (file(), "file"),
        ] {
            let (folder, received) = sent(BOUNDARY, &[file(), others, "--x--\r\n".into()].concat()).await;
            assert!(matches!(received, Err(Error::Invalid { field, .. }) if field == named), "{named}");
            assert_eq!(received_in(&folder), 0);
        }
    }

    #[tokio::test]
    async fn a_body_can_be_the_file() {
        let (_folder, received) = sent("application/octet-stream", "content").await;
        assert_eq!(fs::read(received.unwrap().file.path()).unwrap(), b"content");
    }

    #[tokio::test]
    async fn without_a_file_and_with_half_a_form_nothing_is_left() {
        let nothing_chosen = [part("name=\"file\"; filename=\"\"", ""), "--x--\r\n".into()].concat();
        let long = [part("name=\"sure\"", &"y".repeat(5000)), "--x--\r\n".into()].concat();
        let half = part("name=\"file\"; filename=\"a\"", "content");
        for body in ["--x--\r\n", &nothing_chosen, &long, &half, ""] {
            let (folder, received) = sent(BOUNDARY, body).await;
            assert!(matches!(received, Err(Error::Invalid { field: "file", .. })), "{body:?}");
            assert_eq!(received_in(&folder), 0, "{body:?}");
        }
    }
}
