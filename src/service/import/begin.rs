//! Imports that run in the background.

use std::path::PathBuf;

use super::{Request, run};
use crate::{
    access::Permission,
    dto::work::{Outcome, WorkKind, WorkState},
    error::Error,
    service::{Actor, Services, import::ImportError, tasks::background},
};

/// Starts importing an uploaded file. `files` owns the files named in `request`, and deletes them when it is dropped after
/// the import.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::Invalid`] while other work is running.
pub fn begin(
    services: &Services,
    actor: &Actor,
    request: Request,
    files: impl Send + 'static,
) -> Result<(), Error> {
    actor.may(Permission::ManageDatabase)?;
    let guard = services.work.start(WorkKind::Import, &services.clock)?;
    let (services, actor, progress) = (services.clone(), actor.clone(), guard.progress());
    background::spawn(guard, async move {
        let done = run(&services, &actor, request.clone(), &progress).await;
        drop(files);
        match done {
            Ok(report) => Outcome::Import(Box::new(report)),
            Err(ImportError::Service(error)) => background::failed(&error),
            Err(error) => Outcome::Failed(without_places(&error.to_string(), &request)),
        }
    });
    Ok(())
}

/// Replaces temporary paths by the names of the files, because the paths mean nothing to the user.
fn without_places(text: &str, request: &Request) -> String {
    let hidden = |text: String, path: &PathBuf, name: &str| text.replace(&path.display().to_string(), name);
    let text = hidden(text.to_owned(), &request.path, &request.name());
    request.key_file.iter().fold(text, |text, path| hidden(text, path, ".duplistatus.key"))
}

/// Returns the progress of the import, and the result of the last one.
///
/// # Errors
/// [`Error::Forbidden`] without the permission.
pub fn state(services: &Services, actor: &Actor) -> Result<WorkState, Error> {
    background::state(services, actor, &[WorkKind::Import])
}
